import { Injectable, type OnModuleInit } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { open, seal } from '../platform/crypto/seal.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader, type Tx } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import { type ExportedRecord, PersonalData } from '../platform/personal-data.js';
import { Random } from '../platform/random.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { daysOf } from './days.js';
import { lockEvent } from './deletion.queries.js';
import { Dispute, type DisputeReason } from './dispute.entity.js';
import { DisputeDto } from './disputes.dto.js';
import { AlreadyDisputedError, NotDisputedError, NothingToDisputeError } from './disputes.errors.js';
import {
  type DisputedEvent,
  disputesOfCustomer,
  eraseDisputes,
  insertDispute,
  latestDisputes,
  lockLatest,
} from './disputes.queries.js';
import { VOIDED } from './event-types.js';
import { standingOf } from './standing.queries.js';
import { InteractionNotFoundError } from './timeline.errors.js';

const EXPORT_PAGE = 500;

/** What a customer says is wrong of an event. */
export interface Complaint {
  readonly reason: DisputeReason;
  readonly text?: string | undefined;
  readonly share_text?: boolean | undefined;
}

/** Disputes, on the side of the customers who raise them. */
@Injectable()
export class DisputesService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly retailers: RetailersService,
    private readonly keys: SubjectKeys,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly personalData: PersonalData,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      module: 'disputes',
      tables: ['interaction_disputes', 'dispute_refs'],
      export: (reader, customer) => this.export(reader, customer),
      erase: eraseDisputes,
    });
  }

  /**
   * Disputes an event: from the commit on it feeds nothing, until the customer takes the dispute back.
   *
   * @throws InteractionNotFoundError AlreadyDisputedError
   * @throws NothingToDisputeError when the event feeds nothing anyway
   */
  async dispute(
    customer: CustomerKey,
    interactionId: string,
    { reason, text, share_text }: Complaint,
  ): Promise<DisputeDto> {
    const disputed = await this.database.transaction(async (tx) => {
      // Held, so that no dispute is left behind by an event that is deleted meanwhile, and none gets a second one.
      const event = await lockEvent(tx, customer, interactionId);
      if (!event) throw new InteractionNotFoundError(interactionId);
      const before = await lockLatest(tx, customer, interactionId);
      if (before && !before.retractedAt) throw new AlreadyDisputedError(before.id);
      if (event.type === VOIDED) throw new NothingToDisputeError('only says that another one did not happen');
      const standing = await standingOf(tx, customer, event);
      if (standing !== 'standing') throw new NothingToDisputeError(`was ${standing} by its retailer`);

      const { profileKey } = await this.keys.of(tx, customer);
      const { retailerId, occurredAt, keyHash } = event;
      const id = this.random.id();
      const at = this.clock.now();
      const dispute = Object.assign(new Dispute(), {
        ...customer,
        id,
        interactionId,
        occurredAt,
        keyHash,
        retailerId,
        reason,
        textSealed: text === undefined ? null : seal(profileKey, text, textAad(customer, id)),
        shareText: text !== undefined && (share_text ?? false),
        disputedAt: at,
      });
      await insertDispute(tx, dispute);
      await this.tell(tx, 'interactions.disputed', customer, dispute, at);
      return latestDisputes(tx, customer, [interactionId]);
    });
    return this.describedOne(customer, disputed);
  }

  /**
   * Takes the dispute of an event back: it feeds again, unless its retailer has voided or corrected it meanwhile.
   * Taking it back again changes nothing.
   *
   * @throws InteractionNotFoundError NotDisputedError
   */
  async retract(customer: CustomerKey, interactionId: string): Promise<DisputeDto> {
    const retracted = await this.database.transaction(async (tx) => {
      if (!(await lockEvent(tx, customer, interactionId))) throw new InteractionNotFoundError(interactionId);
      const dispute = await lockLatest(tx, customer, interactionId);
      if (!dispute) throw new NotDisputedError(interactionId);
      if (!dispute.retractedAt) {
        const at = this.clock.now();
        dispute.retractedAt = at;
        await tx.save(dispute);
        await this.tell(tx, 'interactions.dispute_retracted', customer, dispute, at);
      }
      return latestDisputes(tx, customer, [interactionId]);
    });
    return this.describedOne(customer, retracted);
  }

  /** A customer's disputes, newest first, before one of them where that is given. */
  async list(customer: CustomerKey, page: { before?: string | undefined; limit: number }): Promise<DisputeDto[]> {
    const { reader } = this.database;
    return this.described(reader, customer, await disputesOfCustomer(reader, customer, page));
  }

  /** The latest dispute of each of these events that has one, by the event's id. */
  async of(reader: Reader, customer: CustomerKey, interactionIds: readonly string[]): Promise<Map<string, DisputeDto>> {
    const found = await latestDisputes(reader, customer, interactionIds);
    const described = await this.described(reader, customer, found);
    return new Map(described.map((dispute) => [dispute.interaction_id, dispute]));
  }

  /** The words of disputes, opened, by the dispute's id. */
  async textsOf(
    reader: Reader,
    customer: CustomerKey,
    disputes: readonly Pick<DisputedEvent, 'id' | 'textSealed'>[],
  ): Promise<Map<string, string>> {
    const texts = new Map<string, string>();
    if (disputes.every(({ textSealed }) => textSealed === null)) return texts;
    const { profileKey } = await this.keys.of(reader, customer);
    for (const { id, textSealed } of disputes) {
      if (textSealed) texts.set(id, open(profileKey, textSealed, textAad(customer, id)).toString());
    }
    return texts;
  }

  // Outside of the transaction, which has one connection and must not ask for another.
  private async describedOne(customer: CustomerKey, disputes: readonly DisputedEvent[]): Promise<DisputeDto> {
    const [described] = await this.described(this.database.reader, customer, disputes);
    return described as DisputeDto;
  }

  private async described(
    reader: Reader,
    customer: CustomerKey,
    disputes: readonly DisputedEvent[],
  ): Promise<DisputeDto[]> {
    if (disputes.length === 0) return [];
    const retailers = await this.retailers.describe(disputes.map(({ retailerId }) => retailerId));
    const texts = await this.textsOf(reader, customer, disputes);
    const now = this.clock.now();
    return disputes.map((dispute) => {
      const retailerName = retailers.get(dispute.retailerId)?.name ?? dispute.retailerId;
      return DisputeDto.of(dispute, { retailerName, text: texts.get(dispute.id) ?? null }, now);
    });
  }

  private async tell(tx: Tx, type: string, customer: CustomerKey, dispute: Dispute, at: Date): Promise<void> {
    const { id, retailerId, occurredAt, reason } = dispute;
    const told = { type, at, customer, retailerId };
    await this.audit.append(tx, { ...told, actor: { kind: 'customer' }, data: { reason } });
    await this.outbox.enqueue(tx, { ...told, subject: id, data: { reason, days: daysOf([occurredAt]) } });
  }

  private async *export(reader: Reader, customer: CustomerKey): AsyncIterable<ExportedRecord> {
    let before: string | undefined;
    do {
      const page = await disputesOfCustomer(reader, customer, { before, limit: EXPORT_PAGE });
      for (const dispute of await this.described(reader, customer, page)) {
        yield { kind: 'dispute', record: dispute as unknown as JsonObject, provided: true };
      }
      before = page.length === EXPORT_PAGE ? page.at(-1)?.id : undefined;
    } while (before);
  }
}

function textAad({ customerId }: CustomerKey, disputeId: string): string {
  return `dispute|${customerId}|${disputeId}`;
}
