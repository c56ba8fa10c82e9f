import type { IncomingMessage } from 'node:http';

import proxyAddress from '@fastify/proxy-addr';
import { Injectable } from '@nestjs/common';
import type { Middleware } from 'koa';

import { Config } from '../platform/config/config.js';
import { RateLimitedError } from '../platform/errors.js';
import { addressKey, type RouteLimit } from '../platform/http/rate-limit.js';
import { RequestLimits } from '../platform/http/request-limits.js';

/**
 * Limits what one address may ask of the endpoints that clients call themselves. It counts before the client is
 * authenticated, since that is what costs.
 */
@Injectable()
export class EngineLimit {
  private readonly limit: RouteLimit;
  private readonly isProxy: (address: string, hop: number) => boolean;

  constructor(
    private readonly config: Config,
    private readonly limits: RequestLimits,
  ) {
    this.limit = { name: 'oauth', points: config.REQUESTS_PER_MINUTE, seconds: 60, by: 'ip' };
    this.isProxy = config.TRUST_PROXY === 'off' ? () => false : proxyAddress.compile(config.TRUST_PROXY.split(','));
  }

  readonly middleware: Middleware = async (ctx, next) => {
    if (this.config.RATE_LIMITS && ctx.method === 'POST') {
      try {
        ctx.set(await this.limits.spend(this.limit, this.keyOf(ctx.req)));
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

  private keyOf(request: IncomingMessage): string {
    return addressKey(proxyAddress(request, this.isProxy));
  }
}
