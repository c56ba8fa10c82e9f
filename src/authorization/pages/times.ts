import type { Language } from '../../consents/phrases.js';
import { type Html, html } from '../../platform/http/html.js';

const locales: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' };

/** A day in words: “22 November 2026”. Days are those of UTC. */
export function dayWords(at: Date, language: Language): string {
  return at.toLocaleDateString(locales[language], { dateStyle: 'long', timeZone: 'UTC' });
}

/** A day on a page. */
export function dayOf(at: Date, language: Language): Html {
  return html`<time datetime="${at.toISOString()}">${dayWords(at, language)}</time>`;
}

/** A moment on a page: “22 November 2026, 14:05 UTC”. */
export function momentOf(at: Date, language: Language): Html {
  const time = at.toLocaleTimeString(locales[language], { timeStyle: 'short', timeZone: 'UTC' });
  return html`<time datetime="${at.toISOString()}">${dayWords(at, language)}, ${time} UTC</time>`;
}
