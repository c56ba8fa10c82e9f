import { Body, Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ConsentLifecycle } from '../../consents/consent-lifecycle.service.js';
import { ConsentRenewals } from '../../consents/consent-renewals.service.js';
import { NothingKeptError, NoticeOutdatedError } from '../../consents/consents.errors.js';
import { days } from '../../consents/duration.js';
import { Clock } from '../../platform/clock.js';
import { InvalidRequestError } from '../../platform/errors.js';
import { Access, actorOf } from '../../platform/http/access.js';
import { Consumes, FORM_BODY } from '../../platform/http/route.js';
import type { AccountPlace, Done } from './account-place.js';
import { AccountVisits, idIn, toldAt } from './account-visits.js';
import { leftOf, readsOf } from './choice.js';
import { lessPage, renewPage, withdrawPage } from './consent-changes.page.js';
import { ConsentViews } from './consent-views.service.js';
import { messages } from './messages.js';
import { sendStep } from './page-headers.js';
import { PageFilter } from './page.filter.js';
import { type Form, type PageOrAddress, textOf } from './place.js';

/** Every way to change what has been given, and to take it back. */
@ApiExcludeController()
@UseFilters(PageFilter)
@Controller('account/consents')
export class AccountConsentChangesController {
  constructor(
    private readonly account: AccountVisits,
    private readonly views: ConsentViews,
    private readonly lifecycle: ConsentLifecycle,
    private readonly renewals: ConsentRenewals,
    private readonly clock: Clock,
  ) {}

  @Post(':id/pause')
  @Access('public')
  @Consumes(FORM_BODY)
  async pause(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, `pause ${id}`);
    await this.lifecycle.pause(place.principal.customer, idIn(id), { actor: actorOf(place.principal) });
    this.told(reply, place, id, 'paused');
  }

  @Post(':id/resume')
  @Access('public')
  @Consumes(FORM_BODY)
  async resume(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, `resume ${id}`);
    await this.lifecycle.resume(place.principal.customer, idIn(id), { actor: actorOf(place.principal) });
    this.told(reply, place, id, 'resumed');
  }

  @Get(':id/withdraw')
  @Access('public')
  async askWithdraw(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.inside({ request, reply });
    const view = await this.views.get(place, idIn(id));
    sendStep(reply, view.can.end ? { page: withdrawPage(place, view) } : { goTo: `/account/consents/${id}` });
  }

  @Post(':id/withdraw')
  @Access('public')
  @Consumes(FORM_BODY)
  async withdraw(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, `withdraw ${id}`);
    const reportedData = form['reported_data'] === 'delete' ? 'delete' : 'keep';
    await this.lifecycle.withdraw(place.principal.customer, idIn(id), {
      reportedData,
      actor: actorOf(place.principal),
    });
    this.told(reply, place, id, 'withdrawn');
  }

  @Get(':id/renew')
  @Access('public')
  async askRenew(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.account.inside({ request, reply });
    sendStep(reply, await this.renewalOf(place, idIn(id)));
  }

  @Post(':id/renew')
  @Access('public')
  @Consumes(FORM_BODY)
  async renew(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, `renew ${id}`);
    const { principal, language } = place;
    const { renew: say, consent } = messages[language];
    const [count = '', hash = ''] = textOf(form, 'choice').split(' ');
    const expiresAt = this.inDays(count);
    const again = async (problem: string) => sendStep(reply, await this.renewalOf(place, idIn(id), problem));
    if (!expiresAt) return again(say.tooLate);
    try {
      const renewal = { expiresAt, shown: { hash } };
      await this.renewals.renew(principal.customer, idIn(id), renewal, { actor: actorOf(principal) });
      this.told(reply, place, id, 'renewed');
    } catch (error) {
      if (error instanceof InvalidRequestError) return again(say.tooLate);
      // Another day has come, or another window has changed it: it would hold until another day than was said.
      if (error instanceof NoticeOutdatedError) return again(consent.changed);
      throw error;
    }
  }

  @Get(':id/change')
  @Access('public')
  async askChange(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.account.inside({ request, reply });
    const view = await this.views.get(place, idIn(id));
    sendStep(reply, view.can.end ? { page: lessPage(place, view) } : { goTo: `/account/consents/${id}` });
  }

  @Post(':id/change')
  @Access('public')
  @Consumes(FORM_BODY)
  async change(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, `change ${id}`);
    const view = await this.views.get(place, idIn(id));
    const items = leftOf(form, view.consent.details);
    const expiresAt = this.inDays(textOf(form, 'days'));
    try {
      const amendment = { items, ...(expiresAt && { expiresAt }), ...readsOf(form) };
      await this.lifecycle.amend(place.principal.customer, id, amendment, { actor: actorOf(place.principal) });
      this.told(reply, place, id, 'changed');
    } catch (error) {
      if (!(error instanceof NothingKeptError)) throw error;
      sendStep(reply, { status: 422, page: lessPage(place, view, messages[place.language].change.nothing) });
    }
  }

  /** What can be chosen, or the consent itself when it cannot be renewed. */
  private async renewalOf(place: AccountPlace, id: string, problem?: string): Promise<PageOrAddress> {
    const view = await this.views.get(place, id);
    const [first, ...others] = await Promise.all(
      view.renewals.map(async (count) => {
        const expiresAt = new Date(this.clock.now().getTime() + days(count));
        const { notices } = await this.renewals.offer(place.principal.customer, id, { expiresAt });
        return { days: count, notice: notices[place.language] };
      }),
    );
    return first
      ? { page: renewPage(place, view, [first, ...others], problem), ...(problem !== undefined && { status: 422 }) }
      : { goTo: `/account/consents/${id}` };
  }

  private inDays(text: string): Date | undefined {
    return /^\d{1,3}$/.test(text) ? new Date(this.clock.now().getTime() + days(Number(text))) : undefined;
  }

  private told(reply: FastifyReply, place: AccountPlace, id: string, done: Done): void {
    sendStep(reply, { goTo: toldAt(`/account/consents/${id}`, done, place) });
  }
}
