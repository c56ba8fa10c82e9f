import type { Language } from '../../consents/phrases.js';
import type { CustomerPrincipal } from '../../platform/http/access.js';
import type { Client } from '../../retailers/client.entity.js';
import type { Retailer } from '../../retailers/retailer.entity.js';
import type { Engine } from '../engine.js';

export type EngineInteraction = Awaited<ReturnType<Engine['provider']['interactionDetails']>>;

/** Somebody in a browser whom a retailer has sent here, at one step of the way. */
export interface Visit {
  /** The address of this visit's pages. */
  readonly path: string;
  readonly language: Language;
  readonly interaction: EngineInteraction;
  readonly client: Client;
  readonly retailer: Retailer;
  /** Who is signed in to our pages, if anybody is. */
  readonly principal: CustomerPrincipal | null;
  readonly loginHint: string | undefined;
  /** The token of a form of this visit, by what the form does. */
  readonly formToken: (action: string) => string;
}

/** Whether the engine asks for a new proof of who it is, although somebody is signed in. */
export function mustSignInAgain({ interaction: { prompt } }: Visit): boolean {
  return prompt.name === 'login' && prompt.reasons.some((reason) => reason !== 'no_session');
}
