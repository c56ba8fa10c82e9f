import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Access, CurrentCustomer, type CustomerPrincipal, Delegable } from '../platform/http/access.js';
import { notModified, strongEtag } from '../platform/http/etag.js';
import { NotDelegableError, OutsideDelegationError } from '../platform/http/delegation.errors.js';
import { Operation } from '../platform/http/operation.js';
import { decodeCursor, pageOf, pageSize } from '../platform/http/paging.js';
import { RecentSignInRequiredError } from '../platform/http/recent-sign-in.js';
import { UuidParam } from '../platform/http/validation.js';
import { RetailerSuspendedError } from '../retailers/retailers.errors.js';
import { ConsentAnswers } from './consent-answers.js';
import { decidedExample, refusedExample, requestExample, wordedExample } from './consent-examples.js';
import {
  ConsentRequestDto,
  ConsentRequestsPageDto,
  ConsentRequestsQuery,
  DecidedDto,
  RefusedDto,
  WordedConsentRequestDto,
} from './consent-requests.dto.js';
import { ConsentRequestsService } from './consent-requests.service.js';
import type { Shown } from './shown.js';
import {
  ConsentRequestNotFoundError,
  NothingKeptError,
  NoticeOutdatedError,
  RequestDecidedError,
  RequestLapsedError,
} from './consents.errors.js';
import { ApprovalDto, RefusalDto } from './decision.dto.js';
import { approvals } from './request-examples.js';

const tag = 'Consent requests (customer)';

/** What retailers ask the customer for. */
@Controller('v1/me/consent-requests')
export class ConsentRequestsController {
  constructor(
    private readonly requests: ConsentRequestsService,
    private readonly answers: ConsentAnswers,
  ) {}

  @Get()
  @Access('customer', 'consents.read')
  @Delegable()
  @Operation({
    id: 'listConsentRequests',
    tag,
    summary: 'List what retailers ask me for',
    description:
      'Newest first, those that have been decided among them: by you, or by a standing rule of yours. `open` counts ' +
      'what waits for you.',
    ok: {
      status: 200,
      type: ConsentRequestsPageDto,
      description: 'One page of requests.',
      example: { items: [requestExample], next_cursor: null, open: 1 },
    },
    errors: [],
  })
  async list(
    @CurrentCustomer() { customer, delegation }: CustomerPrincipal,
    @Query() query: ConsentRequestsQuery,
  ): Promise<ConsentRequestsPageDto> {
    const limit = pageSize(query);
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const { status, retailer_id: retailerId } = query;
    const [found, open] = await Promise.all([
      this.requests.list(customer, { status, retailerId, visibleTo: delegation, before, limit: limit + 1 }),
      this.requests.countOpen(customer, { visibleTo: delegation }),
    ]);
    const page = pageOf(found, limit, ({ id }) => [id]);
    return { ...page, items: await this.answers.describeRequests(page.items, delegation), open };
  }

  @Get(':id')
  @Access('customer', 'consents.read')
  @Delegable()
  @Operation({
    id: 'getMyConsentRequest',
    tag,
    summary: 'Look at a request, in codes and in sentences',
    description:
      'Show the sentences as they are, then decide with the language that was shown or, to be sure that nothing has ' +
      'changed meanwhile, with the hash of its sentences: they are kept with the decision, as what was shown. That an ' +
      'open request was looked at is recorded, once.',
    ok: { status: 200, type: WordedConsentRequestDto, description: 'The request.', example: wordedExample },
    more: [{ status: 304, description: 'The request is as the caller knows it.' }],
    errors: [ConsentRequestNotFoundError],
  })
  async get(
    @CurrentCustomer() me: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Req() http: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WordedConsentRequestDto | undefined> {
    const request = await this.requests.show(me, id);
    const [[described], notices] = await Promise.all([
      this.answers.describeRequests([request], me.delegation),
      this.requests.notices(request),
    ]);
    const answer = WordedConsentRequestDto.worded(described as ConsentRequestDto, notices);
    return notModified(http, reply, strongEtag(JSON.stringify(answer))) ? undefined : answer;
  }

  @Post(':id/approve')
  @Access('customer', 'consents.write')
  @Delegable()
  @ApiBody({ type: ApprovalDto, required: false, examples: approvals })
  @Operation({
    id: 'approveConsentRequest',
    tag,
    summary: 'Give what was asked for, or part of it',
    description:
      'Leave out attributes, event types, touchpoints or stages, set an earlier end or fewer reads a day; more than was ' +
      'asked for cannot be given. Where the retailer has a standing consent already, this adds to it, or takes its ' +
      'place where `action` says so, and raises its version. What is special needs the hash of its statement, and ' +
      'a sign-in of the last five minutes. What you have approved beforehand for this retailer, by a switch, is used ' +
      'up where it is among what you give, and called off otherwise. Whoever acts for somebody gives nothing special, and nothing that the ' +
      'delegation does not reach.',
    ok: {
      status: 200,
      type: DecidedDto,
      description: 'The request, decided, and the consent as it is now.',
      example: decidedExample,
    },
    errors: [
      ConsentRequestNotFoundError,
      NothingKeptError,
      NoticeOutdatedError,
      RecentSignInRequiredError,
      RequestDecidedError,
      RequestLapsedError,
      RetailerSuspendedError,
      NotDelegableError,
      OutsideDelegationError,
    ],
  })
  async approve(
    @CurrentCustomer() me: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Body() body: ApprovalDto,
  ): Promise<DecidedDto> {
    const { request, consent } = await this.requests.approve(me, id, body.toApproval(), shownOf(body));
    const [described] = await this.answers.describeRequests([request], me.delegation);
    const given = await this.answers.withReceipt(consent, me.delegation);
    return { request: described as ConsentRequestDto, consent: given };
  }

  @Post(':id/refuse')
  @Access('customer', 'consents.write')
  @Delegable()
  @ApiBody({ type: RefusalDto, required: false })
  @Operation({
    id: 'refuseConsentRequest',
    tag,
    summary: 'Give nothing of it',
    description:
      'Refusing again changes nothing. The retailer sees that the request was refused, and no more. What you have ' +
      'approved beforehand for it, by a switch, is called off with it.',
    ok: { status: 200, type: RefusedDto, description: 'The request, refused.', example: refusedExample },
    errors: [ConsentRequestNotFoundError, NoticeOutdatedError, RequestDecidedError, RequestLapsedError],
  })
  async refuse(
    @CurrentCustomer() me: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Body() body: RefusalDto,
  ): Promise<RefusedDto> {
    const request = await this.requests.refuse(me, id, shownOf(body));
    return this.answers.refused(request, me.delegation);
  }
}

function shownOf({ notice: hash, language }: RefusalDto): Shown {
  return { hash, language };
}
