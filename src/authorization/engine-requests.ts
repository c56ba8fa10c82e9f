import { Injectable, Logger } from '@nestjs/common';
import type { Middleware } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';

import { Config } from '../platform/config/config.js';
import { SigningKeys } from '../platform/crypto/signing-keys.js';
import { Database } from '../platform/database/database.js';
import { describeAnswer } from '../platform/http/logging.js';
import { requestId } from '../platform/http/request-id.js';
import { RequestWatch } from '../platform/http/request-watch.js';
import { EngineAnswers } from './engine-answers.js';
import { engineRoutes, isForPeople, isPublished } from './engine-routes.js';
import { EngineContext } from './engine-context.js';
import { EngineLimit } from './engine-limit.js';
import { BrowserSessions } from './pages/browser-sessions.js';
import { responseModes } from './request-parameters.js';
import { StructuredTokens } from './structured-tokens.js';
import { TokenJournal } from './token-journal.js';

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
    private readonly sessions: BrowserSessions,
    private readonly journal: TokenJournal,
    private readonly structured: StructuredTokens,
    private readonly answers: EngineAnswers,
    private readonly keys: SigningKeys,
    private readonly watch: RequestWatch,
  ) {}

  /** From the outermost to the innermost. */
  middleware(): Middleware[] {
    return [
      this.answered,
      this.limit.middleware,
      this.published,
      this.structuredTokens,
      this.inTransaction,
      this.completed,
      this.filledIn,
      this.inBrowser,
    ];
  }

  private readonly answered: Middleware = async (ctx, next) => {
    const start = performance.now();
    const id = requestId(ctx.req);
    ctx.set({
      'X-Request-Id': id,
      'Cache-Control': 'no-store',
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
    const ms = performance.now() - start;
    this.logger.log({ request_id: id, ...describeAnswer(ctx.req, route, ctx.status, ms), msg: 'request' });
    this.watch.answered(ctx.req, route, ctx.status);
  };

  /** What the engine does not know: there are keys of receipts, too, and it answers clients in the query only. */
  private readonly published: Middleware = async (ctx, next) => {
    await next();
    if (!isPublished(ctx.path) || ctx.status !== 200) return;
    if (ctx.path === engineRoutes.jwks) ctx.body = { keys: this.keys.publishedKeys() };
    else Object.assign(ctx.body as object, { response_modes_supported: responseModes });
  };

  /**
   * All that a token request changes is kept together, before its answer leaves: a code is never used up without tokens,
   * and no token is out without its audit entry. A refusal is kept too: what was replayed stays replayed.
   */
  private readonly inTransaction: Middleware = async (ctx, next) => {
    if (ctx.method !== 'POST' || (ctx.path !== engineRoutes.token && ctx.path !== engineRoutes.revocation))
      return next();
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

  private readonly completed: Middleware = async (ctx, next) => {
    await next();
    await this.answers.complete(ctx as unknown as KoaContextWithOIDC);
  };

  /** A code in the address is filled in on the page. The engine would send it off by a script, without asking. */
  private readonly filledIn: Middleware = async (ctx, next) => {
    if (ctx.method === 'GET' && ctx.path === engineRoutes.code_verification) {
      const { user_code: userCode, ...others } = ctx.query;
      ctx.state['userCode'] = userCode;
      ctx.query = others;
    }
    await next();
  };

  /** Where people are, the engine is told who is signed in to our pages: its own session is worth nothing without. */
  private readonly inBrowser: Middleware = async (ctx, next) => {
    if (!isForPeople(ctx.path)) return next();
    const { principal } = await this.sessions.of(ctx.headers);
    return this.context.run({ signedInAs: principal?.customer.customerId ?? null }, next);
  };

  private fail(ctx: Parameters<Middleware>[0], code: string, status: number, error: unknown): void {
    this.logger.error('A request to the engine failed.', error);
    ctx.status = status;
    ctx.set('Retry-After', '1');
    ctx.body = { error: code, error_description: 'nothing was changed; try again' };
  }
}
