import { canonicalJson, type JsonObject } from '../platform/json.js';
import type { Preference } from './preference.js';
import type { WrittenBy } from './written-by.js';

export const netChanges = ['added', 'changed', 'removed'] as const;

/** What became of one preference between two instants, whatever happened in between. */
export interface NetChange {
  readonly preference_id: string;
  readonly attribute: string;
  readonly change: (typeof netChanges)[number];
  /** As it was at the beginning; null when it was not there. */
  readonly was: Preference | null;
  /** As it was at the end; null when it was not there any more. */
  readonly became: Preference | null;
  /** When it changed last, and who did that. */
  readonly at: string;
  readonly by: WrittenBy;
}

/** What two states of a preference come to; null when they state the same. */
export function netChange(
  was: Preference | null,
  became: Preference | null,
  last: { readonly at: Date; readonly by: WrittenBy },
): NetChange | null {
  const either = became ?? was;
  if (!either || (was && became && statesTheSame(was, became))) return null;
  return {
    preference_id: either.id,
    attribute: either.attribute,
    change: was ? (became ? 'changed' : 'removed') : 'added',
    was,
    became,
    at: last.at.toISOString(),
    by: last.by,
  };
}

/** Whether the two differ in nothing but the count of their versions. */
function statesTheSame(a: Preference, b: Preference): boolean {
  const content = ({ version: _version, updated_at: _at, ...rest }: Preference) =>
    canonicalJson(rest as unknown as JsonObject);
  return content(a) === content(b);
}
