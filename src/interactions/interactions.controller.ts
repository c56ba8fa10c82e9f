import { Body, Controller, Get, Post, Query } from '@nestjs/common';

import { ConsentPausedError, OutsideConsentError } from '../consents/consents.errors.js';
import {
  Access,
  CurrentCustomer,
  CurrentRetailer,
  type CustomerPrincipal,
  Delegable,
  type RetailerPrincipal,
} from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto } from '../platform/http/paging.js';
import { BodyLimit, Consumes, LARGEST_BODY } from '../platform/http/route.js';
import { IntakeService } from './intake.service.js';
import { InteractionDto, InteractionsQuery, ReportDto } from './interactions.dto.js';
import {
  ConsentWithdrawnError,
  EventConflictError,
  EventInFutureError,
  EventTooOldError,
  InvalidBatchError,
  InvalidEventError,
  NoConsentAtTimeError,
} from './interactions.errors.js';
import { interactionExample, reportBody, reportExample } from './interactions.examples.js';
import { InteractionsService } from './interactions.service.js';

/** For retailers: what happened at their touchpoints. */
@Controller('v1/interactions')
export class IntakeController {
  constructor(private readonly intake: IntakeService) {}

  @Post()
  @Access('retailer', 'interactions.write')
  @BodyLimit(LARGEST_BODY)
  @Consumes('application/cloudevents+json', 'application/cloudevents-batch+json', 'application/json')
  @Operation({
    id: 'reportInteractions',
    tag: 'Interactions (retailer)',
    summary: 'Report what happened',
    description:
      'Takes CloudEvents 1.0 in the structured or the batched form. Each is checked against the consent of its ' +
      'subject, at the time it happened and now. An event is the same one when your client sends the same `source` ' +
      'and `id` again: sending again is safe. A batch is answered event by event with 200, whatever became of them; a ' +
      'single event that is not kept is answered with the problem. With a client-credentials token every event names ' +
      'its `subject`; with a consent token it may be left out.',
    body: reportBody,
    ok: {
      status: 200,
      type: ReportDto,
      description: 'What became of each event, in their order.',
      example: reportExample,
    },
    errors: [
      InvalidBatchError,
      InvalidEventError,
      EventConflictError,
      EventInFutureError,
      EventTooOldError,
      NoConsentAtTimeError,
      OutsideConsentError,
      ConsentWithdrawnError,
      ConsentPausedError,
    ],
  })
  reportInteractions(@CurrentRetailer() caller: RetailerPrincipal, @Body() body: unknown): Promise<ReportDto> {
    return this.intake.report(caller, body);
  }
}

/** For customers: what retailers have reported of them. */
@Controller('v1/me/interactions')
export class InteractionsController {
  constructor(private readonly interactions: InteractionsService) {}

  @Get()
  @Access('customer', 'interactions.read')
  @Delegable()
  @Operation({
    id: 'listInteractions',
    tag: 'Interactions (customer)',
    summary: 'See what retailers reported of me',
    ok: {
      status: 200,
      type: PageDto(InteractionDto),
      description: 'A page of interactions, newest first.',
      example: { items: [interactionExample], next_cursor: null },
    },
    errors: [InvalidCursorError],
  })
  listInteractions(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Query() query: InteractionsQuery,
  ): Promise<Page<InteractionDto>> {
    return this.interactions.list(customer, query);
  }
}
