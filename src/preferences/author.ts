import { type Actor, actorOf, type CustomerPrincipal } from '../platform/http/access.js';
import type { Provenance } from './preference.js';

/** Who states something, and on what ground. */
export interface Author {
  readonly actor: Actor;
  readonly provenance: Pick<Provenance, 'kind' | 'source'>;
  /** Whether the customer has confirmed already what is imported: it then holds at once. */
  readonly confirmed?: true;
}

/** Whoever calls states it, in person or by a program of theirs. */
export function statedBy(principal: CustomerPrincipal): Author {
  return { actor: actorOf(principal), provenance: { kind: 'stated', source: 'customer' } };
}
