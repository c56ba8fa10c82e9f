import { Injectable } from '@nestjs/common';
import { isEmail } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { EmailTakenError, SignInRefusedError } from '../../customers/customers.errors.js';
import { CustomersService } from '../../customers/customers.service.js';
import type { IssuedSession, SignInContext } from '../../customers/sessions.service.js';
import { InvalidRequestError, RateLimitedError } from '../../platform/errors.js';
import type { CustomerPrincipal } from '../../platform/http/access.js';
import { messages } from './messages.js';
import { recoveryCodesPage, signInPage, signUpPage } from './sign-in.page.js';
import type { Visit } from './visit.js';
import { loginOf, Visits } from './visits.js';

/** Either a page to show or an address to go on to. */
export type PageOrAddress = { readonly page: string; readonly status?: number } | { readonly goTo: string };

export type Form = Readonly<Record<string, unknown>>;

/** How a customer signs in, signs up and signs out on the pages. */
@Injectable()
export class SignIn {
  constructor(
    private readonly visits: Visits,
    private readonly customers: CustomersService,
  ) {}

  async signIn(visit: Visit, form: Form, request: FastifyRequest, reply: FastifyReply): Promise<PageOrAddress> {
    const email = textOf(form, 'email');
    try {
      const session = await this.customers.signIn(email, textOf(form, 'password'), contextOf(request));
      return { goTo: await this.goOn(visit, session, reply) };
    } catch (error) {
      const say = messages[visit.language];
      if (error instanceof SignInRefusedError) {
        return { status: 401, page: signInPage(visit, { email, problem: say.signIn.refused }) };
      }
      if (error instanceof RateLimitedError) {
        return { status: 429, page: signInPage(visit, { email, problem: say.error.tooMany }) };
      }
      throw error;
    }
  }

  async signUp(visit: Visit, form: Form, request: FastifyRequest, reply: FastifyReply): Promise<PageOrAddress> {
    const { signUp: say, error: sayOfErrors } = messages[visit.language];
    const email = textOf(form, 'email').trim();
    const again = (status: number, problem: string) => ({ status, page: signUpPage(visit, { email, problem }) });
    if (!isEmail(email)) return again(422, say.emailInvalid);
    try {
      const registration = { email, password: textOf(form, 'password'), language: visit.language };
      const { session, recoveryCodes } = await this.customers.register(registration, contextOf(request));
      await this.goOn(visit, session, reply);
      return { page: recoveryCodesPage(visit, recoveryCodes) };
    } catch (error) {
      if (error instanceof EmailTakenError) return again(409, say.emailTaken);
      if (error instanceof InvalidRequestError) return again(422, say.passwordHint);
      if (error instanceof RateLimitedError) return again(429, sayOfErrors.tooMany);
      throw error;
    }
  }

  /** Ends the session, here and at the engine, and asks who it is now. */
  async signOut(visit: Visit, reply: FastifyReply): Promise<PageOrAddress> {
    const { sessionId, customer } = visit.principal ?? {};
    if (sessionId && customer) await this.customers.signOut(customer, sessionId);
    this.visits.setSession(reply, null);
    return { goTo: visit.path };
  }

  /** What the engine wanted to know is answered; what we want to know is asked on our own page. */
  async goOn(visit: Visit, session: IssuedSession, reply: FastifyReply): Promise<string> {
    const { customer, id, signedInAt, token } = session;
    const principal: CustomerPrincipal = { kind: 'customer', customer, scopes: [], sessionId: id, signedInAt };
    this.visits.setSession(reply, token);
    await this.visits.handOver(visit, principal);
    if (visit.interaction.prompt.name !== 'login') return visit.path;
    return this.visits.finish(visit, { login: loginOf(principal) });
  }
}

function contextOf({ ip, headers }: FastifyRequest): SignInContext {
  const userAgent = headers['user-agent'];
  return { address: ip, ...(userAgent !== undefined && { userAgent }) };
}

function textOf(form: Form, name: string): string {
  const value = form[name];
  return typeof value === 'string' ? value : '';
}
