import { Controller, Get, Query } from '@nestjs/common';

import { ConsentNotFoundError } from '../consents/consents.errors.js';
import { Access, CurrentCustomer, type CustomerPrincipal, Delegable } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto } from '../platform/http/paging.js';
import { UuidParam } from '../platform/http/validation.js';
import { ChainDto } from './chain.dto.js';
import { ChainService } from './chain.service.js';
import { InteractionDto } from './interaction.dto.js';
import { SummaryDto, SummaryQuery } from './summary.dto.js';
import { SummaryService } from './summary.service.js';
import { InteractionsQuery } from './timeline.dto.js';
import { InteractionNotFoundError } from './timeline.errors.js';
import { chainExample, interactionExample, summaryExample, whyExample } from './timeline.examples.js';
import { TimelineService } from './timeline.service.js';
import { WhyDto } from './why.dto.js';
import { WhyService } from './why.service.js';

const tag = 'Interactions (customer)';

/** For customers: what retailers have reported of them. */
@Controller('v1/me/interactions')
export class TimelineController {
  constructor(
    private readonly timeline: TimelineService,
    private readonly summary: SummaryService,
    private readonly why: WhyService,
    private readonly chains: ChainService,
  ) {}

  @Get()
  @Access('customer', 'interactions.read')
  @Delegable()
  @Operation({
    id: 'listInteractions',
    tag,
    summary: 'See what retailers reported of me',
    description:
      'All that is kept, whether it counts or not: `standing` says which. Of the last 400 days where no time is given.',
    ok: {
      status: 200,
      type: PageDto(InteractionDto),
      description: 'A page of interactions, newest first.',
      example: { items: [interactionExample], next_cursor: null },
    },
    errors: [InvalidCursorError],
  })
  listInteractions(
    @CurrentCustomer() me: CustomerPrincipal,
    @Query() query: InteractionsQuery,
  ): Promise<Page<InteractionDto>> {
    return this.timeline.list(me, query);
  }

  @Get('summary')
  @Access('customer', 'interactions.read')
  @Delegable()
  @Operation({
    id: 'getInteractionSummary',
    tag,
    summary: 'See who reported how much of me',
    description: 'Counts by month, retailer, kind and touchpoint, of the last twelve months where none are named.',
    ok: { status: 200, type: SummaryDto, description: 'The counts.', example: summaryExample },
    errors: [],
  })
  getSummary(@CurrentCustomer() { customer }: CustomerPrincipal, @Query() query: SummaryQuery): Promise<SummaryDto> {
    return this.summary.of(customer, query);
  }

  @Get(':id')
  @Access('customer', 'interactions.read')
  @Delegable()
  @Operation({
    id: 'getInteraction',
    tag,
    summary: 'Look at one interaction',
    ok: { status: 200, type: InteractionDto, description: 'The interaction.', example: interactionExample },
    errors: [InteractionNotFoundError],
  })
  getInteraction(@CurrentCustomer() me: CustomerPrincipal, @UuidParam('id') id: string): Promise<InteractionDto> {
    return this.timeline.get(me, id);
  }

  @Get(':id/why')
  @Access('customer', 'interactions.read', 'consents.read')
  @Delegable()
  @Operation({
    id: 'explainInteraction',
    tag,
    summary: 'Why do they know this?',
    description:
      'Who reported it when, by which line of which consent that was allowed, how that came to be given, and what the ' +
      'interaction feeds now.',
    ok: { status: 200, type: WhyDto, description: 'Why.', example: whyExample },
    errors: [InteractionNotFoundError, ConsentNotFoundError],
  })
  explainInteraction(@CurrentCustomer() me: CustomerPrincipal, @UuidParam('id') id: string): Promise<WhyDto> {
    return this.why.of(me, id);
  }

  @Get(':id/chain')
  @Access('customer', 'interactions.read')
  @Delegable()
  @Operation({
    id: 'getInteractionChain',
    tag,
    summary: 'See what led to an interaction, and what it led to',
    description:
      'From an offer to the answer to it, and to what was bought: as far as the codes of the retailer say so, else as ' +
      'it is likely by what came last within 14 days. Only what stands is part of it; what does not is answered alone.',
    ok: { status: 200, type: ChainDto, description: 'The chain.', example: chainExample },
    errors: [InteractionNotFoundError],
  })
  getChain(@CurrentCustomer() { customer }: CustomerPrincipal, @UuidParam('id') id: string): Promise<ChainDto> {
    return this.chains.of(customer, id);
  }
}
