import { Injectable } from '@nestjs/common';
import { isEmail } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';

import {
  EmailTakenError,
  PasskeyRefusedError,
  RecoveryRefusedError,
  SignInRefusedError,
} from '../../customers/customers.errors.js';
import { CredentialsService } from '../../customers/credentials.service.js';
import { CustomersService } from '../../customers/customers.service.js';
import type { IssuedSession, SignInContext } from '../../customers/sessions.service.js';
import { Clock } from '../../platform/clock.js';
import { InvalidRequestError, RateLimitedError } from '../../platform/errors.js';
import type { CustomerPrincipal } from '../../platform/http/access.js';
import { isRecentSignIn } from '../../platform/http/recent-sign-in.js';
import { BrowserSessions } from './browser-sessions.js';
import { messages } from './messages.js';
import { PasskeyForms } from './passkey-forms.js';
import { passkeyMessages } from './passkey.messages.js';
import { type Exchange, type Form, type PageOrAddress, type Place, textOf } from './place.js';
import { type Door, recoveryCodesPage, recoveryPage, signInPage, signUpPage } from './sign-in.page.js';

/** Where it goes on for somebody who has just signed in. */
type GoOn = (principal: CustomerPrincipal) => string | Promise<string>;

/** How a customer signs in, signs up and signs out on the pages. */
@Injectable()
export class SignIn {
  constructor(
    private readonly customers: CustomersService,
    private readonly credentials: CredentialsService,
    private readonly passkeys: PasskeyForms,
    private readonly sessions: BrowserSessions,
    private readonly clock: Clock,
  ) {}

  async signIn(door: Door, form: Form, { request, reply }: Exchange, goOn: GoOn): Promise<PageOrAddress> {
    const email = textOf(form, 'email');
    try {
      const session = await this.customers.signIn(email, textOf(form, 'password'), contextOf(request));
      return { goTo: await goOn(await this.begin(door, session, reply)) };
    } catch (error) {
      const say = messages[door.language];
      if (error instanceof SignInRefusedError) {
        return signInPage(door, { email, problem: say.signIn.refused, status: 401 });
      }
      if (error instanceof RateLimitedError) {
        return signInPage(door, { email, problem: say.error.tooMany, status: 429 });
      }
      throw error;
    }
  }

  async signUp(door: Door, form: Form, { request, reply }: Exchange, goOn: GoOn): Promise<PageOrAddress> {
    const { signUp: say, error: sayOfErrors } = messages[door.language];
    const email = textOf(form, 'email').trim();
    const again = (status: number, problem: string) => signUpPage(door, { email, problem, status });
    if (!isEmail(email)) return again(422, say.emailInvalid);
    try {
      const registration = { email, password: textOf(form, 'password'), language: door.language };
      const { session, recoveryCodes } = await this.customers.register(registration, contextOf(request));
      return { page: recoveryCodesPage(door, recoveryCodes, await goOn(await this.begin(door, session, reply))) };
    } catch (error) {
      if (error instanceof EmailTakenError) return again(409, say.emailTaken);
      if (error instanceof InvalidRequestError) return again(422, say.passwordHint);
      if (error instanceof RateLimitedError) return again(429, sayOfErrors.tooMany);
      throw error;
    }
  }

  /** Lets somebody in who has forgotten the password and has kept a recovery code. */
  async recover(door: Door, form: Form, { request, reply }: Exchange, goOn: GoOn): Promise<PageOrAddress> {
    const say = messages[door.language];
    const email = textOf(form, 'email').trim();
    const again = (status: number, problem: string) => recoveryPage(door, { email, problem, status });
    try {
      const recovery = { email, code: textOf(form, 'code'), newPassword: textOf(form, 'password') };
      const { session } = await this.credentials.recover(recovery, contextOf(request));
      return { goTo: await goOn(await this.begin(door, session, reply)) };
    } catch (error) {
      if (error instanceof RecoveryRefusedError) return again(401, say.recover.refused);
      if (error instanceof InvalidRequestError) return again(422, say.signUp.passwordHint);
      if (error instanceof RateLimitedError) return again(429, say.error.tooMany);
      throw error;
    }
  }

  /** Signs in by a passkey, which says by itself whose it is. */
  async signInByPasskey(door: Door, form: Form, { request, reply }: Exchange, goOn: GoOn): Promise<PageOrAddress> {
    try {
      const session = await this.passkeys.signIn(form, contextOf(request));
      return { goTo: await goOn(await this.begin(door, session, reply)) };
    } catch (error) {
      if (error instanceof PasskeyRefusedError || error instanceof InvalidRequestError) {
        return signInPage(door, { problem: passkeyMessages[door.language].notSignedIn, status: 401 });
      }
      if (error instanceof RateLimitedError) {
        return signInPage(door, { problem: messages[door.language].error.tooMany, status: 429 });
      }
      throw error;
    }
  }

  /** Ends the session, here and at the engine. */
  async signOut(principal: CustomerPrincipal | null, reply: FastifyReply): Promise<void> {
    if (principal?.sessionId) await this.customers.signOut(principal.customer, principal.sessionId);
    this.sessions.set(reply, null);
  }

  isRecent(principal: CustomerPrincipal): boolean {
    return isRecentSignIn(principal, this.clock.now());
  }

  /**
   * Lets somebody who is signed in show by their password that it is still them.
   *
   * @throws SignInRefusedError, RateLimitedError
   */
  async confirm(
    principal: CustomerPrincipal,
    password: string,
    { request, reply }: Exchange,
  ): Promise<CustomerPrincipal> {
    const { email } = await this.customers.profile(principal.customer);
    const session = await this.customers.signIn(email, password, contextOf(request));
    return this.begin({ principal }, session, reply);
  }

  /** The new session takes the place of the one that the browser had: a cookie that was stolen is worth nothing now. */
  private async begin(
    { principal: before }: Pick<Place, 'principal'>,
    { customer, id, signedInAt, signedInWith, token }: IssuedSession,
    reply: FastifyReply,
  ): Promise<CustomerPrincipal> {
    if (before?.sessionId) await this.customers.signOut(before.customer, before.sessionId);
    this.sessions.set(reply, token);
    return { kind: 'customer', customer, scopes: [], sessionId: id, signedInAt, signedInWith };
  }
}

function contextOf({ ip, headers }: FastifyRequest): SignInContext {
  const userAgent = headers['user-agent'];
  return { address: ip, ...(userAgent !== undefined && { userAgent }) };
}
