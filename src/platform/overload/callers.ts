import type { IncomingMessage } from 'node:http';

import { LRUCache } from 'lru-cache';

import type { Principal } from '../http/access.js';
import type { CallerAddress } from '../http/caller-address.js';
import type { Line } from './admission.js';

const REMEMBERED = 20_000;
/** The end of a token is of its signature, or of its secret: nobody finds another one's by chance. */
const TAIL = 24;

/**
 * Tells whose request it is before anything is verified: by a token that was let in before, else by the address. What is
 * known here lets nobody in: a token that is worth nothing any more waits in its former owner's line, to be refused there.
 */
export class Callers {
  private readonly known = new LRUCache<string, Line>({ max: REMEMBERED });

  constructor(private readonly addresses: CallerAddress) {}

  lineOf(request: IncomingMessage): Line {
    const { authorization } = request.headers;
    const known = authorization === undefined ? undefined : this.known.get(authorization.slice(-TAIL));
    return known ?? { key: this.addresses.of(request), kind: 'stranger' };
  }

  /** Remembers whose token it is that was let in. */
  learn(authorization: string, principal: Principal): void {
    if (principal.kind === 'public') return; // and so the token was not looked at
    // As a copy: a slice would keep all of the header in memory.
    const tail = Buffer.from(authorization.slice(-TAIL), 'latin1').toString('latin1');
    this.known.set(tail, lineOf(principal));
  }

  forget(authorization: string): void {
    this.known.delete(authorization.slice(-TAIL));
  }
}

function lineOf(principal: Exclude<Principal, { kind: 'public' }>): Line {
  switch (principal.kind) {
    case 'retailer':
      return { key: `retailer:${principal.retailerId}`, kind: 'retailer' };
    case 'customer': {
      const { customerId } = principal.delegation?.delegate ?? principal.customer;
      return { key: `customer:${customerId}`, kind: 'customer' };
    }
    case 'auditor':
    case 'operator':
      return { key: `staff:${principal.staffId}`, kind: 'staff' };
  }
}
