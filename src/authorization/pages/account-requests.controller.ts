import { Body, Controller, Get, Param, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { ConsentRequest } from '../../consents/consent-request.entity.js';
import { ConsentRequestsService } from '../../consents/consent-requests.service.js';
import { ConsentsService } from '../../consents/consents.service.js';
import type { PreApproval } from '../../consents/pre-approval.js';
import type { Receipt } from '../../consents/receipts.dto.js';
import { ReceiptsService } from '../../consents/receipts.service.js';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Access } from '../../platform/http/access.js';
import { Consumes, FORM_BODY } from '../../platform/http/route.js';
import { Switches } from '../../portability/switches.service.js';
import type { Retailer } from '../../retailers/retailer.entity.js';
import { RetailersService } from '../../retailers/retailers.service.js';
import { accountFrame, type AccountPlace } from './account-place.js';
import { AccountVisits, cursorIn, idIn, toldAt } from './account-visits.js';
import { sendReceipt, sendStep } from './page-headers.js';
import { PageFilter } from './page.filter.js';
import type { Form, PageOrAddress } from './place.js';
import { RequestDesk, type Setting } from './request-desk.service.js';
import { closedRequestPage, requestsPage, type RequestView } from './requests.page.js';
import { preApprovedPage } from './switch.page.js';

const ON_A_PAGE = 20;
const MOST_OPEN = 100;

/** The inbox: requests that wait for the customer, decided on the same page as those of an OAuth visit. */
@ApiExcludeController()
@UseFilters(PageFilter)
@Controller('account/requests')
export class AccountRequestsController {
  constructor(
    private readonly account: AccountVisits,
    private readonly requests: ConsentRequestsService,
    private readonly consents: ConsentsService,
    private readonly switches: Switches,
    private readonly retailers: RetailersService,
    private readonly receipts: ReceiptsService,
    private readonly desk: RequestDesk,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Access('public')
  async list(
    @Query('before') before: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.inside({ request, reply });
    const { customer } = place.principal;
    const cursor = cursorIn(before);
    const [open, agreed, all] = await Promise.all([
      this.requests.list(customer, { status: 'open', origin: 'inbox', limit: MOST_OPEN }),
      this.requests.list(customer, { status: 'pre_approved', limit: MOST_OPEN }),
      this.requests.list(customer, { limit: ON_A_PAGE + 1, ...(cursor !== undefined && { before: cursor }) }),
    ]);
    const shown = all.slice(0, ON_A_PAGE);
    const views = (await this.viewsOf(shown)).filter(({ status }) => status !== 'open' && status !== 'pre_approved');
    const older = all.length > ON_A_PAGE ? (shown.at(-1)?.id ?? null) : null;
    const waiting = { open: await this.viewsOf(open), agreed: await this.viewsOf(agreed) };
    sendStep(reply, { page: requestsPage(place, waiting, { views, before: older }) });
  }

  @Get(':id')
  @Access('public')
  async show(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.account.inside({ request, reply });
    const asked = await this.requests.get(place.principal.customer, idIn(id));
    sendStep(reply, await this.pageOf(place, asked));
  }

  @Post(':id/decision')
  @Access('public')
  @Consumes(FORM_BODY)
  async decide(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, `decision ${id}`);
    const here = { ...place, address: `/account/requests/${id}` };
    const asked = await this.requests.get(place.principal.customer, idIn(id));
    if (asked.statusAt(this.clock.now()) !== 'open') return sendStep(reply, await this.pageOf(here, asked));
    const outcome = await this.desk.decide(here, asked, form, { request, reply });
    if ('again' in outcome) {
      return sendStep(reply, await this.desk.show(here, asked, settingOf(here, asked), outcome));
    }
    const { consentId, status } = outcome.decided;
    sendStep(reply, {
      goTo:
        consentId === null
          ? toldAt('/account/requests', status === 'refused' ? 'refused' : 'allowed', here)
          : toldAt(`/account/consents/${consentId}`, 'allowed', here),
    });
  }

  /** The receipt of how it was decided, to keep. */
  @Get(':id/receipt')
  @Access('public')
  async receipt(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.account.inside({ request, reply });
    sendReceipt(reply, await this.receiptOf(place, idIn(id)));
  }

  private async pageOf(place: AccountPlace, request: ConsentRequest): Promise<PageOrAddress> {
    const status = request.statusAt(this.clock.now());
    if (status === 'open') return this.desk.show(place, request, settingOf(place, request));
    const retailer = await this.retailers.get(request.retailerId);
    if (status === 'pre_approved') return { page: await this.preApproved(place, request, retailer) };
    const hasReceipt = (await this.receiptOf(place, request.id)) !== null;
    return { page: closedRequestPage(place, { request, status, retailer, hasReceipt }) };
  }

  private async preApproved(place: AccountPlace, request: ConsentRequest, retailer: Retailer): Promise<string> {
    const { sourceId } = request.preApproval as PreApproval;
    const source = await this.consents.get(place.principal.customer, sourceId);
    return preApprovedPage(place, request, {
      notice: await this.requests.notice(request, place.language),
      retailer,
      source: (await this.retailers.get(source.retailerId)).name,
      continueUrl: await this.switches.continueUrl(retailer.id),
    });
  }

  private receiptOf({ principal }: AccountPlace, id: string): Promise<Receipt | null> {
    return this.receipts.ofRequest(this.database.reader, principal.customer, id);
  }

  private async viewsOf(requests: readonly ConsentRequest[]): Promise<RequestView[]> {
    const retailers = await this.retailers.describe(requests.map(({ retailerId }) => retailerId));
    const now = this.clock.now();
    return requests.flatMap((request) => {
      const retailer = retailers.get(request.retailerId);
      return retailer ? [{ request, status: request.statusAt(now), retailer }] : [];
    });
  }
}

function settingOf(place: AccountPlace, { id }: ConsentRequest): Setting {
  return {
    frame: accountFrame(place, 'requests'),
    decision: { address: `/account/requests/${id}/decision`, form: place.formToken(`decision ${id}`) },
  };
}
