import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../clock.js';
import { Jobs } from '../jobs/jobs.js';
import { Database } from './database.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MONTHS_AHEAD = 3;
/** A service that stands still over the holidays goes on into days that are there. */
const DAYS_AHEAD = 14;

/**
 * Keeps the partitions of the append-only tables ahead of need. A period that has none loses nothing: its rows go to
 * the table's default partition, and from there to their own once it is made.
 */
@Injectable()
export class Partitions implements OnModuleInit, OnApplicationBootstrap {
  private readonly byMonth = new Set<string>();
  private readonly byDay = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('partitions', HOUR_MS, () => this.ensure());
  }

  // A service that stood still for months must not begin with a month that is missing.
  onApplicationBootstrap(): Promise<void> {
    return this.ensure();
  }

  /** Names a table that is partitioned by month. Its migration lists it in `ccx_partitioned_tables`. */
  monthly(table: string): void {
    this.byMonth.add(table);
  }

  /** The same for a table that is partitioned by day, which the migration says as well. */
  daily(table: string): void {
    this.byDay.add(table);
  }

  /** Makes the partitions of now and of the periods to come, where they are missing, and of days that went astray. */
  async ensure(): Promise<void> {
    const now = this.clock.now();
    for (const table of this.byMonth) {
      for (let month = 0; month <= MONTHS_AHEAD; month++) {
        await this.add(table, new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + month, 1)));
      }
    }
    for (const table of this.byDay) {
      for (let day = 0; day <= DAYS_AHEAD; day++) await this.add(table, new Date(now.getTime() + day * DAY_MS));
      await this.gather(table, now);
    }
  }

  private async add(table: string, moment: Date): Promise<void> {
    await this.database.reader.query(`select ccx_add_partition($1, $2::date)`, [
      table,
      moment.toISOString().slice(0, 10),
    ]);
  }

  /** Takes what came on days that had no partition out of the default one, so that it can go with its day. */
  private async gather(table: string, now: Date): Promise<void> {
    await this.database.reader.query(
      `select ccx_add_partition($1, stray) from ccx_stray_days($1, $2::timestamptz) as stray`,
      [table, now],
    );
  }
}
