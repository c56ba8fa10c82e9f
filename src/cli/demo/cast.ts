import type { Caller } from '../api/http-api.js';
import type { OAuthClient } from './oauth-client.js';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface Grocer {
  readonly id: string;
  readonly name: string;
  readonly client: OAuthClient;
  /** With a token of its own, for whatever needs no customer at hand. */
  readonly own: Caller;
}

export interface Customer extends Credentials {
  readonly api: Caller;
}

/** What the grocer at which Mira signed in has of her. */
export interface Connection {
  readonly consentId: string;
  readonly api: Caller;
  /** Gets a new token, or the code of the error. */
  refresh(): Promise<{ error?: string }>;
}
