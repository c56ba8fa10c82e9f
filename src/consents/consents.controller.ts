import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Clock } from '../platform/clock.js';
import { Access, actorOf, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { notModified, strongEtag } from '../platform/http/etag.js';
import { Operation } from '../platform/http/operation.js';
import { decodeCursor, type Page, PageDto, pageOf, pageSize } from '../platform/http/paging.js';
import { UuidParam } from '../platform/http/validation.js';
import { RetailersService } from '../retailers/retailers.service.js';
import type { Consent } from './consent.entity.js';
import { consentExample, historyExample, withdrawnExample } from './consent-examples.js';
import { ConsentDto, ConsentsQuery, ConsentWithVersionsDto, WithdrawalDto } from './consents.dto.js';
import { ConsentNotFoundError } from './consents.errors.js';
import { ConsentsService } from './consents.service.js';

const tag = 'Consents (customer)';

/** What the customer has given to retailers. */
@Controller('v1/me/consents')
export class ConsentsController {
  constructor(
    private readonly consents: ConsentsService,
    private readonly retailers: RetailersService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Access('customer', 'consents.read')
  @Operation({
    id: 'listConsents',
    tag,
    summary: 'List my consents',
    description: 'Newest first, those that have ended among them.',
    ok: {
      status: 200,
      type: PageDto(ConsentDto),
      description: 'One page of consents.',
      example: { items: [consentExample], next_cursor: null },
    },
    errors: [],
  })
  async list(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Query() query: ConsentsQuery,
  ): Promise<Page<ConsentDto>> {
    const limit = pageSize(query);
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const { status, retailer_id: retailerId } = query;
    const found = await this.consents.list(customer, { status, retailerId, before, limit: limit + 1 });
    const page = pageOf(found, limit, ({ id }) => [id]);
    return { ...page, items: await this.described(page.items) };
  }

  @Get(':id')
  @Access('customer', 'consents.read')
  @Operation({
    id: 'getConsent',
    tag,
    summary: 'Look at a consent and its history',
    ok: { status: 200, type: ConsentWithVersionsDto, description: 'The consent.', example: historyExample },
    more: [{ status: 304, description: 'The consent is as the caller knows it.' }],
    errors: [ConsentNotFoundError],
  })
  async get(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Req() http: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConsentWithVersionsDto | undefined> {
    const { consent, versions } = await this.consents.history(customer, id);
    const [described] = await this.described([consent]);
    const answer = ConsentWithVersionsDto.withVersions(described as ConsentDto, versions);
    return notModified(http, reply, strongEtag(JSON.stringify(answer))) ? undefined : answer;
  }

  @Post(':id/withdraw')
  @Access('customer', 'consents.write')
  @ApiBody({ type: WithdrawalDto, required: false })
  @Operation({
    id: 'withdrawConsent',
    tag,
    summary: 'End a consent at once',
    description:
      'From now on the retailer reads nothing and reports nothing under it, and its tokens are dead. Withdrawing again ' +
      'changes nothing and answers how the consent stands.',
    ok: { status: 200, type: ConsentDto, description: 'The consent, ended.', example: withdrawnExample },
    errors: [ConsentNotFoundError],
  })
  async withdraw(
    @CurrentCustomer() principal: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Body() { reported_data: reportedData }: WithdrawalDto,
  ): Promise<ConsentDto> {
    const actor = actorOf(principal);
    const consent = await this.consents.withdraw(principal.customer, id, { reportedData, actor });
    return ConsentDto.of(consent, await this.retailers.get(consent.retailerId), this.clock.now());
  }

  private async described(consents: readonly Consent[]): Promise<ConsentDto[]> {
    const retailers = await this.retailers.describe(consents.map(({ retailerId }) => retailerId));
    const now = this.clock.now();
    return consents.flatMap((consent) => {
      const retailer = retailers.get(consent.retailerId);
      return retailer ? [ConsentDto.of(consent, retailer, now)] : [];
    });
  }
}
