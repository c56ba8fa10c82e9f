import { Injectable } from '@nestjs/common';

import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { chainOf, chainTypes } from './attribution.js';
import { ChainDto } from './chain.dto.js';
import { TIED_FOR_MS } from './journey.js';
import { findChainSteps } from './steps.queries.js';
import { TimelineService } from './timeline.service.js';

/** A chain has two links, and each reaches as far as a code ties events together. */
const REACH_MS = 2 * TIED_FOR_MS;
/** So many events on either side are looked at, the nearest first. */
const MOST_ON_A_SIDE = 1_000;

/** Which offer led to which answer, and these to which purchase. Only what stands is part of it. */
@Injectable()
export class ChainService {
  constructor(
    private readonly database: Database,
    private readonly timeline: TimelineService,
    private readonly retailers: RetailersService,
  ) {}

  /** The chain of an event; where it is part of none, the event alone. @throws InteractionNotFoundError */
  async of(customer: CustomerKey, id: string): Promise<ChainDto> {
    const event = await this.timeline.event(customer, id);
    const { retailerId, occurredAt, standing, type } = event;
    const names = await this.retailers.describe([retailerId]);
    const isLinked = standing === 'standing' && (chainTypes as readonly string[]).includes(type);
    if (!isLinked) return ChainDto.of([event], [], names);

    const window = { reach: REACH_MS, limit: MOST_ON_A_SIDE };
    const steps = await findChainSteps(this.database.reader, customer, retailerId, occurredAt, window);
    const chain = chainOf(id, steps);
    return ChainDto.of(chain.events, chain.links, names);
  }
}
