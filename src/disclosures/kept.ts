import type { Config } from '../platform/config/config.js';

const DAY_MS = 86_400_000;

/** The first moment of which disclosures are kept: the beginning of a day in UTC. */
export function keptSince({ DISCLOSURES_KEPT_DAYS: days }: Config, now: Date): Date {
  return new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS - days * DAY_MS);
}
