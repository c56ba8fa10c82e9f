import { Injectable } from '@nestjs/common';

import type { Actor } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader, type Tx } from '../platform/database/database.js';
import { Random } from '../platform/random.js';
import type { Retailer } from '../retailers/retailer.entity.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { Consent } from './consent.entity.js';
import { type Asking, ConsentRequest } from './consent-request.entity.js';
import { findPreApproval, insertPreApproval, lockPreApproval } from './consent-requests.queries.js';
import { ConsentLifecycle } from './consent-lifecycle.service.js';
import { PreApprovalPendingError } from './consents.errors.js';
import { keepNotice, lockConsent } from './consents.queries.js';
import { ConsentsJournal } from './consents-journal.js';
import type { AskedDetail, ConsentDetail } from './detail.js';
import { differenceOf } from './difference.js';
import { fulfils, anticipatedHolding, type PreApproval } from './pre-approval.js';
import { holdingOf, underNamesOf } from './renamed.js';
import { asLanguage } from './phrases.js';
import { RequestNotices } from './request-notices.js';
import { applyRules, type StruckLine } from './rule.js';
import { rulesInForce } from './rules.queries.js';
import { type Shown, shownOf } from './shown.js';

/** What is to be approved for a retailer that has not asked yet. */
export type Anticipated = Omit<Asking, 'origin' | 'use' | 'action' | 'message' | 'asksAnew'> &
  PreApproval & { at: Date };

/** Who calls off what was approved beforehand, and when. */
interface CallingOff {
  readonly actor: Actor;
  readonly at: Date;
}

/** What customers approve before retailers ask for it. The retailer learns of it by asking, and not before. */
@Injectable()
export class PreApprovals {
  constructor(
    private readonly database: Database,
    private readonly journal: ConsentsJournal,
    private readonly lifecycle: ConsentLifecycle,
    private readonly wording: RequestNotices,
    private readonly vocabularies: VocabularyService,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly config: Config,
  ) {}

  /** The request that it would be. Nothing is kept of it. */
  draft({ sourceId, withdrawSource, reportedData, ends, ...asking }: Anticipated): ConsentRequest {
    const request = ConsentRequest.open({
      ...asking,
      id: this.random.id(),
      origin: 'switch',
      vocabularyVersion: this.vocabularies.current().version,
      longestDays: this.config.CONSENT_LONGEST_DAYS,
    });
    request.preApprove({ sourceId, withdrawSource, reportedData, ends });
    return request;
  }

  /** The lines that rules of the customer refuse this retailer. */
  async struck(
    reader: Reader,
    customer: CustomerKey,
    { id, sectors }: Pick<Retailer, 'id' | 'sectors'>,
    details: AskedDetail[],
  ): Promise<StruckLine[]> {
    const asking = { id, sectors, isActive: true, takenBackAt: null };
    const rules = await rulesInForce(reader, customer);
    return applyRules(rules, { details, use: 'standing', action: 'merge' }, asking, this.vocabularies.current()).struck;
  }

  /**
   * Keeps what the customer approves beforehand.
   *
   * @param request As `draft` made it.
   * @throws PreApprovalPendingError when there is one for this retailer already
   * @throws NoticeOutdatedError when what was shown is no longer so
   */
  async make(tx: Tx, request: ConsentRequest, { actor, shown }: { actor: Actor; shown: Shown }): Promise<void> {
    const at = request.createdAt;
    const pending = await lockPreApproval(tx, request, request.retailerId);
    if (pending?.statusAt(at) === 'pre_approved') throw new PreApprovalPendingError(pending.id);
    if (pending) await this.lapse(tx, pending, at);

    const notice = shownOf(await this.wording.of(request, tx), shown);
    if (!(await insertPreApproval(tx, request))) {
      const other = await findPreApproval(tx, request, request.retailerId);
      throw new PreApprovalPendingError(other?.id ?? request.id);
    }
    const noticeHash = await keepNotice(tx, request, notice, at);
    const { sourceId, withdrawSource } = request.preApproval as PreApproval;
    const data = { source_consent_id: sourceId, withdraw_source: withdrawSource };
    await this.journal.requestChanged(tx, request, 'pre_approved', { at, actor, noticeHash, data });
  }

  /** Keeps what is approved for a retailer as it is until the transaction is over: of two that use it, one waits. */
  async hold(tx: Tx, customer: CustomerKey, retailerId: string): Promise<void> {
    await lockPreApproval(tx, customer, retailerId);
  }

  /** Which items of an open request the customer has approved beforehand, by the id of their line. */
  async agreedIn(request: ConsentRequest): Promise<ReadonlyMap<string, readonly string[]>> {
    const now = this.clock.now();
    const pending = await findPreApproval(this.database.reader, request, request.retailerId);
    if (pending?.statusAt(now) !== 'pre_approved') return new Map();
    const { items } = differenceOf(request, holdingOf(anticipatedHolding(pending), this.vocabularies.current()), now);
    return new Map(
      Object.entries(items).map(([id, line]) => [
        id,
        Object.keys(line).filter((code) => line[code]?.standing === 'given'),
      ]),
    );
  }

  /**
   * What was approved beforehand is over once the retailer has been given any of it, by itself or by hand. Then the
   * consent that it was taken from ends, too, where the customer has wanted that: at the same moment, or not at all.
   */
  async complete(tx: Tx, consent: Consent, given: readonly ConsentDetail[], at: Date): Promise<void> {
    if (consent.use === 'once') return;
    const pending = await lockPreApproval(tx, consent, consent.retailerId);
    if (pending?.statusAt(at) !== 'pre_approved') return;
    if (!fulfils(given, { details: underNamesOf(pending.details, this.vocabularies.current()) })) return;
    const actor = { kind: 'customer' } as const;
    pending.approve({ consentId: consent.id, whole: true }, at);
    await tx.save(pending);
    await this.journal.requestChanged(tx, pending, 'completed', { at, actor });

    const { sourceId, withdrawSource, reportedData } = pending.preApproval as PreApproval;
    const source = withdrawSource === 'on_completion' && (await lockConsent(tx, pending, sourceId));
    if (source) await this.lifecycle.withdrawLocked(tx, source, { reportedData, actor }, at);
  }

  /** What was approved beforehand for the retailer of a request no longer counts, unless it is over already. */
  async supersede(tx: Tx, { bucket, customerId, retailerId }: ConsentRequest, by: CallingOff): Promise<void> {
    const pending = await lockPreApproval(tx, { bucket, customerId }, retailerId);
    if (pending?.statusAt(by.at) === 'pre_approved') await this.callOff(tx, pending, by);
  }

  /** @param pending Locked by the caller, and waiting. */
  async callOff(tx: Tx, pending: ConsentRequest, { actor, at }: CallingOff): Promise<void> {
    const notice = (await this.wording.of(pending, tx))[asLanguage(pending.language)];
    const noticeHash = await keepNotice(tx, pending, { ...notice, shown: false }, at);
    pending.refuse(at);
    await tx.save(pending);
    await this.journal.requestChanged(tx, pending, 'refused', { at, actor, noticeHash });
  }

  private async lapse(tx: Tx, request: ConsentRequest, at: Date): Promise<void> {
    request.lapse();
    await tx.save(request);
    await this.journal.requestChanged(tx, request, 'lapsed', { at, actor: { kind: 'system' } });
  }
}
