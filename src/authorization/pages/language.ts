import type { IncomingHttpHeaders } from 'node:http';

import Negotiator from 'negotiator';

import { type Language, languages } from '../../consents/phrases.js';

/** The language of a page: what the retailer's request asks for, else what the browser prefers, else English. */
export function languageOf(headers: IncomingHttpHeaders, uiLocales?: unknown): Language {
  const asked = typeof uiLocales === 'string' ? uiLocales.split(' ').join(',') : undefined;
  return preferred(asked) ?? preferred(headers['accept-language']) ?? 'en';
}

function preferred(header: string | undefined): Language | undefined {
  if (header === undefined) return undefined;
  const negotiator = new Negotiator({ headers: { 'accept-language': header } });
  return negotiator.language([...languages]) as Language | undefined;
}
