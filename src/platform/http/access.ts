import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import type { CustomerKey } from '../customer-key.js';
import { ForbiddenError } from '../errors.js';
import { OutsideDelegationError } from './delegation.errors.js';
import { routeTraits, traitsOf } from './route.js';

/** `staff` are auditors and operators alike. */
export type Audience = 'customer' | 'retailer' | 'auditor' | 'operator' | 'staff' | 'public';

export type CustomerScope =
  | 'account'
  | 'preferences.read'
  | 'preferences.write'
  | 'consents.read'
  | 'consents.write'
  | 'interactions.read'
  | 'interactions.write'
  | 'disclosures.read';

/** What a customer may do. `account` belongs to sessions alone: no personal token ever carries it. */
export const customerScopes: readonly CustomerScope[] = [
  'account',
  'preferences.read',
  'preferences.write',
  'consents.read',
  'consents.write',
  'interactions.read',
  'interactions.write',
  'disclosures.read',
];

/** How a customer proved who they are. A recovery code sets a new password on the way. */
export const signInMethods = ['password', 'passkey', 'recovery_code'] as const;
export type SignInMethod = (typeof signInMethods)[number];

/** By what right somebody acts for a customer: what the customer gave, and not what the caller asks. */
export interface ActingFor {
  /** The id of the delegation. */
  readonly id: string;
  /** Who acts. The principal's `customer` is the one they act for. */
  readonly delegate: CustomerKey;
  /** Which state of the delegation the request was let in by. */
  readonly version: number;
  /** Whether it reaches this attribute. What it does not reach is to the delegate as if it were not there. */
  readonly covers: (attribute: string) => boolean;
  /** The special attributes that it does not name, whatever they were ever called: for queries, which cannot ask. */
  readonly hidden: readonly string[];
}

export interface CustomerPrincipal {
  readonly kind: 'customer';
  /** Whose data it is about: the caller's own, or that of whom they act for. */
  readonly customer: CustomerKey;
  /** What the token may do; of a delegate, as far as the delegation allows it, too. */
  readonly scopes: readonly string[];
  /** Present when the caller acts for somebody else. Session, token and sign-in are always the caller's own. */
  readonly delegation?: ActingFor;
  readonly sessionId?: string;
  readonly tokenId?: string;
  readonly signedInAt?: Date;
  readonly signedInWith?: SignInMethod;
}

export interface RetailerPrincipal {
  readonly kind: 'retailer';
  readonly retailerId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Present when the token belongs to a customer's consent, absent for client credentials. */
  readonly consent?: {
    readonly id: string;
    readonly customer: CustomerKey;
    readonly epoch: number;
    readonly subject: string;
  };
  /** The lines (RFC 9396) that the token is good for, when it was made for a part of the consent only. */
  readonly narrowedTo?: readonly object[];
  readonly tokenHash: string;
  /** The DPoP proof of this request. A route marked `@RecordsProof()` must record it before it answers. */
  readonly proof?: { readonly jtiHash: Buffer; readonly expiresAt: Date };
}

export interface StaffPrincipal {
  readonly kind: 'auditor' | 'operator';
  readonly staffId: string;
  readonly sessionId: string;
  readonly scopes: readonly string[];
}

export interface PublicPrincipal {
  readonly kind: 'public';
}

/** Who is calling, as the access guard established it. */
export type Principal = CustomerPrincipal | RetailerPrincipal | StaffPrincipal | PublicPrincipal;

/** Who did something, as the audit log names them. A customer has no id here: the entry's pseudonym says it. */
export interface Actor {
  readonly kind: 'customer' | 'retailer' | 'operator' | 'auditor' | 'system';
  readonly id?: string;
  readonly client?: string;
  /** The delegation by which somebody acted for the customer. */
  readonly delegation?: ActingFor;
}

declare module 'fastify' {
  interface FastifyRequest {
    principal?: Principal;
  }
}

export interface AccessRule {
  readonly audience: Audience;
  readonly scopes: readonly string[];
}

/** Says who may call a route, and with which scopes (all of them). A route that says nothing refuses everyone. */
export const Access = (audience: Audience, ...scopes: string[]): MethodDecorator =>
  routeTraits({ access: { audience, scopes } });

