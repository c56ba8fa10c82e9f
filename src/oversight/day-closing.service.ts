import { Injectable, type OnModuleInit } from '@nestjs/common';

import { findEntry } from '../audit/audit.queries.js';
import { type AuditEvent, AuditService } from '../audit/audit.service.js';
import { readLogState } from '../audit/log-tiles.queries.js';
import { Clock } from '../platform/clock.js';
import { Database, type Reader } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { AuditDay } from './monitor.entity.js';
import { countEntries } from './totals.queries.js';

const INTERVAL_MS = 60_000;
const DAY_MS = 86_400_000;
const APPENDED_AT_ONCE = 500;

/**
 * Closes each day (in UTC) with entries that say how many entries of each type there were, all in all and of each
 * retailer: whoever is shown fewer, notices. A day has the entries that were numbered since the day before it was
 * closed, whatever time they tell of, so that nothing comes too late to be counted and everybody counts the same.
 */
@Injectable()
export class DayClosing implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('audit-day-closing', INTERVAL_MS, () => this.closeDue());
  }

  /** Closes yesterday, and with it whatever was not closed before. Doing so again changes nothing. */
  async closeDue(): Promise<void> {
    const { reader } = this.database;
    const now = this.clock.now();
    const day = dayOf(new Date(now.getTime() - DAY_MS));
    const last = await lastClosed(reader);
    if (last && last.day >= day) return;
    const [from, { size: to }] = [last?.toSize ?? 0, await readLogState(reader)];
    const first = from < to ? await findEntry(reader, from) : null;
    // A log that begins today has no yesterday.
    if (!first || (!last && dayOf(first.at) > day)) return;

    const { all, byRetailer } = await countEntries(reader, { from, to });
    const events: AuditEvent[] = [null, ...byRetailer.keys()].map((retailerId) => ({
      type: 'day.closed',
      at: now,
      actor: { kind: 'system' },
      ...(retailerId && { retailerId }),
      data: { day, from, to, totals: { ...(retailerId ? byRetailer.get(retailerId) : all) } },
    }));
    await this.database.transaction(async (tx) => {
      const { raw } = await tx
        .createQueryBuilder()
        .insert()
        .into(AuditDay)
        .values({ day, fromSize: from, toSize: to, closedAt: now })
        .orIgnore()
        .returning('day')
        .execute();
      // Another process was quicker.
      if ((raw as unknown[]).length === 0) return;
      for (let next = 0; next < events.length; next += APPENDED_AT_ONCE) {
        await this.audit.appendAll(tx, events.slice(next, next + APPENDED_AT_ONCE));
      }
    });
  }
}

export async function lastClosed(reader: Reader): Promise<AuditDay | null> {
  const [last] = await reader.find(AuditDay, { order: { toSize: 'DESC' }, take: 1 });
  return last ?? null;
}

export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
