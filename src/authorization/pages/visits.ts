import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { CustomersService } from '../../customers/customers.service.js';
import { Config } from '../../platform/config/config.js';
import { sha256 } from '../../platform/crypto/seal.js';
import { Database } from '../../platform/database/database.js';
import type { CustomerPrincipal } from '../../platform/http/access.js';
import { Engine } from '../engine.js';
import { EngineClients } from '../engine-clients.js';
import { FormTokens } from './form-token.js';
import { languageOf } from './language.js';
import { ForgedFormError, VisitOverError } from './pages.errors.js';
import { cookieOf, sessionCookieName, sessionCookies } from './session-cookie.js';
import type { EngineInteraction, Visit } from './visit.js';

/** What the customer did at one step, as the engine wants to hear it. */
export type VisitResult = NonNullable<EngineInteraction['result']>;

/** Steps of an authorization request that happen in the customer's browser: found, answered and handed back. */
@Injectable()
export class Visits {
  constructor(
    private readonly engine: Engine,
    private readonly clients: EngineClients,
    private readonly customers: CustomersService,
    private readonly tokens: FormTokens,
    private readonly database: Database,
    private readonly config: Config,
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
    const sessionToken = cookieOf(request.headers.cookie, sessionCookieName);
    const boundTo = sessionToken ? sha256(sessionToken).toString('base64url') : '';
    return {
      ...found,
      interaction,
      path: `/interaction/${uid}`,
      language: languageOf(request.headers, locales),
      principal: await this.signedIn(sessionToken),
      loginHint: typeof hint === 'string' ? hint.slice(0, 254) : undefined,
      formToken: (action) => this.tokens.make(uid, boundTo, action),
    };
  }

  /** @throws ForgedFormError unless the form was made for this visit and to do this */
  checkForm(visit: Visit, form: Readonly<Record<string, unknown>>, action: string): void {
    if (!this.tokens.areSame(visit.formToken(action), form['form'])) throw new ForgedFormError();
  }

  /** Signs the browser in or, without a token, out. */
  setSession(reply: FastifyReply, token: string | null): void {
    void reply.header('set-cookie', sessionCookies(token, { secure: this.config.issuer.startsWith('https:') }));
  }

  /**
   * Notes what is known so far and answers where the visit goes on: at the engine, which asks the next thing or sends
   * the browser back to the client.
   */
  async finish(visit: Visit, result: VisitResult): Promise<string> {
    await this.note(visit, result);
    return visit.interaction.returnTo;
  }

  /** Notes what is known so far. */
  async note({ interaction }: Visit, result: VisitResult): Promise<void> {
    interaction.result = result;
    await interaction.persist();
  }

  /** Lets somebody else go on with the visit: the engine's own session belonged to the one before. */
  async handOver({ interaction }: Visit, principal: CustomerPrincipal): Promise<void> {
    if (interaction.session && interaction.session.accountId !== principal.customer.customerId) {
      interaction.session = undefined;
      await interaction.persist();
    }
  }

  private async interaction(request: FastifyRequest, reply: FastifyReply): Promise<EngineInteraction> {
    try {
      return await this.engine.provider.interactionDetails(request.raw, reply.raw);
    } catch (error) {
      if ((error as { name?: string }).name === 'SessionNotFound') throw new VisitOverError();
      throw error;
    }
  }

  private async signedIn(token: string | undefined): Promise<CustomerPrincipal | null> {
    const principal = token === undefined ? null : await this.customers.authenticate(token);
    // A personal token opens the API for a program; it signs nobody in.
    return principal?.sessionId ? principal : null;
  }
}

/** The engine's account of who signed in, and when. */
export function loginOf({ customer, signedInAt }: CustomerPrincipal): NonNullable<VisitResult['login']> {
  return {
    accountId: customer.customerId,
    ...(signedInAt && { ts: Math.floor(signedInAt.getTime() / 1000) }),
    amr: ['pwd'],
  };
}
