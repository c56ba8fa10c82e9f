import { Injectable, Logger } from '@nestjs/common';
import type { Middleware } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';

import { CustomersService } from '../customers/customers.service.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { describeAnswer } from '../platform/http/logging.js';
import { requestId } from '../platform/http/request-id.js';
import { bodyArrival } from './body-arrival.js';
import { engineRoutes, isPublished } from './engine-configuration.js';
import { EngineContext } from './engine-context.js';
import { EngineLimit } from './engine-limit.js';
import { cookieOf, sessionCookieName } from './pages/session-cookie.js';
import { StructuredTokens } from './structured-tokens.js';
import { TokenJournal } from './token-journal.js';

/** More than the engine takes: it refuses what is longer than 56 KiB. */
const LARGEST_FORM = 65_536;

/** Rolls a transaction back although the engine has answered: with a fault of ours, nothing is kept. */
class NotKept extends Error {}

/** What stands around every request that the engine works on. */
@Injectable()
export class EngineRequests {
  private readonly logger = new Logger('OAuth');

  constructor(
    private readonly config: Config,
    private readonly limit: EngineLimit,
    private readonly context: EngineContext,
    private readonly database: Database,
    private readonly customers: CustomersService,
    private readonly journal: TokenJournal,
    private readonly structured: StructuredTokens,
  ) {}

  /** From the outermost to the innermost. */
  middleware(): Middleware[] {
    return [this.answered, this.limit.middleware, this.structuredTokens, this.inTransaction, this.inBrowser];
  }

  private readonly answered: Middleware = async (ctx, next) => {
    const start = performance.now();
    const id = requestId(ctx.req);
    ctx.set({
      'X-Request-Id': id,
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    });
    if (this.config.issuer.startsWith('https:')) ctx.set('Strict-Transport-Security', 'max-age=31536000');
    try {
      await next();
    } catch (error) {
      this.fail(ctx, 'server_error', 500, error);
    }
    if (isPublished(ctx.path)) {
      // Other origins may read what is public. Keys are published long before they are used.
      ctx.set({ 'Cross-Origin-Resource-Policy': 'cross-origin', 'Cache-Control': 'public, max-age=300' });
    }
    if (ctx.response.headers['location'] !== undefined) {
      // Browsers go on by the header alone; without a body nothing of the request is echoed.
      const { status } = ctx;
      ctx.body = null;
      ctx.status = status;
    }
    if (ctx.status === 404 && ctx.body === undefined) {
      ctx.status = 405;
      ctx.body = { error: 'invalid_request', error_description: `${ctx.method} is not supported at this endpoint` };
    }
    const { routerPath: route = 'unknown' } = ctx as { routerPath?: string };
    const answer = describeAnswer(ctx.req, route, ctx.status, performance.now() - start);
    this.logger.log({ request_id: id, ...answer, msg: 'request' });
  };

  /**
   * All that a token request changes is kept together, before its answer leaves: a code is never used up without tokens,
   * and no token is out without its audit entry. A refusal is kept too: what was replayed stays replayed.
   */
  private readonly inTransaction: Middleware = async (ctx, next) => {
    if (ctx.method !== 'POST' || (ctx.path !== engineRoutes.token && ctx.path !== engineRoutes.revocation))
      return next();
    // Whoever sends a body slowly, or never, must not hold a connection to the database meanwhile.
    await bodyArrival(ctx.req, LARGEST_FORM);
    if (ctx.req.destroyed) {
      ctx.status = 400; // which nobody reads: the caller has gone
      return;
    }
    try {
      // The body has been read by then, so that the request cannot begin again.
      const once = { retry: false };
      await this.database.transaction(async (tx) => {
        const request = ctx as unknown as KoaContextWithOIDC;
        await this.context.run({ tx }, async () => {
          await next();
          await this.journal.record(tx, request);
        });
        if (ctx.status >= 500) throw new NotKept();
      }, once);
    } catch (error) {
      if (!(error instanceof NotKept)) this.fail(ctx, 'temporarily_unavailable', 503, error);
    }
  };

  private readonly structuredTokens: Middleware = async (ctx, next) => {
    await next();
    if (ctx.method !== 'POST') return;
    const request = ctx as unknown as KoaContextWithOIDC;
    if (ctx.path === engineRoutes.introspection) await this.structured.introspect(request);
    if (ctx.path === engineRoutes.revocation) await this.structured.revoke(request);
  };

  /** The authorization endpoint is told who is signed in to our pages: its own session is worth nothing without. */
  private readonly inBrowser: Middleware = async (ctx, next) => {
    if (!ctx.path.startsWith(engineRoutes.authorization)) return next();
    const token = cookieOf(ctx.get('cookie'), sessionCookieName);
    const principal = token === undefined ? null : await this.customers.authenticate(token);
    const signedInAs = principal?.sessionId ? principal.customer.customerId : undefined;
    return this.context.run({ ...(signedInAs !== undefined && { signedInAs }) }, next);
  };

  private fail(ctx: Parameters<Middleware>[0], code: string, status: number, error: unknown): void {
    this.logger.error('A request to the engine failed.', error);
    ctx.status = status;
    ctx.set('Retry-After', '1');
    ctx.body = { error: code, error_description: 'nothing was changed; try again' };
  }
}
