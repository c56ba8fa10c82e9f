import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Database } from '../../platform/database/database.js';
import type { CustomerPrincipal, SignInMethod } from '../../platform/http/access.js';
import { Engine } from '../engine.js';
import { EngineClients } from '../engine-clients.js';
import { BrowserSessions } from './browser-sessions.js';
import { FormTokens } from './form-token.js';
import { languageOf } from './language.js';
import { ForgedFormError, VisitOverError } from './pages.errors.js';
import type { EngineInteraction, Visit } from './visit.js';

/** What the customer did at one step, as the engine wants to hear it. */
export type VisitResult = NonNullable<EngineInteraction['result']>;

/** Steps of an authorization request that happen in the customer's browser: found, answered and handed back. */
@Injectable()
export class Visits {
  constructor(
    private readonly engine: Engine,
    private readonly clients: EngineClients,
    private readonly sessions: BrowserSessions,
    private readonly tokens: FormTokens,
    private readonly database: Database,
  ) {}

  /**
   * The visit that this browser began.
   * @throws VisitOverError when it has ended, or began in another browser
   */
  async of(request: FastifyRequest, reply: FastifyReply, uid: string): Promise<Visit> {
    const interaction = await this.interaction(request, reply);
    const { client_id: clientId, ui_locales: locales, login_hint: hint } = interaction.params;
    const found = await this.clients.active(this.database.reader, String(clientId));
    if (interaction.uid !== uid || !found) throw new VisitOverError();
    const { principal, boundTo } = await this.sessions.of(request.headers);
    const path = `/interaction/${uid}`;
    return {
      ...found,
      interaction,
      path,
      address: path,
      language: languageOf(request.headers, locales),
      principal,
      loginHint: typeof hint === 'string' ? hint.slice(0, 254) : undefined,
      formToken: (action) => this.tokens.make(uid, boundTo, action),
    };
  }

  /** @throws ForgedFormError unless the form was made for this visit and to do this */
  checkForm(visit: Visit, form: Readonly<Record<string, unknown>>, action: string): void {
    if (!this.tokens.areSame(visit.formToken(action), form['form'])) throw new ForgedFormError();
  }

  /**
   * Notes what is known so far and answers where the visit goes on: at the engine, which asks the next thing or sends
   * the browser back to the client.
   */
  async finish(visit: Visit, result: VisitResult): Promise<string> {
    const { interaction, principal } = visit;
    // The engine's own session belonged to somebody who was here before.
    const accountId = result.login?.accountId ?? principal?.customer.customerId;
    if (interaction.session?.accountId !== accountId) interaction.session = undefined;
    await this.note(visit, result);
    return interaction.returnTo;
  }

  /** Notes what is known so far. */
  async note({ interaction }: Visit, result: VisitResult): Promise<void> {
    interaction.result = result;
    await interaction.persist();
  }

  /** Goes on with somebody who has just signed in: what the engine wanted to know is answered. */
  async goOn(visit: Visit, principal: CustomerPrincipal): Promise<string> {
    return visit.interaction.prompt.name === 'login' ? this.finish(visit, { login: loginOf(principal) }) : visit.path;
  }

  /** The same for somebody who has to see something first, and then comes back to our own page. */
  async arrive(visit: Visit, principal: CustomerPrincipal): Promise<string> {
    await this.goOn(visit, principal);
    return visit.path;
  }

  private async interaction(request: FastifyRequest, reply: FastifyReply): Promise<EngineInteraction> {
    try {
      return await this.engine.provider.interactionDetails(request.raw, reply.raw);
    } catch (error) {
      if ((error as { name?: string }).name === 'SessionNotFound') throw new VisitOverError();
      throw error;
    }
  }
}

// RFC 8176. A passkey is a key that was unlocked by a finger, a face or a PIN; that hardware guards it, nobody attested.
const authenticationMethods: Readonly<Record<SignInMethod, readonly string[]>> = {
  password: ['pwd'],
  passkey: ['pop', 'mfa'],
  recovery_code: ['otp'],
};

/** The engine's account of who signed in, when, and how. */
export function loginOf({
  customer,
  signedInAt,
  signedInWith = 'password',
}: CustomerPrincipal): NonNullable<VisitResult['login']> {
  return {
    accountId: customer.customerId,
    ...(signedInAt && { ts: Math.floor(signedInAt.getTime() / 1000) }),
    amr: [...authenticationMethods[signedInWith]],
  };
}
