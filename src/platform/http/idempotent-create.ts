import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastValueFrom, type Observable, of } from 'rxjs';

import { InvalidRequestError } from '../errors.js';
import type { JsonValue } from '../json.js';
import { type Answer, Idempotency, type IdempotentRequest } from './idempotency.js';
import { callerKey } from './rate-limit.js';
import { routeTraits } from './route.js';

/**
 * Lets a POST that creates be repeated safely with an `Idempotency-Key`. For routes of signed-in callers whose answer
 * holds no secret, and that make their change in one transaction.
 */
export const IdempotentCreate = (): MethodDecorator =>
  applyDecorators(routeTraits({ idempotent: true }), UseInterceptors(IdempotencyInterceptor));

const visibleAscii = /^[\x21-\x7e]{1,255}$/;
const repeatedHeaders = ['etag', 'location'] as const;

@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: Idempotency) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = idempotentRequest(http.getRequest<FastifyRequest>());
    if (!request) return next.handle();

    const { answer, isRepeated } = await this.idempotency.run(request, async () =>
      answerOf(await lastValueFrom(next.handle()), reply),
    );
    if (isRepeated) void reply.status(answer.status).headers({ ...answer.headers, 'idempotency-replayed': 'true' });
    return of(answer.body);
  }
}

function idempotentRequest({ headers, method, url, body, principal }: FastifyRequest): IdempotentRequest | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || !principal || principal.kind === 'public') return undefined;
  if (typeof key !== 'string' || !visibleAscii.test(key)) {
    throw new InvalidRequestError([
      { pointer: 'header/Idempotency-Key', detail: 'must be 1 to 255 visible ASCII characters' },
    ]);
  }
  return { caller: callerKey(principal), key, method, url, body: (body ?? null) as JsonValue };
}

function answerOf(body: unknown, reply: FastifyReply): Answer {
  const headers = repeatedHeaders.flatMap((name) => {
    const value = reply.getHeader(name);
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  return { status: reply.statusCode, headers: Object.fromEntries(headers), body: (body ?? null) as JsonValue };
}
