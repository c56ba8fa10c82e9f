import type { Preference } from './preference.js';
import { nextVersion } from './statement.js';

const A_DAY_MS = 86_400_000;

/** Whether the customer wanted to be asked by now whether it is still right. */
export function isDue({ review_after }: Pick<Preference, 'review_after'>, now: Date): boolean {
  return review_after !== undefined && new Date(review_after) <= now;
}

/**
 * The preference after its customer has said that it is right; the very same when that changes nothing.
 *
 * @param reviewAfter When to ask again. Left out, after as long as from its last change to the last date, but at least
 * a day; never, if there was no date.
 */
export function confirmed(preference: Preference, now: Date, reviewAfter?: string): Preference {
  const review_after = reviewAfter ?? putOff(preference, now);
  if (preference.status === 'active' && review_after === preference.review_after) return preference;
  return nextVersion(preference, now, { status: 'active', review_after });
}

function putOff({ review_after, updated_at }: Preference, now: Date): string | undefined {
  if (review_after === undefined) return undefined;
  const span = Date.parse(review_after) - Date.parse(updated_at);
  return new Date(now.getTime() + Math.max(span, A_DAY_MS)).toISOString();
}
