import { Injectable } from '@nestjs/common';

import type { Actor } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import type { Purpose } from '../vocabulary/code-lists.js';
import { withoutPurpose } from './amendment.js';
import type { Consent, ReportedData } from './consent.entity.js';
import { ConsentLifecycle } from './consent-lifecycle.service.js';
import { lockOpenConsents, openConsents } from './consents.queries.js';
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
    private readonly clock: Clock,
  ) {}

  /** The consents that change, newest first; those that have ended or are not concerned do not. */
  async withdrawAll(
    customer: CustomerKey,
    reach: Reach,
    { reportedData = 'keep', actor, dryRun = false }: Terms,
  ): Promise<BulkChange[]> {
    if (dryRun) {
      const open = await openConsents(this.database.reader, customer, reach);
      return changesOf(open, reach, reportedData, this.clock.now());
    }
    return this.database.transaction(async (tx) => {
      const open = await lockOpenConsents(tx, customer, reach);
      const at = this.clock.now();
      const changes = changesOf(open, reach, reportedData, at);
      for (const { consent, change } of changes) {
        const data: JsonObject = change === 'withdrawn' ? { reported_data: reportedData } : {};
        await this.lifecycle.record(tx, consent, change, { at, actor, data });
      }
      return changes;
    });
  }
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
