import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { CountersService } from './counters.service.js';
import { SummaryDto, type SummaryQuery } from './summary.dto.js';

const USUAL_MONTHS = 12;

/** Who reported how much of a customer. */
@Injectable()
export class SummaryService {
  constructor(
    private readonly database: Database,
    private readonly counters: CountersService,
    private readonly retailers: RetailersService,
    private readonly clock: Clock,
  ) {}

  /** Counts by month, of the last twelve where none are named. A report of the last second may not be counted yet. */
  async of(customer: CustomerKey, { from, to }: SummaryQuery): Promise<SummaryDto> {
    const now = this.clock.now();
    const months = {
      from: from === undefined ? firstDay(now, 1 - USUAL_MONTHS) : `${from}-01`,
      to: to === undefined ? firstDay(now, 1) : `${to}-01`,
    };
    const counters = await this.counters.of(this.database.reader, customer, months);
    return SummaryDto.of(counters, await this.retailers.describe(counters.map(({ retailerId }) => retailerId)));
  }
}

/** The first day of the month so many months later. */
function firstDay(now: Date, later: number): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + later)).toISOString().slice(0, 10);
}
