import { Body, Controller, Get, Param, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ConsentRequestsService } from '../../consents/consent-requests.service.js';
import { NoticeOutdatedError, PreApprovalPendingError } from '../../consents/consents.errors.js';
import { sourceWithdrawals } from '../../consents/pre-approval.js';
import { Access } from '../../platform/http/access.js';
import { Consumes, FORM_BODY } from '../../platform/http/route.js';
import { Switches, type SwitchOrder } from '../../portability/switches.service.js';
import { RetailersService } from '../../retailers/retailers.service.js';
import type { AccountPlace } from './account-place.js';
import { AccountVisits, idIn, toldAt } from './account-visits.js';
import { ConsentViews } from './consent-views.service.js';
import { messages } from './messages.js';
import { sendStep } from './page-headers.js';
import { PageFilter } from './page.filter.js';
import { type Form, type PageOrAddress, textOf } from './place.js';
import { destinationsPage, differencePage } from './switch.page.js';

/** As many as anybody looks through. */
const MOST_RETAILERS = 200;

/** From one retailer to another: chosen, looked at, agreed to, and called off. */
@ApiExcludeController()
@UseFilters(PageFilter)
@Controller('account')
export class AccountSwitchesController {
  constructor(
    private readonly account: AccountVisits,
    private readonly views: ConsentViews,
    private readonly switches: Switches,
    private readonly requests: ConsentRequestsService,
    private readonly retailers: RetailersService,
  ) {}

  @Get('consents/:id/switch')
  @Access('public')
  async look(
    @Param('id') id: string,
    @Query('to') to: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.inside({ request, reply });
    const step = typeof to === 'string' ? this.difference(place, idIn(id), orderOf({ to })) : this.choice(place, id);
    sendStep(reply, await step);
  }

  @Post('consents/:id/switch')
  @Access('public')
  @Consumes(FORM_BODY)
  async agree(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, `switch ${id}`);
    const order = orderOf(form);
    const { consent: say, switch: words } = messages[place.language];
    try {
      const made = await this.switches.carryOut(place.principal, idIn(id), order);
      const address = made.request ? `/account/requests/${made.request.id}` : `/account/consents/${id}`;
      sendStep(reply, { goTo: toldAt(address, made.request ? 'agreed' : 'changed', place) });
    } catch (error) {
      const problem =
        error instanceof NoticeOutdatedError
          ? say.changed
          : error instanceof PreApprovalPendingError
            ? words.pending
            : undefined;
      if (problem === undefined) throw error;
      sendStep(reply, await this.difference(place, id, order, problem));
    }
  }

  @Post('requests/:id/call-off')
  @Access('public')
  @Consumes(FORM_BODY)
  async callOff(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, `call-off ${id}`);
    await this.requests.refuse(place.principal, idIn(id), { language: place.language });
    sendStep(reply, { goTo: toldAt('/account/requests', 'called-off', place) });
  }

  private async choice(place: AccountPlace, id: string): Promise<PageOrAddress> {
    const view = await this.views.get(place, idIn(id));
    if (!view.can.take) return { goTo: `/account/consents/${id}` };
    const active = await this.retailers.list({ status: 'active', limit: MOST_RETAILERS });
    const others = active
      .filter((retailer) => retailer.id !== view.retailer.id)
      .toSorted((one, other) => one.name.localeCompare(other.name, place.language));
    return { page: destinationsPage(place, view, others) };
  }

  private async difference(
    place: AccountPlace,
    id: string,
    order: SwitchOrder,
    problem?: string,
  ): Promise<PageOrAddress> {
    const view = await this.views.get(place, id);
    if (!view.can.take) return { goTo: `/account/consents/${id}` };
    const found = await this.switches.preview(place.principal, id, { ...order, copyOverrides: false });
    return {
      page: differencePage(place, view, found, problem),
      ...(problem !== undefined && { status: 422 }),
    };
  }
}

function orderOf(form: Form): SwitchOrder {
  const hash = textOf(form, 'notice');
  return {
    retailerId: idIn(textOf(form, 'to')),
    copyOverrides: form['copy_overrides'] === 'yes',
    withdrawSource: sourceWithdrawals.find((known) => known === form['withdraw_source']) ?? 'no',
    reportedData: form['delete_reported'] === 'yes' ? 'delete' : 'keep',
    shown: hash === '' ? {} : { hash },
  };
}
