import { Body, Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { RuleTerms } from '../../consents/rule.entity.js';
import type { RuleConditions } from '../../consents/rule.js';
import { RulesService } from '../../consents/rules.service.js';
import { InvalidRequestError } from '../../platform/errors.js';
import { Access } from '../../platform/http/access.js';
import { Consumes, FORM_BODY } from '../../platform/http/route.js';
import { purposes, sectors } from '../../vocabulary/code-lists.js';
import type { AccountPlace } from './account-place.js';
import { AccountVisits, idIn, toldAt } from './account-visits.js';
import { messages } from './messages.js';
import { sendStep } from './page-headers.js';
import { PageFilter } from './page.filter.js';
import { type Form, textOf } from './place.js';
import { RuleChoicesService } from './rule-choices.service.js';
import { newRulePage, rulesPage } from './rules.page.js';

const HERE = '/account/rules';
const MOST_SHOWN = 100;
const LONGEST_NAME = 80;

/** The customer's standing rules. Whatever changes one takes a recent sign-in: a rule acts while nobody looks. */
@ApiExcludeController()
@UseFilters(PageFilter)
@Controller('account/rules')
export class AccountRulesController {
  constructor(
    private readonly account: AccountVisits,
    private readonly rules: RulesService,
    private readonly choices: RuleChoicesService,
  ) {}

  @Get()
  @Access('public')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.account.inside({ request, reply });
    const rules = await this.rules.list(place.principal.customer, { limit: MOST_SHOWN });
    sendStep(reply, { page: rulesPage(place, rules, await this.choices.of(place.language, rules)) });
  }

  @Get('new')
  @Access('public')
  async blank(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.account.inside({ request, reply });
    this.account.assertRecent(place, `${HERE}/new`);
    sendStep(reply, { page: newRulePage(place, await this.choices.of(place.language)) });
  }

  @Post()
  @Access('public')
  @Consumes(FORM_BODY)
  async make(@Body() form: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, 'make-rule');
    this.account.assertRecent(place, `${HERE}/new`);
    const name = textOf(form, 'name').trim();
    try {
      if (name === '' || name.length > LONGEST_NAME) throw new InvalidRequestError([]);
      await this.rules.make(place.principal, termsIn(form, name));
      this.told(reply, place, 'rule-saved');
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      const problem = messages[place.language].rules.invalid;
      const page = newRulePage({ ...place, address: `${HERE}/new` }, await this.choices.of(place.language), {
        name,
        problem,
      });
      sendStep(reply, { status: 422, page });
    }
  }

  @Post(':id/on')
  @Access('public')
  @Consumes(FORM_BODY)
  async switchOn(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, `rule-on ${id}`);
    await this.switched(place, id, true);
    this.told(reply, place, 'rule-on');
  }

  @Post(':id/off')
  @Access('public')
  @Consumes(FORM_BODY)
  async switchOff(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, `rule-off ${id}`);
    await this.switched(place, id, false);
    this.told(reply, place, 'rule-off');
  }

  @Post(':id/remove')
  @Access('public')
  @Consumes(FORM_BODY)
  async remove(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, `rule-remove ${id}`);
    this.account.assertRecent(place, HERE);
    await this.rules.remove(place.principal, idIn(id));
    this.told(reply, place, 'rule-removed');
  }

  private async switched(place: AccountPlace, id: string, enabled: boolean): Promise<void> {
    this.account.assertRecent(place, HERE);
    const rule = await this.rules.get(place.principal.customer, idIn(id));
    const { name, effect, when, lifetimeDays } = rule;
    await this.rules.change(place.principal, id, rule.etag(), { name, effect, when, lifetimeDays, enabled });
  }

  private told(
    reply: FastifyReply,
    place: AccountPlace,
    done: 'rule-saved' | 'rule-on' | 'rule-off' | 'rule-removed',
  ): void {
    sendStep(reply, { goTo: toldAt(HERE, done, place) });
  }
}

/** What the form says. Whether that makes a rule is for the service to check. */
function termsIn(form: Form, name: string): RuleTerms {
  const sector = sectors.find((code) => code === form['sector']);
  const purpose = purposes.find((code) => code === form['purpose']);
  const attribute = textOf(form, 'attribute');
  const when: RuleConditions = {
    ...(sector && { sectors: [sector] }),
    ...(purpose && { purposes: [purpose] }),
    ...(attribute && { attributes: [attribute] }),
  };
  const days = Number(form['days']);
  switch (form['effect']) {
    case 'allow':
      return { name, effect: 'allow', when, lifetimeDays: days >= 1 && days <= 366 ? days : 30, enabled: false };
    case 'sharing':
      return {
        name,
        effect: 'refuse',
        when: { ...when, third_party_sharing: true },
        lifetimeDays: null,
        enabled: false,
      };
    default:
      return { name, effect: 'refuse', when, lifetimeDays: null, enabled: false };
  }
}
