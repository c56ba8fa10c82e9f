import type { Client } from '../../retailers/client.entity.js';
import type { Retailer } from '../../retailers/retailer.entity.js';
import type { Engine } from '../engine.js';
import type { Place } from './place.js';

export type EngineInteraction = Awaited<ReturnType<Engine['provider']['interactionDetails']>>;

/** Somebody in a browser whom a retailer has sent here, at one step of the way. */
export interface Visit extends Place {
  readonly interaction: EngineInteraction;
  readonly client: Client;
  readonly retailer: Retailer;
  readonly loginHint: string | undefined;
}

/** Whether the engine asks for a new proof of who it is, although somebody is signed in. */
export function mustSignInAgain({ interaction: { prompt } }: Visit): boolean {
  return prompt.name === 'login' && prompt.reasons.some((reason) => reason !== 'no_session');
}

/** How the request reached the customer: sent here by a client's page, or by the code that a device shows. */
export function originOf({ deviceCode }: EngineInteraction): 'par' | 'device' {
  return deviceCode === undefined ? 'par' : 'device';
}
