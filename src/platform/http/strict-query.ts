import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import type { FastifyRequest } from 'fastify';

import { InvalidRequestError } from '../errors.js';
import { operationOf } from './operation.js';

/** `RouteParamtypes.QUERY` of Nest, which keys what a method's parameters take as `<type>:<index>`. */
const QUERY = '4';

/** The query names that a documented route knows; undefined where a DTO says it. */
type KnownNames = ReadonlySet<string> | undefined;

/** Refuses unknown query parameters on routes that have no query class: a misspelt filter must not be ignored. */
@Injectable()
export class StrictQueryGuard implements CanActivate {
  private readonly known = new WeakMap<object, { names: KnownNames }>();

  canActivate(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    if (operationOf(handler)) {
      const names = this.namesOf(context.getClass(), handler);
      const query = context.switchToHttp().getRequest<FastifyRequest>().query as Record<string, unknown>;
      const unknown = names ? Object.keys(query).filter((name) => !names.has(name)) : [];
      if (unknown.length > 0) {
        throw new InvalidRequestError(
          unknown.map((name) => ({ pointer: `query/${name}`, detail: 'is not known here' })),
        );
      }
    }
    return true;
  }

  private namesOf(controller: object, handler: { name: string }): KnownNames {
    const cached = this.known.get(handler);
    if (cached) return cached.names;
    const names = queryNames(controller, handler.name);
    this.known.set(handler, { names });
    return names;
  }
}

function queryNames(controller: object, method: string): KnownNames {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Record<
    string,
    { data?: unknown }
  >;
  const queries = Object.entries(parameters).filter(([key]) => key.split(':')[0] === QUERY);
  const names = queries.map(([, { data }]) => data);
  return names.every((name) => typeof name === 'string') ? new Set(names) : undefined;
}
