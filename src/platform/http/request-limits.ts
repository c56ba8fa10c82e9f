import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Observable } from 'rxjs';

import { Config } from '../config/config.js';
import { RateLimitedError } from '../errors.js';
import { limitKey, type RouteLimit } from './rate-limit.js';
import { traitsOf } from './route.js';

/** The limits of routes, counted in this process. */
@Injectable()
export class RequestLimits {
  private readonly limiters = new Map<string, RateLimiterMemory>();

  /**
   * Spends one or more uses of a limit and answers the headers that say what is left.
   * @throws RateLimitedError
   */
  async spend(limit: RouteLimit, key: string, uses = 1): Promise<Record<string, string>> {
    try {
      return headersOf(limit, await this.limiterOf(limit).consume(key, uses));
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw new RateLimitedError(secondsOf(refused), headersOf(limit, refused));
    }
  }

  private limiterOf({ name, points, seconds: duration }: RouteLimit): RateLimiterMemory {
    const known = this.limiters.get(name);
    if (known) return known;
    const limiter = new RateLimiterMemory({ points, duration });
    this.limiters.set(name, limiter);
    return limiter;
  }
}

/** Limits every route per caller, and says in `RateLimit` headers what is left. */
@Injectable()
export class RequestLimitInterceptor implements NestInterceptor {
  private readonly byDefault: RouteLimit;

  constructor(
    private readonly config: Config,
    private readonly limits: RequestLimits,
  ) {
    this.byDefault = { name: 'default', points: config.REQUESTS_PER_MINUTE, seconds: 60, by: 'principal' };
  }

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const limit = traitsOf(context.getHandler()).limit ?? this.byDefault;
    if (this.config.RATE_LIMITS && limit !== 'none') {
      const http = context.switchToHttp();
      const headers = await this.limits.spend(limit, limitKey(limit, http.getRequest<FastifyRequest>()));
      void http.getResponse<FastifyReply>().headers(headers);
    }
    return next.handle();
  }
}

// draft-ietf-httpapi-ratelimit-headers
function headersOf({ name, points, seconds }: RouteLimit, left: RateLimiterRes): Record<string, string> {
  return {
    'ratelimit-policy': `"${name}";q=${points};w=${seconds}`,
    ratelimit: `"${name}";r=${left.remainingPoints};t=${secondsOf(left)}`,
  };
}

function secondsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000));
}
