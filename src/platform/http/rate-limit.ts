import { isIPv6 } from 'node:net';

import type { FastifyRequest } from 'fastify';

import type { Principal } from './access.js';
import { routeTraits } from './route.js';

export interface Limit {
  readonly points: number;
  readonly seconds: number;
}

export interface RouteLimit extends Limit {
  readonly name: string;
  /** `principal` falls back to the address where nobody is signed in. */
  readonly by: 'ip' | 'principal';
}

/** A limit of a route's own, counted per process and so approximate with several. */
export const RateLimit = (name: string, limit: Limit & Pick<RouteLimit, 'by'>): MethodDecorator =>
  routeTraits({ limit: { name, ...limit } });

/** For what balancers and monitors ask all the time. */
export const Unlimited = (): MethodDecorator => routeTraits({ limit: 'none' });

/** By what a request is counted against a limit. */
export function limitKey({ by }: RouteLimit, { principal, ip }: FastifyRequest): string {
  return by === 'ip' || !principal || principal.kind === 'public' ? addressKey(ip) : callerKey(principal);
}

/** One name for a signed-in caller, whatever token they use, and for whom they act. */
export function callerKey(principal: Exclude<Principal, { kind: 'public' }>): string {
  switch (principal.kind) {
    case 'customer':
      return principal.delegation
        ? `customer:${principal.delegation.delegate.customerId} by delegation:${principal.delegation.id}`
        : `customer:${principal.customer.customerId}`;
    case 'retailer':
      return `client:${principal.clientId}`;
    case 'auditor':
    case 'operator':
      return `staff:${principal.staffId}`;
  }
}

/** The address as far as it tells callers apart: whoever has one IPv6 address has its whole /64. */
export function addressKey(ip: string): string {
  if (ip.startsWith('::ffff:')) return ip.slice('::ffff:'.length);
  if (!isIPv6(ip)) return ip;
  const [head = '', tail = ''] = ip.split('::');
  const groups = head.split(':').filter(Boolean);
  const rest = tail.split(':').filter(Boolean);
  const filled = ip.includes('::')
    ? [...groups, ...Array<string>(8 - groups.length - rest.length).fill('0'), ...rest]
    : groups;
  return `${filled.slice(0, 4).join(':')}::/64`;
}
