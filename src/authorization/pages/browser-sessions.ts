import { Injectable } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';

import type { FastifyReply } from 'fastify';

import { CustomersService } from '../../customers/customers.service.js';
import { Config } from '../../platform/config/config.js';
import { sha256 } from '../../platform/crypto/seal.js';
import type { CustomerPrincipal } from '../../platform/http/access.js';
import { cookieOf, sessionCookie, sessionCookieName } from './session-cookie.js';

/** Who is signed in to the pages in one browser. */
export interface BrowserSession {
  readonly principal: CustomerPrincipal | null;
  /** What forms are bound to, so that none made for this session works in another; empty without a session. */
  readonly boundTo: string;
}

/** Sessions of customers in browsers: each is the session of the API, held in a cookie. */
@Injectable()
export class BrowserSessions {
  constructor(
    private readonly customers: CustomersService,
    private readonly config: Config,
  ) {}

  get secure(): boolean {
    return this.config.issuer.startsWith('https:');
  }

  async of({ cookie }: IncomingHttpHeaders): Promise<BrowserSession> {
    const token = cookieOf(cookie, sessionCookieName(this.secure));
    if (token === undefined) return { principal: null, boundTo: '' };
    const principal = await this.customers.authenticate(token);
    return {
      // A personal token opens the API for a program; it signs nobody in.
      principal: principal?.sessionId ? principal : null,
      boundTo: sha256(token).toString('base64url'),
    };
  }

  /** Signs the browser in or, without a token, out. */
  set(reply: FastifyReply, token: string | null): void {
    void reply.header('set-cookie', sessionCookie(token, { secure: this.secure }));
  }
}
