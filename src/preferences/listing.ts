import { decodeCursor, type Page, pageOf, type PageQuery, pageSize } from '../platform/http/paging.js';
import type { Level, Preference, Status } from './preference.js';
import { isDue } from './review.js';

export interface PreferenceFilter {
  /** An attribute or a whole category. */
  readonly attribute?: string;
  readonly level?: Level;
  readonly status?: Status;
  /** Only what was to be looked at again by now. */
  readonly onlyDue?: boolean;
}

/** One page of those that the filter lets through, the latest change first. @throws InvalidCursorError */
export function listed(
  all: readonly Preference[],
  filter: PreferenceFilter,
  query: PageQuery,
  now: Date,
): Page<Preference> {
  const after = decodeCursor(query.cursor, ['time', 'uuid']);
  const rows = all
    .filter((preference) => matches(preference, filter, now))
    .toSorted((a, b) => compareNewestFirst(keyOf(a), keyOf(b)))
    .filter((preference) => !after || compareNewestFirst(after, keyOf(preference)) < 0);
  return pageOf(rows, pageSize(query), keyOf);
}

function matches(preference: Preference, { attribute, level, status, onlyDue }: PreferenceFilter, now: Date): boolean {
  return (
    (!attribute || preference.attribute === attribute || preference.attribute.startsWith(`${attribute}.`)) &&
    (!level || preference.applies_to.level === level) &&
    (!status || preference.status === status) &&
    (!onlyDue || isDue(preference, now))
  );
}

type SortKey = readonly [updatedAt: Date, id: string];

function keyOf({ updated_at, id }: Preference): SortKey {
  return [new Date(updated_at), id];
}

function compareNewestFirst([timeA, idA]: SortKey, [timeB, idB]: SortKey): number {
  return timeB.getTime() - timeA.getTime() || (idA < idB ? 1 : Number(idA > idB) * -1);
}
