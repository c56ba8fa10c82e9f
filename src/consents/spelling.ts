import { durationMs } from './duration.js';
import type { Language } from './phrases.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const locales = { en: 'en-GB', de: 'de-DE' } as const;

/** Lifetimes are counted in days but meant in months: nobody thinks of a year as 365 days. */
const YEARS = new Set([365 * DAY, 366 * DAY]);

/** A duration as people say it, in its largest unit that leaves no rest: `P30D` is "30 days". */
export function spell(duration: string, language: Language): string {
  const ms = durationMs(duration) ?? 0;
  if (YEARS.has(ms)) return count(12, 'month', language);
  if (ms % DAY === 0) return count(ms / DAY, 'day', language);
  if (ms % HOUR === 0) return count(ms / HOUR, 'hour', language);
  if (ms % MINUTE === 0) return count(ms / MINUTE, 'minute', language);
  return count(ms / 1000, 'second', language);
}

/** A date, or the date of an instant, as people write it. */
export function spellDate(instant: string, language: Language): string {
  return new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(instant));
}

export function spellList(words: readonly string[], language: Language): string {
  return new Intl.ListFormat(locales[language], { type: 'conjunction' }).format(words);
}

function count(value: number, unit: string, language: Language): string {
  return new Intl.NumberFormat(locales[language], { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}
