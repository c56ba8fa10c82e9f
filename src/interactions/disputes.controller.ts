import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';

import {
  Access,
  CurrentCustomer,
  CurrentRetailer,
  type CustomerPrincipal,
  type RetailerPrincipal,
} from '../platform/http/access.js';
import { IdempotentCreate } from '../platform/http/idempotent-create.js';
import { Operation } from '../platform/http/operation.js';
import {
  decodeCursor,
  InvalidCursorError,
  type Page,
  PageDto,
  PageQuery,
  pageOf,
  pageSize,
} from '../platform/http/paging.js';
import { UuidParam } from '../platform/http/validation.js';
import { ofItsOwn } from '../retailers/of-its-own.js';
import { DisputeAnswersService } from './dispute-answers.service.js';
import { DisputeDto, NewDisputeDto } from './disputes.dto.js';
import {
  AlreadyDisputedError,
  DisputeClosedError,
  DisputeNotFoundError,
  NotDisputedError,
  NothingToDisputeError,
  NotItsCorrectionError,
} from './disputes.errors.js';
import { disputeExample, receivedExample } from './disputes.examples.js';
import { DisputesService } from './disputes.service.js';
import { DisputeAnswerDto, ReceivedDisputeDto, ReceivedDisputesQuery } from './received-disputes.dto.js';
import { InteractionNotFoundError } from './timeline.errors.js';

/** Customers say what is wrong of what retailers reported. */
@Controller('v1/me')
export class DisputesController {
  constructor(private readonly disputes: DisputesService) {}

  @Get('disputes')
  @Access('customer', 'interactions.read')
  @Operation({
    id: 'listDisputes',
    tag: 'Interactions (customer)',
    summary: 'List what I dispute, and what the retailers answer',
    description: 'Newest first, those that you took back among them.',
    ok: {
      status: 200,
      type: PageDto(DisputeDto),
      description: 'A page of disputes.',
      example: { items: [disputeExample], next_cursor: null },
    },
    errors: [InvalidCursorError],
  })
  async list(@CurrentCustomer() { customer }: CustomerPrincipal, @Query() query: PageQuery): Promise<Page<DisputeDto>> {
    const limit = pageSize(query);
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    return pageOf(await this.disputes.list(customer, { before, limit: limit + 1 }), limit, ({ id }) => [id]);
  }

  @Post('interactions/:id/dispute')
  @Access('customer', 'interactions.write')
  @IdempotentCreate()
  @Operation({
    id: 'disputeInteraction',
    tag: 'Interactions (customer)',
    summary: 'Dispute an interaction',
    description:
      'From now on it feeds nothing: no count, no suggestion, no statistic. Its retailer is told, and is to answer ' +
      'within 30 days. Your words reach the retailer only if you share them.',
    ok: { status: 201, type: DisputeDto, description: 'The dispute.', example: disputeExample },
    errors: [InteractionNotFoundError, AlreadyDisputedError, NothingToDisputeError],
  })
  dispute(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Body() body: NewDisputeDto,
  ): Promise<DisputeDto> {
    return this.disputes.dispute(customer, id, body);
  }

  @Post('interactions/:id/dispute/retract')
  @Access('customer', 'interactions.write')
  @HttpCode(200)
  @Operation({
    id: 'retractDispute',
    tag: 'Interactions (customer)',
    summary: 'Take a dispute back',
    description: 'The interaction counts again, unless its retailer has taken it back or corrected it meanwhile.',
    ok: {
      status: 200,
      type: DisputeDto,
      description: 'The dispute as it is now.',
      example: { ...disputeExample, status: 'retracted', retracted_at: '2026-11-22T10:05:00.000Z' },
    },
    errors: [InteractionNotFoundError, NotDisputedError],
  })
  retract(@CurrentCustomer() { customer }: CustomerPrincipal, @UuidParam('id') id: string): Promise<DisputeDto> {
    return this.disputes.retract(customer, id);
  }
}

/** Retailers learn what of their events is disputed, and answer. */
@Controller('v1/interactions/disputes')
export class DisputeAnswersController {
  constructor(private readonly answers: DisputeAnswersService) {}

  @Get()
  @Access('retailer', 'interactions.read')
  @Operation({
    id: 'listReceivedDisputes',
    tag: 'Interactions (retailer)',
    summary: 'See which of our events customers dispute',
    description:
      'Of all your customers, newest first, also of those whose consent has ended since. Takes the client’s own token.',
    ok: {
      status: 200,
      type: PageDto(ReceivedDisputeDto),
      description: 'A page of disputes.',
      example: { items: [receivedExample], next_cursor: null },
    },
    errors: [InvalidCursorError],
  })
  async list(
    @CurrentRetailer() caller: RetailerPrincipal,
    @Query() query: ReceivedDisputesQuery,
  ): Promise<Page<ReceivedDisputeDto>> {
    const { retailerId } = ofItsOwn(caller);
    const limit = pageSize(query);
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const found = await this.answers.list(retailerId, { statuses: query.status, before, limit: limit + 1 });
    return pageOf(found, limit, ({ id }) => [id]);
  }

  @Post(':id/answer')
  @Access('retailer', 'interactions.write')
  @HttpCode(200)
  @Operation({
    id: 'answerDispute',
    tag: 'Interactions (retailer)',
    summary: 'Answer a dispute',
    description:
      'The customer is told. Another answer takes the place of the first; only what was withdrawn stays so. To void or ' +
      'to correct the event is an answer by itself. Takes the client’s own token.',
    ok: {
      status: 200,
      type: ReceivedDisputeDto,
      description: 'The dispute as it is now.',
      example: {
        ...receivedExample,
        status: 'stands',
        answered_at: '2026-11-23T08:00:00.000Z',
        note_code: 'receipt-7',
      },
    },
    errors: [DisputeNotFoundError, DisputeClosedError, NotItsCorrectionError],
  })
  answer(
    @CurrentRetailer() caller: RetailerPrincipal,
    @UuidParam('id') id: string,
    @Body() body: DisputeAnswerDto,
  ): Promise<ReceivedDisputeDto> {
    return this.answers.answer(ofItsOwn(caller), id, body.checked());
  }
}
