import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Config } from '../config/config.js';
import { RateLimitedError } from '../errors.js';
import { limitKey, type RouteLimit } from './rate-limit.js';
import { traitsOf } from './route.js';
import { secondsUntil, Windows } from './windows.js';

/** What one use of a limit leaves (draft-ietf-httpapi-ratelimit-headers). */
export interface LimitHeaders extends Record<string, string> {
  'ratelimit-policy': string;
  ratelimit: string;
}

interface Counted {
  readonly windows: Windows;
  readonly policy: string;
}

/** The limits of routes, counted in this process. */
@Injectable()
export class RequestLimits {
  private readonly counted = new Map<string, Counted>();

  /**
   * Spends one or more uses of a limit and answers the headers that say what is left.
   * @throws RateLimitedError
   */
  spend(limit: RouteLimit, key: string, uses = 1): LimitHeaders {
    const { windows, policy } = this.countedFor(limit);
    const now = performance.now();
    const { spent, endsAt } = windows.spend(key, uses, now);
    const seconds = secondsUntil(endsAt, now);
    const left = Math.max(0, limit.points - spent);
    const headers = { 'ratelimit-policy': policy, ratelimit: `"${limit.name}";r=${left};t=${seconds}` };
    if (spent > limit.points) throw new RateLimitedError(seconds, headers);
    return headers;
  }

  private countedFor(limit: RouteLimit): Counted {
    const known = this.counted.get(limit.name);
    if (known) return known;
    const { name, points, seconds } = limit;
    const counted = { windows: new Windows(limit), policy: `"${name}";q=${points};w=${seconds}` };
    this.counted.set(name, counted);
    return counted;
  }
}

/** Limits every route per caller, whom the access guard before it has told, and says in `RateLimit` headers what is left. */
@Injectable()
export class RequestLimitGuard implements CanActivate {
  private readonly byDefault: RouteLimit;

  constructor(
    private readonly config: Config,
    private readonly limits: RequestLimits,
  ) {
    this.byDefault = { name: 'default', points: config.REQUESTS_PER_MINUTE, seconds: 60, by: 'principal' };
  }

  canActivate(context: ExecutionContext): boolean {
    const limit = traitsOf(context.getHandler()).limit ?? this.byDefault;
    if (this.config.RATE_LIMITS && limit !== 'none') {
      const http = context.switchToHttp();
      const headers = this.limits.spend(limit, limitKey(limit, http.getRequest<FastifyRequest>()));
      void http.getResponse<FastifyReply>().headers(headers);
    }
    return true;
  }
}
