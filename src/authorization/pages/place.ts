import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Language } from '../../consents/phrases.js';
import type { CustomerPrincipal } from '../../platform/http/access.js';

/** Where a page stands: what all pages of one visit have in common. */
export interface Place {
  readonly language: Language;
  /** The address below which the pages and forms of this visit are. */
  readonly path: string;
  /** The address at which somebody finds this page again, in another language for example. */
  readonly address: string;
  /** The token of a form of this visit, by what the form does. */
  readonly formToken: (action: string) => string;
  /** Who is signed in to our pages, if anybody is. */
  readonly principal: CustomerPrincipal | null;
  /** Where it goes on afterwards, for a place that leads to several. */
  readonly to?: string | undefined;
}

export type SignedIn<T extends Place> = T & { readonly principal: CustomerPrincipal };

export function isSignedIn<T extends Place>(place: T): place is SignedIn<T> {
  return place.principal !== null;
}

/** What a form sent, name by name. */
export type Form = Readonly<Record<string, unknown>>;

export function textOf(form: Form, name: string): string {
  const value = form[name];
  return typeof value === 'string' ? value : '';
}

export interface ShownPage {
  readonly page: string;
  readonly status?: number;
  /** Whether it gains from a script of ours. */
  readonly scripts?: boolean;
}

/** Either a page to show or an address to go on to. */
export type PageOrAddress = ShownPage | { readonly goTo: string };

/** A request and its answer, for what has to look at the one and set cookies on the other. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}
