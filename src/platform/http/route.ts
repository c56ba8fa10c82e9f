import type { FastifyContextConfig } from 'fastify';

import type { AccessRule } from './access.js';
import type { RouteLimit } from './rate-limit.js';

/** What the decorators of a route say about it. Fastify carries it on the route, so that hooks know it, too. */
export interface RouteTraits {
  access?: AccessRule;
  /** Whoever acts for a customer may call it, too. */
  delegable?: boolean;
  /** The retailer's and client's status is checked by the route's own statement. */
  checksClient?: boolean;
  /** The DPoP proof is recorded by the route itself. */
  recordsProof?: boolean;
  /** What a member of staff does by it is recorded by the route itself, in more words. */
  recordsAct?: boolean;
  /** The most bytes a body may have. */
  bodyLimit?: number;
  /** The content types that a body may have. */
  consumes?: readonly string[];
  limit?: RouteLimit | 'none';
  /** What it takes of what may be under way at once; 1 unless it says so. */
  weight?: number;
  /** What it takes of that in truth, by its body, which is read by then. */
  weightOf?: (body: unknown) => number;
  idempotent?: boolean;
}

declare module 'fastify' {
  interface FastifyContextConfig extends RouteTraits {}
}

// Where Nest's Fastify adapter looks for the `config` of a route. Its own decorator replaces what another one set.
const ROUTE_CONFIG = '__fastify_route_config__';

/** A decorator that adds to what is said about a route. */
export function routeTraits(traits: RouteTraits): MethodDecorator {
  return (_target, _property, descriptor) => {
    const handler = descriptor.value as object;
    Reflect.defineMetadata(ROUTE_CONFIG, { ...traitsOf(handler), ...traits }, handler);
  };
}

/** What is said about the route of a controller's method. */
export function traitsOf(handler: object): Readonly<RouteTraits> {
  return (Reflect.getMetadata(ROUTE_CONFIG, handler) as FastifyContextConfig | undefined) ?? {};
}

/** Takes bodies up to so many bytes; 1 MiB where a route says nothing. */
export const BodyLimit = (bytes: number): MethodDecorator => routeTraits({ bodyLimit: bytes });

/** Takes bodies of these content types; `application/json` where a route says nothing. */
export const Consumes = (...contentTypes: string[]): MethodDecorator => routeTraits({ consumes: contentTypes });

export const JSON_BODY: readonly string[] = ['application/json'];
export const FORM_BODY = 'application/x-www-form-urlencoded';
/** A piece of something larger, as bytes (draft-ietf-httpbis-resumable-upload). */
export const PARTIAL_UPLOAD = 'application/partial-upload';
export const LARGEST_BODY = 1_048_576;
