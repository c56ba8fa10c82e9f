import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Clock } from '../platform/clock.js';
import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { notModified, strongEtag } from '../platform/http/etag.js';
import { Operation } from '../platform/http/operation.js';
import { decodeCursor, type Page, PageDto, pageOf, pageSize } from '../platform/http/paging.js';
import { UuidParam } from '../platform/http/validation.js';
import { RetailerSuspendedError } from '../retailers/retailers.errors.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { decidedExample, refusedExample, requestExample, wordedExample } from './consent-examples.js';
import {
  ApprovalDto,
  ConsentRequestDto,
  ConsentRequestsQuery,
  DecidedDto,
  RefusalDto,
  WordedConsentRequestDto,
} from './consent-requests.dto.js';
import { ConsentRequestsService } from './consent-requests.service.js';
import type { ConsentRequest } from './consent-request.entity.js';
import {
  ConsentRequestNotFoundError,
  NothingKeptError,
  RequestDecidedError,
  RequestLapsedError,
} from './consents.errors.js';
import { ConsentDto } from './consents.dto.js';

const tag = 'Consent requests (customer)';

/** What retailers ask the customer for. */
@Controller('v1/me/consent-requests')
export class ConsentRequestsController {
  constructor(
    private readonly requests: ConsentRequestsService,
    private readonly retailers: RetailersService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Access('customer', 'consents.read')
  @Operation({
    id: 'listConsentRequests',
    tag,
    summary: 'List what retailers ask me for',
    description: 'Newest first, those that have been decided among them.',
    ok: {
      status: 200,
      type: PageDto(ConsentRequestDto),
      description: 'One page of requests.',
      example: { items: [requestExample], next_cursor: null },
    },
    errors: [],
  })
  async list(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Query() query: ConsentRequestsQuery,
  ): Promise<Page<ConsentRequestDto>> {
    const limit = pageSize(query);
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const found = await this.requests.list(customer, { status: query.status, before, limit: limit + 1 });
    const page = pageOf(found, limit, ({ id }) => [id]);
    return { ...page, items: await this.described(page.items) };
  }

  @Get(':id')
  @Access('customer', 'consents.read')
  @Operation({
    id: 'getMyConsentRequest',
    tag,
    summary: 'Look at a request, in codes and in sentences',
    description:
      'Show the sentences as they are: those of the language that you name when the request is decided are kept with ' +
      'the decision, as what was shown.',
    ok: { status: 200, type: WordedConsentRequestDto, description: 'The request.', example: wordedExample },
    more: [{ status: 304, description: 'The request is as the caller knows it.' }],
    errors: [ConsentRequestNotFoundError],
  })
  async get(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Req() http: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WordedConsentRequestDto | undefined> {
    const request = await this.requests.get(customer, id);
    const [[described], notices] = await Promise.all([this.described([request]), this.requests.notices(request)]);
    const answer = WordedConsentRequestDto.worded(described as ConsentRequestDto, notices);
    return notModified(http, reply, strongEtag(JSON.stringify(answer))) ? undefined : answer;
  }

  @Post(':id/approve')
  @Access('customer', 'consents.write')
  @ApiBody({ type: ApprovalDto, required: false })
  @Operation({
    id: 'approveConsentRequest',
    tag,
    summary: 'Give what was asked for, or part of it',
    description:
      'Leave out attributes, event types or touchpoints, or set an earlier end; more than was asked for cannot be ' +
      'given. Where the retailer has a standing consent already, this adds to it and raises its version.',
    ok: {
      status: 200,
      type: DecidedDto,
      description: 'The request, decided, and the consent as it is now.',
      example: decidedExample,
    },
    errors: [
      ConsentRequestNotFoundError,
      NothingKeptError,
      RequestDecidedError,
      RequestLapsedError,
      RetailerSuspendedError,
    ],
  })
  async approve(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Body() body: ApprovalDto,
  ): Promise<DecidedDto> {
    const { request, consent } = await this.requests.approve(customer, id, body.toApproval(), body.language);
    const retailer = await this.retailers.get(request.retailerId);
    const now = this.clock.now();
    return { request: ConsentRequestDto.of(request, retailer, now), consent: ConsentDto.of(consent, retailer, now) };
  }

  @Post(':id/refuse')
  @Access('customer', 'consents.write')
  @ApiBody({ type: RefusalDto, required: false })
  @Operation({
    id: 'refuseConsentRequest',
    tag,
    summary: 'Give nothing of it',
    description: 'Refusing again changes nothing. The retailer sees that the request was refused, and no more.',
    ok: { status: 200, type: ConsentRequestDto, description: 'The request, refused.', example: refusedExample },
    errors: [ConsentRequestNotFoundError, RequestDecidedError, RequestLapsedError],
  })
  async refuse(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Body() { language }: RefusalDto,
  ): Promise<ConsentRequestDto> {
    const request = await this.requests.refuse(customer, id, language);
    return ConsentRequestDto.of(request, await this.retailers.get(request.retailerId), this.clock.now());
  }

  private async described(requests: readonly ConsentRequest[]): Promise<ConsentRequestDto[]> {
    const retailers = await this.retailers.describe(requests.map(({ retailerId }) => retailerId));
    const now = this.clock.now();
    return requests.flatMap((request) => {
      const retailer = retailers.get(request.retailerId);
      return retailer ? [ConsentRequestDto.of(request, retailer, now)] : [];
    });
  }
}
