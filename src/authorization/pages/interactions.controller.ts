import { Body, Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Access, type CustomerPrincipal } from '../../platform/http/access.js';
import { Consumes, FORM_BODY } from '../../platform/http/route.js';
import { ConsentStep } from './consent-step.service.js';
import { sendStep } from './page-headers.js';
import { PageFilter } from './page.filter.js';
import { signInPage, signUpPage } from './sign-in.page.js';
import { type Form, isSignedIn, type PageOrAddress } from './place.js';
import { SignIn } from './sign-in.service.js';
import { mustSignInAgain, type Visit } from './visit.js';
import { loginOf, Visits } from './visits.js';

/** The pages on which a customer signs in and decides, between a retailer's request and its answer. */
@ApiExcludeController()
@UseFilters(PageFilter)
@Controller('interaction/:uid')
export class InteractionsController {
  constructor(
    private readonly visits: Visits,
    private readonly signIns: SignIn,
    private readonly consentStep: ConsentStep,
  ) {}

  @Get()
  @Access('public')
  async open(@Param('uid') uid: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.of(request, reply, uid);
    send(reply, visit, await this.nextStep(visit));
  }

  @Get('sign-up')
  @Access('public')
  async newcomer(@Param('uid') uid: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.of(request, reply, uid);
    send(reply, visit, isSignedIn(visit) ? { goTo: visit.path } : signUpPage(visit));
  }

  @Post('sign-in')
  @Access('public')
  @Consumes(FORM_BODY)
  async signIn(
    @Param('uid') uid: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const visit = await this.submitted(request, reply, uid, form, 'sign-in');
    send(
      reply,
      visit,
      await this.signIns.signIn(visit, form, { request, reply }, (principal) => this.visits.goOn(visit, principal)),
    );
  }

  @Post('sign-up')
  @Access('public')
  @Consumes(FORM_BODY)
  async signUp(
    @Param('uid') uid: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const visit = await this.submitted(request, reply, uid, form, 'sign-up');
    send(
      reply,
      visit,
      await this.signIns.signUp(visit, form, { request, reply }, (principal) => this.visits.arrive(visit, principal)),
    );
  }

  @Post('passkey')
  @Access('public')
  @Consumes(FORM_BODY)
  async passkey(
    @Param('uid') uid: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const visit = await this.submitted(request, reply, uid, form, 'passkey');
    const goOn = (principal: CustomerPrincipal) => this.visits.goOn(visit, principal);
    send(reply, visit, await this.signIns.signInByPasskey(visit, form, { request, reply }, goOn));
  }

  @Post('sign-out')
  @Access('public')
  @Consumes(FORM_BODY)
  async signOut(
    @Param('uid') uid: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const visit = await this.submitted(request, reply, uid, form, 'sign-out');
    await this.signIns.signOut(visit.principal, reply);
    send(reply, visit, { goTo: visit.path });
  }

  @Post('cancel')
  @Access('public')
  @Consumes(FORM_BODY)
  async cancel(
    @Param('uid') uid: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const visit = await this.submitted(request, reply, uid, form, 'cancel');
    send(reply, visit, await this.consentStep.cancel(visit));
  }

  @Post('decision')
  @Access('public')
  @Consumes(FORM_BODY)
  async decide(
    @Param('uid') uid: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const visit = await this.submitted(request, reply, uid, form, 'decision');
    const step = isSignedIn(visit) ? await this.consentStep.decide(visit, form, { request, reply }) : signInPage(visit);
    send(reply, visit, step);
  }

  /** Who it is comes first, then what they allow. Whoever is signed in already is not asked again without a reason. */
  private async nextStep(visit: Visit): Promise<PageOrAddress> {
    if (!isSignedIn(visit)) return signInPage(visit);
    if (visit.interaction.prompt.name !== 'login') return this.consentStep.show(visit);
    if (mustSignInAgain(visit)) return signInPage(visit);
    return { goTo: await this.visits.finish(visit, { login: loginOf(visit.principal) }) };
  }

  private async submitted(
    request: FastifyRequest,
    reply: FastifyReply,
    uid: string,
    form: Form | undefined,
    action: string,
  ): Promise<Visit> {
    const visit = await this.visits.of(request, reply, uid);
    this.visits.checkForm(visit, form ?? {}, action);
    return visit;
  }
}

function send(reply: FastifyReply, { interaction }: Visit, step: PageOrAddress): void {
  // A device has no address to lead back to.
  const { redirect_uri: redirectUri } = interaction.params;
  sendStep(reply, step, typeof redirectUri === 'string' ? redirectUri : undefined);
}
