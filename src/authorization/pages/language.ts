import type { IncomingHttpHeaders } from 'node:http';

import Negotiator from 'negotiator';

import { type Language, languages } from '../../consents/phrases.js';
import { cookieOf } from './session-cookie.js';

/** The cookie that remembers which language somebody has switched to. */
export const LANGUAGE_COOKIE = 'ccx_language';

/**
 * The language of a page: what the person has switched to, else what the retailer's request asks for, else what the
 * browser prefers, else English.
 */
export function languageOf(headers: IncomingHttpHeaders, uiLocales?: unknown): Language {
  const chosen = asLanguage(cookieOf(headers.cookie, LANGUAGE_COOKIE));
  const asked = typeof uiLocales === 'string' ? uiLocales.split(' ').join(',') : undefined;
  return chosen ?? preferred(asked) ?? preferred(headers['accept-language']) ?? 'en';
}

export function asLanguage(value: unknown): Language | undefined {
  return languages.find((language) => language === value);
}

function preferred(header: string | undefined): Language | undefined {
  if (header === undefined) return undefined;
  const negotiator = new Negotiator({ headers: { 'accept-language': header } });
  return negotiator.language([...languages]) as Language | undefined;
}
