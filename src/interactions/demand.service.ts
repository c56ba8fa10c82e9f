import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Database, takeTime } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import type { Purpose } from '../vocabulary/code-lists.js';
import { releasable } from './demand.js';
import { DemandRelease } from './demand.entity.js';
import { DemandNotReleasedError } from './demand.errors.js';
import {
  classificationsOf,
  countCustomers,
  findRelease,
  lastArrival,
  listReleases,
  publish,
  type RetailerMonth,
  unreleasedMonths,
} from './demand.queries.js';
import { classOfGpc } from './gpc.js';
import { monthsBefore } from './retention.js';

/** Whoever consents to a report for one of these consents to be counted. */
export const statisticalPurposes: readonly Purpose[] = ['dpv:ServiceOptimisation', 'dpv:ResearchAndDevelopment'];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A month is released once it is over, and nothing of it has come for so long: tills and histories come late. */
const QUIET_DAYS = 7;
/** As far back as events may be reported. */
const MONTHS_BACK = 14;

/** Publishes what many customers of a retailer have in common, month by month, once each. */
@Injectable()
export class DemandService implements OnModuleInit {
  private readonly logger = new Logger(DemandService.name);

  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('demand', HOUR_MS, () => this.release());
  }

  /** The months of which something is released, the latest first, before one of them where that is given. */
  list(
    retailerId: string,
    page: { before?: string | undefined; limit: number },
  ): Promise<Pick<DemandRelease, 'month' | 'releasedAt'>[]> {
    return listReleases(this.database.reader, retailerId, page);
  }

  /** @throws DemandNotReleasedError */
  async get(retailerId: string, month: string): Promise<DemandRelease> {
    const release = await findRelease(this.database.reader, retailerId, `${month}-01`);
    if (!release) throw new DemandNotReleasedError(month);
    return release;
  }

  private async release(): Promise<void> {
    const quietSince = new Date(this.clock.now().getTime() - QUIET_DAYS * DAY_MS);
    // A month that ended before then may be quiet.
    const months = { from: firstDayOf(monthsBefore(quietSince, MONTHS_BACK)), to: firstDayOf(quietSince) };
    for (const month of await unreleasedMonths(this.database.reader, months)) {
      try {
        await this.releaseMonth(month, quietSince);
      } catch (error) {
        // One retailer's month must not hold up all others.
        this.logger.error(`The demand of ${month.month} could not be released.`, error);
      }
    }
  }

  private releaseMonth(month: RetailerMonth, quietSince: Date): Promise<void> {
    return this.database.transaction(async (tx) => {
      // All events of a month are read, which nobody waits for.
      await takeTime(tx);
      const arrival = await lastArrival(tx, month);
      if (!arrival || arrival > quietSince) return;
      const special = (await classificationsOf(tx, month)).filter((gpc) => classOfGpc(gpc) !== null);
      const now = this.clock.now();
      const cells = releasable(await countCustomers(tx, month, statisticalPurposes, special, now));
      const release = Object.assign(new DemandRelease(), { ...month, cells, releasedAt: now });
      if (!(await publish(tx, release))) return;
      await this.audit.append(tx, {
        type: 'demand.released',
        at: now,
        actor: { kind: 'system' },
        retailerId: month.retailerId,
        data: { month: month.month.slice(0, 7), cells: cells.length },
      });
    });
  }
}

function firstDayOf(instant: Date): string {
  return `${instant.toISOString().slice(0, 7)}-01`;
}
