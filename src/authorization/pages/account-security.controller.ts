import { Body, Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { PasskeysService } from '../../customers/passkeys.service.js';
import { SessionsService } from '../../customers/sessions.service.js';
import { CcxError, problemOf } from '../../platform/errors.js';
import { Access } from '../../platform/http/access.js';
import { Consumes, FORM_BODY } from '../../platform/http/route.js';
import type { AccountPlace } from './account-place.js';
import { AccountVisits, idIn, toldAt } from './account-visits.js';
import { sendStep } from './page-headers.js';
import { PageFilter } from './page.filter.js';
import { PasskeyForms } from './passkey-forms.js';
import { passkeyMessages } from './passkey.messages.js';
import type { Form, ShownPage } from './place.js';
import { securityPage } from './security.page.js';
import { SignIn } from './sign-in.service.js';

const HERE = '/account/security';
const MOST_SHOWN = 50;

/** How the customer signs in, and where they are signed in. */
@ApiExcludeController()
@UseFilters(PageFilter)
@Controller('account/security')
export class AccountSecurityController {
  constructor(
    private readonly account: AccountVisits,
    private readonly passkeys: PasskeysService,
    private readonly passkeyForms: PasskeyForms,
    private readonly sessions: SessionsService,
    private readonly signIns: SignIn,
  ) {}

  @Get()
  @Access('public')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendStep(reply, await this.pageOf(await this.account.inside({ request, reply })));
  }

  /** What the browser needs to make a passkey; asked for by the script of the page. */
  @Post('passkeys/options')
  @Access('public')
  @Consumes(FORM_BODY)
  async options(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { principal } = await this.account.inside({ request, reply });
    void reply.status(200).send(await this.passkeyForms.options(principal));
  }

  @Post('passkeys')
  @Access('public')
  @Consumes(FORM_BODY)
  async add(@Body() form: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, 'add-passkey');
    this.account.assertRecent(place, HERE);
    try {
      await this.passkeyForms.add(place.principal, form);
      sendStep(reply, { goTo: toldAt(HERE, 'passkey-added', place) });
    } catch (error) {
      const isTheirs = error instanceof CcxError && problemOf(error).kind !== 'unavailable';
      if (!isTheirs) throw error;
      sendStep(reply, await this.pageOf({ ...place, address: HERE }, passkeyMessages[place.language].notAdded));
    }
  }

  @Post('passkeys/:id/remove')
  @Access('public')
  @Consumes(FORM_BODY)
  async remove(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, `remove-passkey ${id}`);
    this.account.assertRecent(place, HERE);
    await this.passkeyForms.remove(place.principal, idIn(id));
    sendStep(reply, { goTo: toldAt(HERE, 'passkey-removed', place) });
  }

  @Post('sessions/:id/end')
  @Access('public')
  @Consumes(FORM_BODY)
  async end(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = await this.account.submitted({ request, reply }, form, `end-session ${id}`);
    await this.sessions.end(place.principal.customer, idIn(id));
    sendStep(reply, { goTo: toldAt(HERE, 'signed-out-there', place) });
  }

  private async pageOf(place: AccountPlace, problem?: string): Promise<ShownPage> {
    const { customer } = place.principal;
    const [passkeys, sessions] = await Promise.all([
      this.passkeys.list(customer, { limit: MOST_SHOWN }),
      this.sessions.list(customer, { limit: MOST_SHOWN }),
    ]);
    const isRecent = this.signIns.isRecent(place.principal);
    const shown = { passkeys: passkeys.items, sessions: sessions.items, isRecent };
    return securityPage(place, { ...shown, ...(problem !== undefined && { problem }) });
  }
}
