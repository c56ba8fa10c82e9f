import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Clock } from '../platform/clock.js';
import { Access, CurrentCustomer, type CustomerPrincipal, Delegable } from '../platform/http/access.js';
import { notModified } from '../platform/http/etag.js';
import { Operation } from '../platform/http/operation.js';
import { decodeCursor, pageOf, pageSize } from '../platform/http/paging.js';
import { UuidParam } from '../platform/http/validation.js';
import { RetailerSuspendedError } from '../retailers/retailers.errors.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { ConsentAnswers } from './consent-answers.js';
import { consentExample, historyExample } from './consent-examples.js';
import { ConsentRenewals } from './consent-renewals.service.js';
import { RenewalOfferDto, RenewalQuery } from './consent-commands.dto.js';
import { ConsentWithVersionsDto } from './consent-versions.dto.js';
import { consentEtag, ConsentsPageDto, ConsentsQuery } from './consents.dto.js';
import { ConsentNotFoundError, ConsentStateError, NotRenewableError } from './consents.errors.js';
import { ConsentsService } from './consents.service.js';
import { countsExample, renewalExample } from './lifecycle-examples.js';

const tag = 'Consents (customer)';

/** What the customer has given to retailers. */
@Controller('v1/me/consents')
export class ConsentsController {
  constructor(
    private readonly consents: ConsentsService,
    private readonly renewals: ConsentRenewals,
    private readonly answers: ConsentAnswers,
    private readonly retailers: RetailersService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Access('customer', 'consents.read')
  @Delegable()
  @Operation({
    id: 'listConsents',
    tag,
    summary: 'List my consents',
    description:
      'Newest first, those that have ended among them. Whoever acts for somebody sees ordinary lines as they are, and of ' +
      'special attributes those that the delegation names, and of special products none.',
    ok: {
      status: 200,
      type: ConsentsPageDto,
      description: 'One page of consents.',
      example: { items: [consentExample], next_cursor: null, counts: countsExample },
    },
    errors: [],
  })
  async list(
    @CurrentCustomer() { customer, delegation }: CustomerPrincipal,
    @Query() query: ConsentsQuery,
  ): Promise<ConsentsPageDto> {
    const limit = pageSize(query);
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const { status, retailer_id: retailerId, purpose } = query;
    const [found, counts] = await Promise.all([
      this.consents.list(customer, {
        status,
        retailerId,
        purpose,
        visibleTo: delegation,
        before,
        limit: limit + 1,
      }),
      this.consents.counts(customer, delegation),
    ]);
    const page = pageOf(found, limit, ({ id }) => [id]);
    return { ...page, items: await this.answers.describe(page.items, delegation), counts };
  }

  @Get(':id')
  @Access('customer', 'consents.read')
  @Delegable()
  @Operation({
    id: 'getConsent',
    tag,
    summary: 'Look at a consent and its history',
    ok: {
      status: 200,
      type: ConsentWithVersionsDto,
      description: 'The consent.',
      example: historyExample,
      headers: { ETag: { description: 'The validator of the consent, for If-Match.' } },
    },
    more: [{ status: 304, description: 'The consent is as the caller knows it.' }],
    errors: [ConsentNotFoundError],
  })
  async get(
    @CurrentCustomer() { customer, delegation }: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Req() http: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConsentWithVersionsDto | undefined> {
    const history = await this.consents.history(customer, id, delegation);
    const { consent } = history;
    const retailer = await this.retailers.get(consent.retailerId);
    const now = this.clock.now();
    if (notModified(http, reply, consentEtag(consent, retailer, now))) return undefined;
    return this.answers.withVersions(history, retailer, delegation);
  }

  @Get(':id/renewal')
  @Access('customer', 'consents.read')
  @Operation({
    id: 'previewRenewal',
    tag,
    summary: 'See what renewing a consent would mean',
    description:
      'Show the sentences as they are, then renew with this `expires_at`, the language that was shown and, to be sure ' +
      'that nothing has changed meanwhile, the hash of its sentences.',
    ok: { status: 200, type: RenewalOfferDto, description: 'What would go on.', example: renewalExample },
    errors: [ConsentNotFoundError, ConsentStateError, NotRenewableError, RetailerSuspendedError],
  })
  async previewRenewal(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Query() { expires_at: expiresAt }: RenewalQuery,
  ): Promise<RenewalOfferDto> {
    return RenewalOfferDto.of(await this.renewals.offer(customer, id, { expiresAt }));
  }
}
