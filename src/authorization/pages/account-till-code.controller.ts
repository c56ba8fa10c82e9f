import { Controller, Get, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { TillCodes } from '../../customers/till-codes.service.js';
import { Access } from '../../platform/http/access.js';
import { AccountVisits } from './account-visits.js';
import { sendStep } from './page-headers.js';
import { PageFilter } from './page.filter.js';
import { tillCodePage } from './till-code.page.js';

/** What the customer shows at a till. Each look at the page makes a new code, and ends the one before. */
@ApiExcludeController()
@UseFilters(PageFilter)
@Controller('account/till-code')
export class AccountTillCodeController {
  constructor(
    private readonly account: AccountVisits,
    private readonly codes: TillCodes,
  ) {}

  @Get()
  @Access('public')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.account.inside({ request, reply });
    const { code } = await this.codes.issue(place.principal.customer);
    sendStep(reply, tillCodePage(place, code));
  }
}
