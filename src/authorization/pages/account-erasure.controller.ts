import { Body, Controller, Get, Post, Req, Res, StreamableFile, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { NotFoundError } from '../../platform/errors.js';
import { Access } from '../../platform/http/access.js';
import { RateLimit } from '../../platform/http/rate-limit.js';
import { Consumes, FORM_BODY } from '../../platform/http/route.js';
import { exportStream, JSON_DOCUMENT } from '../../portability/export-stream.js';
import { ExportService } from '../../portability/export.service.js';
import { Erasures } from '../../portability/erasures.service.js';
import { AccountVisits, toldAt } from './account-visits.js';
import {
  askedErasurePage,
  askErasurePage,
  coolOffs,
  ERASURE_PATH,
  progressPage,
  waitingErasurePage,
} from './erasure.page.js';
import { sendStep } from './page-headers.js';
import { PageFilter } from './page.filter.js';
import { type Form, textOf } from './place.js';

const DAY_MS = 86_400_000;

/** Ending the account, and taking along before what one wants to keep. */
@ApiExcludeController()
@UseFilters(PageFilter)
@Controller('account/erasure')
export class AccountErasureController {
  constructor(
    private readonly account: AccountVisits,
    private readonly erasures: Erasures,
    private readonly exports: ExportService,
  ) {}

  @Get()
  @Access('public')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.account.inside({ request, reply });
    this.account.assertRecent(place, ERASURE_PATH);
    const erasure = await this.erasures.find(place.principal.customer);
    sendStep(reply, { page: erasure ? waitingErasurePage(place, erasure) : askErasurePage(place) });
  }

  /** Everything that is held, as one document. */
  @Get('export')
  @Access('public')
  async export(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const place = await this.account.inside({ request, reply });
    this.account.assertRecent(place, ERASURE_PATH);
    const view = { language: place.language, timeZone: 'UTC' };
    const lines = await this.exports.begin(place.principal, 'everything', view);
    return new StreamableFile(exportStream(lines, JSON_DOCUMENT), {
      type: JSON_DOCUMENT,
      disposition: 'attachment; filename="ccx-everything.json"',
    });
  }

  @Post()
  @Access('public')
  @Consumes(FORM_BODY)
  async ask(@Body() form: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, 'erase');
    this.account.assertRecent(place, ERASURE_PATH);
    const days = coolOffs.find((known) => String(known) === textOf(form, 'cool_off'));
    if (days === undefined) throw new NotFoundError();
    const { erasure, token } = await this.erasures.ask(place.principal, days * DAY_MS);
    sendStep(reply, { page: askedErasurePage(place, erasure, token) });
  }

  /** For whoever has the token of an erasure: the account may be gone. */
  @Get('progress')
  @Access('public')
  async look(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendStep(reply, progressPage(await this.account.atDoor({ request, reply })));
  }

  // It changes nothing, so that whoever sends the form may have got it from anywhere.
  @Post('progress')
  @Access('public')
  @Consumes(FORM_BODY)
  @RateLimit('erasures', { points: 40, seconds: 60, by: 'ip' })
  async progress(@Body() form: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.account.atDoor({ request, reply });
    const token = textOf(form, 'token').trim();
    sendStep(reply, progressPage(place, token, await this.erasures.byToken(token)));
  }

  /** The receipt of the erasure with this token, as a file. */
  @Post('progress/receipt')
  @Access('public')
  @Consumes(FORM_BODY)
  @RateLimit('erasures', { points: 40, seconds: 60, by: 'ip' })
  async receipt(@Body() form: Form, @Res({ passthrough: true }) reply: FastifyReply): Promise<StreamableFile> {
    const found = await this.erasures.byToken(textOf(form, 'token'));
    if (!found?.erasure.receipt) throw new NotFoundError();
    void reply.status(200);
    return new StreamableFile(Buffer.from(found.erasure.receipt), {
      type: 'application/jose',
      disposition: 'attachment; filename="ccx-erasure-receipt.jws"',
    });
  }

  @Post('cancel')
  @Access('public')
  @Consumes(FORM_BODY)
  async cancel(@Body() form: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, 'keep-account');
    await this.erasures.cancel(place.principal);
    sendStep(reply, { goTo: toldAt('/account/security', 'account-kept', place) });
  }
}
