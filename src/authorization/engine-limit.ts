import { Injectable } from '@nestjs/common';
import type { Middleware } from 'koa';

import { Config } from '../platform/config/config.js';
import { RateLimitedError } from '../platform/errors.js';
import type { RouteLimit } from '../platform/http/rate-limit.js';
import { CallerAddress } from '../platform/http/caller-address.js';
import { RequestLimits } from '../platform/http/request-limits.js';
import { isPublished } from './engine-routes.js';

/**
 * Limits what one address may ask of the engine, apart from what it publishes. It counts before the client is
 * authenticated, since that is what costs.
 */
@Injectable()
export class EngineLimit {
  private readonly limit: RouteLimit;

  constructor(
    private readonly config: Config,
    private readonly limits: RequestLimits,
    private readonly addresses: CallerAddress,
  ) {
    this.limit = { name: 'oauth', points: config.REQUESTS_PER_MINUTE, seconds: 60, by: 'ip' };
  }

  readonly middleware: Middleware = async (ctx, next) => {
    if (this.config.RATE_LIMITS && !isPublished(ctx.path)) {
      try {
        ctx.set(this.limits.spend(this.limit, this.addresses.of(ctx.req)));
      } catch (error) {
        if (!(error instanceof RateLimitedError)) throw error;
        ctx.set({ ...error.headers });
        ctx.status = 429;
        ctx.body = { error: 'temporarily_unavailable', error_description: error.message };
        return;
      }
    }
    await next();
  };
}
