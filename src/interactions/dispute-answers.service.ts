import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { ConsentsService } from '../consents/consents.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { encodeSubject } from '../platform/crypto/pairwise.js';
import { sha256 } from '../platform/crypto/seal.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import { actorOf, type RetailerPrincipal } from '../platform/http/access.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { daysOf } from './days.js';
import { lockEvent } from './deletion.queries.js';
import type { Dispute } from './dispute.entity.js';
import { DisputeClosedError, DisputeNotFoundError, NotItsCorrectionError } from './disputes.errors.js';
import {
  correctedBy,
  type DisputedEvent,
  disputesOfRetailer,
  findRef,
  lockDispute,
  type RetailersDisputes,
} from './disputes.queries.js';
import { DisputesService } from './disputes.service.js';
import { keyHashOf } from './identity.js';
import { insertVoids, touchedBy } from './interactions.queries.js';
import { type DisputeAnswerDto, ReceivedDisputeDto } from './received-disputes.dto.js';

/**
 * Disputes, on the side of the retailers whose events are disputed. That channel stays open after the consent has
 * ended, for as long as the event is kept: what was reported wrongly can be put right at any time.
 */
@Injectable()
export class DisputeAnswersService {
  constructor(
    private readonly database: Database,
    private readonly retailers: RetailersService,
    private readonly consents: ConsentsService,
    private readonly disputes: DisputesService,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
  ) {}

  /** The disputes that a retailer has with all its customers, newest first. */
  async list(retailerId: string, page: RetailersDisputes): Promise<ReceivedDisputeDto[]> {
    return this.described(retailerId, await disputesOfRetailer(this.database.reader, retailerId, page));
  }

  /**
   * Answers a dispute, or answers it anew: only an event that was taken back stays so. Answering the same again changes
   * nothing. The event goes on feeding nothing unless the customer takes the dispute back; one that corrects it does.
   *
   * @throws DisputeNotFoundError DisputeClosedError NotItsCorrectionError
   */
  async answer(caller: RetailerPrincipal, id: string, said: DisputeAnswerDto): Promise<ReceivedDisputeDto> {
    const { retailerId } = caller;
    const answered = await this.database.transaction(async (tx) => {
      const { customer, dispute, event } = await this.hold(tx, retailerId, id);
      const { status } = event;
      if (status === 'retracted' || (status === 'withdrawn' && said.answer !== 'withdrawn')) {
        throw new DisputeClosedError(status);
      }

      const correctionKey = await this.correctionKeyOf(tx, customer, dispute, event, said);
      const answer = { answer: said.answer, correctionKey, noteCode: said.note_code ?? null };
      if (!saysAlready(dispute, answer)) {
        const at = this.clock.now();
        Object.assign(dispute, answer, { answeredAt: at, answeredBy: caller.clientId });
        await tx.save(dispute);
        if (said.answer === 'withdrawn') {
          // No event of the retailer's voids it, but its answer does.
          await insertVoids(tx, [{ customer, target: dispute.keyHash, by: sha256(dispute.id) }], at);
        }
        await this.tell(tx, caller, customer, dispute, at);
      }
      return disputesOfRetailer(tx, retailerId, { id, limit: 1 });
    });
    const [described] = await this.described(retailerId, answered);
    return described as ReceivedDisputeDto;
  }

  /** The dispute and its event, held until commit in the order in which everybody asks for them. */
  private async hold(
    tx: Tx,
    retailerId: string,
    id: string,
  ): Promise<{ customer: CustomerKey; dispute: Dispute; event: DisputedEvent }> {
    const ref = await findRef(tx, retailerId, id);
    if (!ref) throw new DisputeNotFoundError(id);
    const customer = customerKey(ref.customerId);
    // What voids or corrects the event is reported under these.
    await this.consents.lockForReport(tx, [customer], retailerId);
    const held = await lockEvent(tx, customer, ref.interactionId);
    const dispute = held && (await lockDispute(tx, customer, id));
    const [event] = await disputesOfRetailer(tx, retailerId, { id, limit: 1 });
    if (!dispute || !event) throw new DisputeNotFoundError(id);
    return { customer, dispute, event };
  }

  private async correctionKeyOf(
    tx: Tx,
    customer: CustomerKey,
    { keyHash }: Dispute,
    { clientId, source }: DisputedEvent,
    { correction }: DisputeAnswerDto,
  ): Promise<Buffer | null> {
    if (!correction) return null;
    const key = keyHashOf(clientId, correction.source ?? source, correction.id);
    const corrected = await correctedBy(tx, customer, key);
    if (corrected === null || (corrected && !corrected.equals(keyHash))) throw new NotItsCorrectionError();
    return key;
  }

  private async tell(
    tx: Tx,
    caller: RetailerPrincipal,
    customer: CustomerKey,
    { id, answer, keyHash }: Dispute,
    at: Date,
  ): Promise<void> {
    const { retailerId } = caller;
    const told = { type: 'interactions.dispute_answered', at, customer, retailerId };
    const touched = await touchedBy(tx, [{ customer, keyHash }]);
    const days = daysOf(touched.map(({ occurredAt }) => occurredAt));
    await this.audit.append(tx, { ...told, actor: actorOf(caller), data: { answer } });
    await this.outbox.enqueue(tx, { ...told, subject: id, data: { answer, days } });
  }

  private async described(retailerId: string, disputes: readonly DisputedEvent[]): Promise<ReceivedDisputeDto[]> {
    const { reader } = this.database;
    const retailerKey = await this.retailers.pairwiseKeyOf(retailerId);
    const now = this.clock.now();
    const described: ReceivedDisputeDto[] = [];
    for (const dispute of disputes) {
      const shared = dispute.shareText && dispute.status !== 'retracted' ? [dispute] : [];
      const texts = await this.disputes.textsOf(reader, customerKey(dispute.customerId), shared);
      const subject = encodeSubject(dispute.customerId, retailerKey);
      described.push(ReceivedDisputeDto.of(dispute, { subject, text: texts.get(dispute.id) ?? null }, now));
    }
    return described;
  }
}

function saysAlready(
  { answer, correctionKey, noteCode }: Dispute,
  said: Pick<Dispute, 'answer' | 'correctionKey' | 'noteCode'>,
): boolean {
  const sameCorrection = correctionKey ? said.correctionKey?.equals(correctionKey) : said.correctionKey === null;
  return answer === said.answer && noteCode === said.noteCode && sameCorrection === true;
}
