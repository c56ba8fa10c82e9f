import { Body, Controller, Delete, Get, Headers, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { PreconditionFailedError, PreconditionRequiredError } from '../platform/errors.js';
import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { notModified } from '../platform/http/etag.js';
import { IdempotentCreate } from '../platform/http/idempotent-create.js';
import { Operation } from '../platform/http/operation.js';
import { decodeCursor, type Page, PageDto, pageOf, PageQuery, pageSize } from '../platform/http/paging.js';
import { RecentSignInRequiredError } from '../platform/http/recent-sign-in.js';
import { UuidParam } from '../platform/http/validation.js';
import { RuleNotFoundError, TooManyRulesError } from './consents.errors.js';
import type { ConsentRule } from './rule.entity.js';
import { refusingRuleExample, ruleBodies, ruleExample, ruleId, switchedOffExample } from './rule-examples.js';
import { RuleTermsDto } from './rule-terms.dto.js';
import { RuleDto } from './rules.dto.js';
import { MOST_RULES, RulesService } from './rules.service.js';

const tag = 'Standing rules (customer)';
const etag = { ETag: { description: 'The validator of the rule, for If-Match.' } };

/** What the customer decides beforehand. */
@Controller('v1/me/rules')
export class RulesController {
  constructor(private readonly rules: RulesService) {}

  @Get()
  @Access('customer', 'consents.read')
  @Operation({
    id: 'listRules',
    tag,
    summary: 'List my rules',
    description: 'Newest first, those that are switched off among them.',
    ok: {
      status: 200,
      type: PageDto(RuleDto),
      description: 'One page of rules.',
      example: { items: [refusingRuleExample, ruleExample], next_cursor: null },
    },
    errors: [],
  })
  async list(@CurrentCustomer() { customer }: CustomerPrincipal, @Query() query: PageQuery): Promise<Page<RuleDto>> {
    const limit = pageSize(query);
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const page = pageOf(await this.rules.list(customer, { before, limit: limit + 1 }), limit, ({ id }) => [id]);
    return { ...page, items: page.items.map((rule) => RuleDto.of(rule)) };
  }

  @Post()
  @Access('customer', 'account')
  @ApiBody({ type: RuleTermsDto, examples: ruleBodies })
  @IdempotentCreate()
  @Operation({
    id: 'makeRule',
    tag,
    summary: 'Make a rule',
    description:
      'Rules decide what retailers ask for from then on, in the moment in which they ask. Lines that a rule refuses are ' +
      'taken out of the request; when one rule allows everything that is left, the request is approved, else you are ' +
      'asked for what is left. No rule ever allows special attributes, reports, copies ahead of time or what is given ' +
      'once, nor takes anything away or lets it be read more often a day than you do. You are asked where all of it is ' +
      'given already, so that only its end would move, and where you have ended or narrowed what the retailer had since ' +
      `the rule was last changed. There may be ${MOST_RULES} rules.`,
    ok: {
      status: 201,
      type: RuleDto,
      description: 'The rule.',
      example: ruleExample,
      headers: { ...etag, Location: { description: 'Its address.', example: `/v1/me/rules/${ruleId}` } },
    },
    errors: [RecentSignInRequiredError, TooManyRulesError],
  })
  async make(
    @CurrentCustomer() me: CustomerPrincipal,
    @Body() body: RuleTermsDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RuleDto> {
    const rule = await this.rules.make(me, body.toTerms());
    void reply.header('location', `/v1/me/rules/${rule.id}`);
    return withEtag(rule, reply);
  }

  @Get(':id')
  @Access('customer', 'consents.read')
  @Operation({
    id: 'getRule',
    tag,
    summary: 'Look at a rule',
    ok: { status: 200, type: RuleDto, description: 'The rule.', example: ruleExample, headers: etag },
    more: [{ status: 304, description: 'The rule is as the caller knows it.' }],
    errors: [RuleNotFoundError],
  })
  async get(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Req() http: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RuleDto | undefined> {
    const rule = await this.rules.get(customer, id);
    return notModified(http, reply, rule.etag()) ? undefined : RuleDto.of(rule);
  }

  @Put(':id')
  @Access('customer', 'account')
  @ApiBody({ type: RuleTermsDto, examples: ruleBodies })
  @Operation({
    id: 'changeRule',
    tag,
    summary: 'Change a rule, or switch it on or off',
    description:
      'The body takes the place of the rule; what is left out is gone from it, and it is switched off unless the body ' +
      'says otherwise. What the rule has decided before stays as it is.',
    ok: {
      status: 200,
      type: RuleDto,
      description: 'The rule in its new version.',
      example: switchedOffExample,
      headers: etag,
    },
    errors: [RecentSignInRequiredError, RuleNotFoundError, PreconditionRequiredError, PreconditionFailedError],
  })
  async change(
    @CurrentCustomer() me: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: RuleTermsDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RuleDto> {
    return withEtag(await this.rules.change(me, id, ifMatch, body.toTerms()), reply);
  }

  @Delete(':id')
  @Access('customer', 'account')
  @Operation({
    id: 'removeRule',
    tag,
    summary: 'Remove a rule',
    description: 'What it has decided stays as it is; to end a consent that it led to, withdraw that.',
    ok: { status: 204, description: 'It is removed.' },
    errors: [RecentSignInRequiredError, RuleNotFoundError],
  })
  remove(@CurrentCustomer() me: CustomerPrincipal, @UuidParam('id') id: string): Promise<void> {
    return this.rules.remove(me, id);
  }
}

function withEtag(rule: ConsentRule, reply: FastifyReply): RuleDto {
  void reply.header('etag', rule.etag());
  return RuleDto.of(rule);
}
