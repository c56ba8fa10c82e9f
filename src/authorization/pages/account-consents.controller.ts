import { Controller, Get, Param, Query, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ReceiptsService } from '../../consents/receipts.service.js';
import { Database } from '../../platform/database/database.js';
import { Access } from '../../platform/http/access.js';
import { AccountVisits, cursorIn, idIn } from './account-visits.js';
import { consentDetailPage } from './consent-detail.page.js';
import { ConsentViews } from './consent-views.service.js';
import { consentsPage, endedConsentsPage } from './consents.page.js';
import { sendReceipt, sendStep } from './page-headers.js';
import { PageFilter } from './page.filter.js';

const ON_A_PAGE = 20;
const ENDED_AT_FIRST = 5;
const OPEN = ['active', 'paused'] as const;
const ENDED = ['withdrawn', 'expired'] as const;

/** “My consents”: what a customer has given, and the receipts of it. */
@ApiExcludeController()
@UseFilters(PageFilter)
@Controller('account/consents')
export class AccountConsentsController {
  constructor(
    private readonly account: AccountVisits,
    private readonly views: ConsentViews,
    private readonly receipts: ReceiptsService,
    private readonly database: Database,
  ) {}

  @Get()
  @Access('public')
  async list(
    @Query('before') before: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.inside({ request, reply });
    const current = await this.views.list(place, OPEN, { before: cursorIn(before), limit: ON_A_PAGE });
    const ended = await this.views.list(place, ENDED, { limit: ENDED_AT_FIRST });
    sendStep(reply, { page: consentsPage(place, current, ended) });
  }

  @Get('ended')
  @Access('public')
  async ended(
    @Query('before') before: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.inside({ request, reply });
    const ended = await this.views.list(place, ENDED, { before: cursorIn(before), limit: ON_A_PAGE });
    sendStep(reply, { page: endedConsentsPage(place, ended) });
  }

  @Get(':id')
  @Access('public')
  async show(
    @Param('id') id: string,
    @Query('before') before: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.inside({ request, reply });
    const view = await this.views.get(place, idIn(id));
    const version = versionIn(before);
    const found = await this.receipts.list(place.principal.customer, id, {
      limit: ON_A_PAGE + 1,
      ...(version !== undefined && { before: version }),
    });
    const receipts = found.slice(0, ON_A_PAGE);
    const older = found.length > ON_A_PAGE ? String(receipts.at(-1)?.version) : null;
    sendStep(reply, { page: consentDetailPage(place, view, { receipts, before: older }) });
  }

  /** The receipt itself, to keep. */
  @Get(':id/receipts/:version')
  @Access('public')
  async receipt(
    @Param('id') id: string,
    @Param('version') version: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { principal } = await this.account.inside({ request, reply });
    const { reader } = this.database;
    const asked = versionIn(version);
    const receipt = asked === undefined ? null : await this.receipts.of(reader, principal.customer, idIn(id), asked);
    sendReceipt(reply, receipt);
  }
}

function versionIn(text: unknown): number | undefined {
  return typeof text === 'string' && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
