import { Body, Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { SignInRefusedError } from '../../customers/customers.errors.js';
import { NotFoundError } from '../../platform/errors.js';
import { Access } from '../../platform/http/access.js';
import { Consumes, FORM_BODY } from '../../platform/http/route.js';
import { AccountVisits } from './account-visits.js';
import { messages } from './messages.js';
import { sendStep } from './page-headers.js';
import { PageFilter } from './page.filter.js';
import { type Form, type PageOrAddress, type Place, textOf } from './place.js';
import { confirmPage, recoveryPage, signInPage, signUpPage } from './sign-in.page.js';
import { SignIn } from './sign-in.service.js';

const FIRST_PAGE = '/account/consents';

/** The way into the account, and out. */
@ApiExcludeController()
@UseFilters(PageFilter)
@Controller('account')
export class AccountDoorController {
  constructor(
    private readonly account: AccountVisits,
    private readonly signIns: SignIn,
  ) {}

  @Get()
  @Access('public')
  async home(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { principal } = await this.account.atDoor({ request, reply });
    sendStep(reply, { goTo: principal ? FIRST_PAGE : '/account/sign-in' });
  }

  @Get('sign-in')
  @Access('public')
  async door(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.account.atDoor({ request, reply });
    sendStep(reply, place.principal ? { goTo: onwards(place) } : signInPage(place));
  }

  @Get('sign-up')
  @Access('public')
  async newcomer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.account.atDoor({ request, reply });
    sendStep(reply, place.principal ? { goTo: onwards(place) } : signUpPage(place));
  }

  @Post('sign-in')
  @Access('public')
  @Consumes(FORM_BODY)
  async signIn(@Body() form: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.submitted(form, 'sign-in', request, reply);
    sendStep(reply, await this.signIns.signIn(place, form, { request, reply }, () => onwards(place)));
  }

  @Post('sign-up')
  @Access('public')
  @Consumes(FORM_BODY)
  async signUp(@Body() form: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.submitted(form, 'sign-up', request, reply);
    sendStep(reply, await this.signIns.signUp(place, form, { request, reply }, () => onwards(place)));
  }

  @Get('recover')
  @Access('public')
  async forgotten(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendStep(reply, recoveryPage(await this.account.atDoor({ request, reply })));
  }

  @Post('recover')
  @Access('public')
  @Consumes(FORM_BODY)
  async recover(@Body() form: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.submitted(form, 'recover', request, reply);
    sendStep(reply, await this.signIns.recover(place, form, { request, reply }, () => onwards(place)));
  }

  /** Signs in, or shows that it is still the same person, by a passkey. */
  @Post('passkey')
  @Access('public')
  @Consumes(FORM_BODY)
  async passkey(@Body() form: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.submitted(form, 'passkey', request, reply);
    sendStep(reply, await this.signIns.signInByPasskey(place, form, { request, reply }, () => onwards(place)));
  }

  @Post('sign-out')
  @Access('public')
  @Consumes(FORM_BODY)
  async signOut(@Body() form: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = await this.submitted(form, 'sign-out', request, reply);
    await this.signIns.signOut(place.principal, reply);
    sendStep(reply, { goTo: '/account/sign-in' });
  }

  /** Is it still you? Asked before what a stolen session must not be able to do. */
  @Get('confirm')
  @Access('public')
  async stillYou(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { email, ...place } = await this.account.inside({ request, reply });
    const { to, address } = await this.account.atDoor({ request, reply });
    sendStep(reply, confirmPage({ ...place, to, address }, email));
  }

  @Post('confirm')
  @Access('public')
  @Consumes(FORM_BODY)
  async confirm(@Body() form: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { email, ...inside } = await this.account.submitted({ request, reply }, form, 'confirm');
    const place = { ...inside, ...(await this.account.atDoor({ request, reply }, form)), principal: inside.principal };
    const step = async (): Promise<PageOrAddress> => {
      try {
        await this.signIns.confirm(place.principal, textOf(form, 'password'), { request, reply });
        return { goTo: onwards(place) };
      } catch (error) {
        if (!(error instanceof SignInRefusedError)) throw error;
        return confirmPage(place, email, messages[place.language].signIn.wrongPassword);
      }
    };
    sendStep(reply, await step());
  }

  /** People get pages, also where there is none. */
  @Get('*')
  @Access('public')
  nothing(): never {
    throw new NotFoundError();
  }

  private async submitted(
    form: Form | undefined,
    action: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Place> {
    const place = await this.account.atDoor({ request, reply }, form ?? {});
    this.account.checkForm(place, form, action);
    return place;
  }
}

function onwards({ to }: Place): string {
  return to ?? FIRST_PAGE;
}
