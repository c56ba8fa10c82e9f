import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../clock.js';
import { Jobs } from '../jobs/jobs.js';
import { Database } from './database.js';

const HOUR_MS = 3_600_000;
const MONTHS_AHEAD = 3;

/**
 * Keeps the monthly partitions of the append-only tables ahead of need. A month that has none loses nothing: its rows
 * go to the table's default partition, and from there to the month once it is made.
 */
@Injectable()
export class Partitions implements OnModuleInit, OnApplicationBootstrap {
  private readonly byMonth = new Set<string>();

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

  /** Makes the partitions of this month and the next three, where they are missing. */
  async ensure(): Promise<void> {
    const now = this.clock.now();
    for (const table of this.byMonth) {
      for (let month = 0; month <= MONTHS_AHEAD; month++) {
        const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + month, 1));
        await this.database.reader.query(`select ccx_add_month_partition($1, $2::date)`, [
          table,
          first.toISOString().slice(0, 10),
        ]);
      }
    }
  }
}
