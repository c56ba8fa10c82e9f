import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

import { readLogState } from '../audit/log-tiles.queries.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import type { StaffPrincipal } from '../platform/http/access.js';
import type { Engagement } from '../staff/engagement.js';
import { AuditorActs } from './auditor-acts.service.js';
import { wholeOf } from './engagement-bounds.js';
import { Engagements } from './engagements.service.js';
import { MonitorState } from './monitor.entity.js';
import { Monitor } from './monitor.service.js';
import type { AuditStatisticsDto } from './statistics.dto.js';
import {
  countConsentsWithin,
  COUNTED_AT_MOST,
  countDisclosuresWithin,
  readsAfterWithdrawal,
} from './statistics.queries.js';

const KEPT = { max: 500, ttl: 60_000 };

/** An engagement in numbers. Each auditor's are counted once a minute at most, and never beyond a bound. */
@Injectable()
export class AuditStatistics {
  private readonly kept = new LRUCache<string, Promise<AuditStatisticsDto>>(KEPT);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly engagements: Engagements,
    private readonly acts: AuditorActs,
    private readonly monitor: Monitor,
  ) {}

  async of(auditor: StaffPrincipal): Promise<AuditStatisticsDto> {
    const engagement = await this.engagements.of(auditor);
    await this.acts.record(auditor, 'audit.searched', { data: { list: 'statistics' } });
    const known = this.kept.get(auditor.staffId);
    if (known) return known;
    const counting = this.count(engagement);
    this.kept.set(auditor.staffId, counting);
    counting.catch(() => this.kept.delete(auditor.staffId));
    return counting;
  }

  private async count(engagement: Engagement): Promise<AuditStatisticsDto> {
    const { reader } = this.database;
    const now = this.clock.now();
    const bounds = wholeOf(engagement);
    // One after another: they must not take the connections of those whom the service is for.
    const consents = await countConsentsWithin(reader, bounds, now);
    const { withdrawn, afterwards, longest } = await readsAfterWithdrawal(reader, bounds);
    const { answered, refused } = await countDisclosuresWithin(reader, bounds);
    const findings = await this.monitor.known(bounds.retailerIds);
    const state = await reader.findOneByOrFail(MonitorState, { id: 1 });
    const { size } = await readLogState(reader);
    return {
      as_of: now.toISOString(),
      complete: consents.counted < COUNTED_AT_MOST && answered + refused < COUNTED_AT_MOST,
      consents: consents.byStatus,
      withdrawals: { withdrawn, read_afterwards: afterwards, longest_seconds_to_last_read: longest },
      disclosures: { answered, refused, wrong: findings['wrong-disclosure'] },
      monitor: {
        checked_at: state.checkedAt?.toISOString() ?? null,
        checked_entries: state.size,
        log_entries: size,
        findings,
      },
    };
  }
}
