import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { decodeCursor, encodeCursor, type Page, pageSize } from '../platform/http/paging.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { byTime, type Journey, journeysOf, lastOf, VISIT_GAP_MS } from './journey.js';
import { JourneyDto, type JourneysQuery } from './journeys.dto.js';
import { findSteps, type JourneyStep, type Place } from './steps.queries.js';

const DAY_MS = 86_400_000;
const USUAL_DAYS = 90;

/** So many events are put together at once. Whoever has more of them gets the older ones as a stretch of its own. */
const MOST_STEPS = 2_000;

/** Before and after every id, among events of the same instant. */
const NO_ID = '00000000-0000-0000-0000-000000000000';
const ANY_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** What belongs together of what retailers reported. Only what stands is part of a journey. */
@Injectable()
export class JourneysService {
  constructor(
    private readonly database: Database,
    private readonly retailers: RetailersService,
    private readonly clock: Clock,
  ) {}

  /**
   * Journeys, the one that ended last first. Each page puts together the same stretch of events anew and goes on where
   * the last one ended: the cursor says where the stretch begins, and which journey was the last to be shown.
   */
  async list(customer: CustomerKey, query: JourneysQuery): Promise<Page<JourneyDto>> {
    const cursor = decodeCursor(query.cursor, ['time', 'uuid', 'time', 'uuid']);
    const to = query.to ?? new Date(this.clock.now().getTime() + DAY_MS);
    const begin: Place = cursor ? { occurredAt: cursor[0], id: cursor[1] } : { occurredAt: to, id: NO_ID };
    const shown: Place = cursor ? { occurredAt: cursor[2], id: cursor[3] } : { occurredAt: to, id: ANY_ID };
    const from = query.from ?? new Date(to.getTime() - USUAL_DAYS * DAY_MS);

    const { steps, rest } = await this.stretch(customer, from, begin);
    const left = journeysOf(steps).filter((journey) => byTime(lastOf(journey), shown) < 0);
    const page = left.slice(0, pageSize(query));
    const last = page.at(-1);
    const hasMore = last !== undefined && left.length > page.length;
    const next = hasMore ? cursorOf(begin, lastOf(last)) : rest && cursorOf(rest, rest);
    return { items: await this.described(page), next_cursor: next };
  }

  /** Events from a place on backwards, as many as are put together at once, and where the next stretch begins. */
  private async stretch(
    customer: CustomerKey,
    from: Date,
    begin: Place,
  ): Promise<{ steps: JourneyStep[]; rest: Place | null }> {
    const found = await findSteps(this.database.reader, customer, { from, after: begin, limit: MOST_STEPS + 1 });
    if (found.length <= MOST_STEPS) return { steps: found, rest: null };
    // The oldest visit is left to the next stretch: it may be cut in two. Unless it is all one visit.
    const gap = found.findLastIndex((step, index) => index > 0 && isApart(step, found[index - 1] as JourneyStep));
    const steps = found.slice(0, gap > 0 ? gap : MOST_STEPS);
    return { steps, rest: steps.at(-1) as JourneyStep };
  }

  private async described(journeys: readonly Journey<JourneyStep>[]): Promise<JourneyDto[]> {
    const ids = journeys.flatMap(({ steps }) => steps.map(({ step: { retailerId } }) => retailerId));
    const names = await this.retailers.describe(ids);
    return journeys.map((journey) => JourneyDto.of(journey, names));
  }
}

function isApart(earlier: JourneyStep, later: JourneyStep): boolean {
  return later.occurredAt.getTime() - earlier.occurredAt.getTime() > VISIT_GAP_MS;
}

function cursorOf(begin: Place, shown: Place): string {
  return encodeCursor(begin.occurredAt, begin.id, shown.occurredAt, shown.id);
}