/**
 * Lets whoever acts for a customer (`CCX-Acting-For`) call the route of an `@Access('customer', …)`: it then sees to it
 * that nothing beyond `principal.delegation.covers` is told or changed. A route that does not say so refuses them.
 */
export const Delegable = (): MethodDecorator => routeTraits({ delegable: true });

/**
 * For retailer routes whose own SQL statement checks that retailer, client and consent are active:
 * the guard then saves its query.
 */
export const ChecksClientInStatement = (): MethodDecorator => routeTraits({ checksClient: true });

/**
 * For retailer routes that record the DPoP proof (`principal.proof`) in a commit of their own and refuse one that was
 * recorded before; everywhere else the guard has done so.
 */
export const RecordsProof = (): MethodDecorator => routeTraits({ recordsProof: true });

/**
 * For routes of staff that write an entry of their own before they answer, which says more. Every other request of
 * staff becomes an entry by itself.
 */
export const RecordsAct = (): MethodDecorator => routeTraits({ recordsAct: true });

/** Who may call the route of a controller's method: `accessRule(context.getHandler())`. */
export function accessRule(handler: object): AccessRule | undefined {
  return traitsOf(handler).access;
}

export function isDelegable(handler: object): boolean {
  return traitsOf(handler).delegable ?? false;
}

export function checksClientInStatement(handler: object): boolean {
  return traitsOf(handler).checksClient ?? false;
}

export function recordsProof(handler: object): boolean {
  return traitsOf(handler).recordsProof ?? false;
}

export function recordsAct(handler: object): boolean {
  return traitsOf(handler).recordsAct ?? false;
}

/** The actor behind a principal. */
export function actorOf(principal: Principal): Actor {
  switch (principal.kind) {
    case 'customer':
      return { kind: 'customer', ...(principal.delegation && { delegation: principal.delegation }) };
    case 'retailer':
      return { kind: 'retailer', id: principal.retailerId, client: principal.clientId };
    case 'auditor':
    case 'operator':
      return { kind: principal.kind, id: principal.staffId };
    case 'public':
      return { kind: 'system' };
  }
}

/**
 * For what the caller names: that it lies within the delegation, if there is one.
 *
 * @throws OutsideDelegationError
 */
export function assertWithin(delegation: ActingFor | undefined, attributes: readonly string[]): void {
  const outside = delegation ? attributes.filter((attribute) => !delegation.covers(attribute)) : [];
  if (outside.length > 0) throw new OutsideDelegationError([...new Set(outside)]);
}

/** For what is there: the part of it that the caller may know of. */
export function within<T>(
  delegation: ActingFor | undefined,
  items: readonly T[],
  attributeOf: (item: T) => string,
): readonly T[] {
  return delegation ? items.filter((item) => delegation.covers(attributeOf(item))) : items;
}

/** What the data of an event says about who did it, besides that it was the customer or somebody for them. */
export function actingIn({ delegation }: { readonly delegation?: { readonly id: string } }): {
  delegation_id?: string;
} {
  return delegation ? { delegation_id: delegation.id } : {};
}

function requestOf(context: ExecutionContext): FastifyRequest {
  return context.switchToHttp().getRequest<FastifyRequest>();
}

function principalOf<K extends Principal['kind']>(context: ExecutionContext, ...kinds: K[]): Principal & { kind: K } {
  const { principal } = requestOf(context);
  if (!principal || !(kinds as string[]).includes(principal.kind)) throw new ForbiddenError();
  return principal as Principal & { kind: K };
}

/** The calling customer ({@link CustomerPrincipal}). */
export const CurrentCustomer = createParamDecorator((_: unknown, context: ExecutionContext) =>
  principalOf(context, 'customer'),
);

/** The calling retailer's client ({@link RetailerPrincipal}). */
export const CurrentRetailer = createParamDecorator((_: unknown, context: ExecutionContext) =>
  principalOf(context, 'retailer'),
);

/** The calling auditor or operator ({@link StaffPrincipal}). */
export const CurrentStaff = createParamDecorator((_: unknown, context: ExecutionContext) =>
  principalOf(context, 'auditor', 'operator'),
);

/** The id under which this request is logged and which problems name as their instance. */
export const RequestId = createParamDecorator((_: unknown, context: ExecutionContext) => requestOf(context).id);
