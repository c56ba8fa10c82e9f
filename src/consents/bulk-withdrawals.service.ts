import { Injectable } from '@nestjs/common';

import type { Actor } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import type { Purpose } from '../vocabulary/code-lists.js';
import { withoutPurpose } from './amendment.js';
import type { Consent, ReportedData } from './consent.entity.js';
import { ConsentLifecycle } from './consent-lifecycle.service.js';
import type { ConsentRequest } from './consent-request.entity.js';
import { findPreApprovals, lockPreApprovals } from './consent-requests.queries.js';
import { lockOpenConsents, openConsents } from './consents.queries.js';
import { PreApprovals } from './pre-approvals.service.js';
import { holds } from './renewal.js';

/** Which consents; all of them, when nothing is said. */
export interface Reach {
  retailerId?: string;
  /** Nothing is any longer allowed for this purpose; what is allowed for others stays. */
  purpose?: Purpose;
}

/** What becomes, or would become, of a consent. */
export interface BulkChange {
  /** As it stands afterwards. */
  consent: Consent;
  change: 'withdrawn' | 'amended';
}

export interface BulkWithdrawal {
  /** The consents that change, newest first; those that have ended or are not concerned do not. */
  changed: BulkChange[];
  /** What was approved beforehand, as it stands afterwards, newest first. */
  calledOff: ConsentRequest[];
}

interface Terms {
  reportedData?: ReportedData;
  actor: Actor;
  /** Only says what would happen. */
  dryRun?: boolean;
}

/** Ends many consents of a customer at once: all of them change, or none does. */
@Injectable()
export class BulkWithdrawals {
  constructor(
    private readonly database: Database,
    private readonly lifecycle: ConsentLifecycle,
    private readonly preApprovals: PreApprovals,
    private readonly clock: Clock,
  ) {}

  /** Calls off what is approved beforehand within the reach, too: or a retailer that asks would be given it anew. */
  async withdrawAll(
    customer: CustomerKey,
    reach: Reach,
    { reportedData = 'keep', actor, dryRun = false }: Terms,
  ): Promise<BulkWithdrawal> {
    if (dryRun) {
      const { reader } = this.database;
      const pending = await findPreApprovals(reader, customer, reach);
      const open = await openConsents(reader, customer, reach);
      const at = this.clock.now();
      const calledOff = concerned(pending, reach, at);
      for (const request of calledOff) request.refuse(at);
      return { changed: changesOf(open, reach, reportedData, at), calledOff };
    }
    return this.database.transaction((tx) => this.withdrawAllIn(tx, customer, reach, { reportedData, actor }));
  }

  /** The same in a transaction that does more than that. */
  async withdrawAllIn(
    tx: Tx,
    customer: CustomerKey,
    reach: Reach,
    { reportedData = 'keep', actor }: Omit<Terms, 'dryRun'>,
  ): Promise<BulkWithdrawal> {
    // Locked first: what is given by it at this moment is among the consents that are locked next.
    const pending = await lockPreApprovals(tx, customer, reach);
    const open = await lockOpenConsents(tx, customer, reach);
    const at = this.clock.now();
    const calledOff = concerned(pending, reach, at);
    for (const request of calledOff) await this.preApprovals.callOff(tx, request, { actor, at });
    const changed = changesOf(open, reach, reportedData, at);
    for (const { consent, change } of changed) {
      const data: JsonObject = change === 'withdrawn' ? { reported_data: reportedData } : {};
      await this.lifecycle.record(tx, consent, change, { at, actor, data });
    }
    return { changed, calledOff };
  }
}

/** What still waits and would give anything of it. */
function concerned(pending: readonly ConsentRequest[], { purpose }: Reach, at: Date): ConsentRequest[] {
  return pending.filter(
    (request) =>
      request.statusAt(at) === 'pre_approved' &&
      (purpose === undefined || request.details.some(({ purposes }) => purposes.includes(purpose))),
  );
}

/** Changes the consents, here and not in the database, and answers those that it has changed. */
function changesOf(consents: readonly Consent[], { purpose }: Reach, data: ReportedData, at: Date): BulkChange[] {
  return consents
    .filter((consent) => !consent.isOverdue(at))
    .flatMap((consent): BulkChange[] => {
      const left = purpose ? withoutPurpose(consent.details, purpose) : [];
      if (!left) return [];
      if (!left.some((line) => holds(line, at))) {
        consent.withdraw(data, at);
        return [{ consent, change: 'withdrawn' }];
      }
      consent.amend({ details: left, maxReadsPerDay: consent.maxReadsPerDay }, at);
      return [{ consent, change: 'amended' }];
    });
}
