import { Controller, Get, Query } from '@nestjs/common';

import { Access, CurrentCustomer, type CustomerPrincipal, Delegable } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto } from '../platform/http/paging.js';
import { JourneyDto, JourneysQuery } from './journeys.dto.js';
import { JourneysService } from './journeys.service.js';
import { journeyExample } from './timeline.examples.js';

/** For customers: what belongs together of what retailers have reported of them. */
@Controller('v1/me/journeys')
export class JourneysController {
  constructor(private readonly journeys: JourneysService) {}

  @Get()
  @Access('customer', 'interactions.read')
  @Delegable()
  @Operation({
    id: 'listJourneys',
    tag: 'Interactions (customer)',
    summary: 'See my journeys across touchpoints and retailers',
    description:
      'Interactions of which no two neighbours lie more than half an hour apart make a visit; visits that a retailer ' +
      'tied by a correlation code within 90 days make one journey. Only what stands is part of it, and only what lies ' +
      'in the time asked for: the last 90 days where none is given. No retailer is told of this.',
    ok: {
      status: 200,
      type: PageDto(JourneyDto),
      description: 'A page of journeys, the one that ended last first.',
      example: { items: [journeyExample], next_cursor: null },
    },
    errors: [InvalidCursorError],
  })
  listJourneys(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Query() query: JourneysQuery,
  ): Promise<Page<JourneyDto>> {
    return this.journeys.list(customer, query);
  }
}
