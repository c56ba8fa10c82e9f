import { type FieldError } from '../platform/errors.js';
import { canonicalJson, type JsonObject } from '../platform/json.js';
import type { Author } from '../preferences/author.js';
import { identityOf, type Statement } from '../preferences/draft.js';
import { type Origin, type Preference, statedAt } from '../preferences/preference.js';
import type { Profile } from '../preferences/profile.js';
import type { Changed } from '../preferences/profiles.js';
import { nextVersion, stated } from '../preferences/statement.js';
import type { RetailerReference } from './statements.js';

export const conflictPolicies = ['keep', 'replace', 'newer'] as const;
/** What becomes of a preference that states something else about the same: it stays, it goes, or the newer one holds. */
export type ConflictPolicy = (typeof conflictPolicies)[number];

export const outcomes = ['added', 'same', 'conflicting', 'invalid', 'unknown_retailer'] as const;
export type Outcome = (typeof outcomes)[number];

/** Where something stands in a file: which one it is and, in a table, on which line. */
export interface PlaceInFile {
  readonly number: number;
  readonly line?: number;
}

/** One thing that a file states, judged by itself. */
export type Candidate = PlaceInFile &
  (
    | { readonly statement: Statement }
    | { readonly invalid: readonly FieldError[] }
    | { readonly unknownRetailer: RetailerReference }
  );

/** What became of one thing that a file states. */
export interface ImportItem extends PlaceInFile {
  readonly outcome: Outcome;
  /** Of a conflicting one: which of the two is to hold. */
  readonly resolution?: 'keep' | 'replace';
  /** Whether it waits for the customer, or what they decided; null where there is nothing to decide. */
  readonly state: 'pending' | 'confirmed' | 'discarded' | null;
  readonly statement?: Statement;
  /** The pending preference; of what is stated already, the one that states it. */
  readonly preference_id?: string;
  /** The version of that preference which it would replace. */
  readonly replaces?: number;
  readonly retailer?: RetailerReference;
  readonly errors?: readonly FieldError[];
}

/** How many items there are of each outcome. */
export type Counts = Readonly<Record<Outcome, number>>;

export function countsOf(items: readonly ImportItem[]): Counts {
  const counts: Record<Outcome, number> = { added: 0, same: 0, conflicting: 0, invalid: 0, unknown_retailer: 0 };
  for (const { outcome } of items) counts[outcome] += 1;
  return counts;
}

/** What is kept of an item once nothing waits any more: what became of it, and no second copy of what it states. */
export function reportOf(item: ImportItem): ImportItem {
  const { statement: _, replaces: __, ...report } = item;
  return report;
}

export interface Plan {
  readonly items: readonly ImportItem[];
  readonly changes: readonly Changed[];
}

interface Planning {
  readonly conflicts: ConflictPolicy;
  readonly author: Author;
  readonly at: Date;
  readonly newId: () => string;
}

/**
 * Takes into the profile what is new in a file, as pending preferences, in the order of the file, and says of all
 * else what is to become of it. What would replace a preference leaves that one alone until it is confirmed.
 */
export function planImport(
  profile: Profile,
  candidates: readonly Candidate[],
  { conflicts, author, at, newId }: Planning,
): Plan {
  const items: ImportItem[] = [];
  const changes: Changed[] = [];
  const seen = new Map<string, PlaceInFile & { statement: Statement }>();
  for (const candidate of candidates) {
    const place = placeOf(candidate);
    if ('invalid' in candidate) {
      items.push({ ...place, outcome: 'invalid', state: null, errors: candidate.invalid });
      continue;
    }
    if ('unknownRetailer' in candidate) {
      items.push({ ...place, outcome: 'unknown_retailer', state: null, retailer: candidate.unknownRetailer });
      continue;
    }
    const { statement } = candidate;
    const identity = identityOf(statement);
    const earlier = seen.get(identity);
    if (earlier) {
      items.push(repeated(candidate, earlier));
      continue;
    }
    seen.set(identity, candidate);

    const held = profile.stating(statement);
    if (!held) {
      const preference = stated(statement, { id: newId() }, author, at);
      profile.put(preference);
      changes.push({ change: 'recorded', preference });
      items.push({ ...place, outcome: 'added', state: 'pending', statement, preference_id: preference.id });
    } else if (saysTheSame(held, statement)) {
      items.push({ ...place, outcome: 'same', state: null, statement, preference_id: held.id });
    } else {
      const resolution = settle(conflicts, held, statement.original, at);
      items.push({
        ...place,
        outcome: 'conflicting',
        resolution,
        state: resolution === 'replace' ? 'pending' : null,
        statement,
        preference_id: held.id,
        ...(resolution === 'replace' && { replaces: held.version }),
      });
    }
  }
  return { items, changes };
}

function placeOf({ number, line }: PlaceInFile): PlaceInFile {
  return line === undefined ? { number } : { number, line };
}

function repeated(
  candidate: PlaceInFile & { statement: Statement },
  earlier: PlaceInFile & { statement: Statement },
): ImportItem {
  const place = placeOf(candidate);
  const { statement } = candidate;
  if (contentOf(statement) === contentOf(earlier.statement))
    return { ...place, outcome: 'same', state: null, statement };
  const first = earlier.line === undefined ? `item ${earlier.number}` : `line ${earlier.line}`;
  const detail = `says something else about the same as ${first}, which comes first`;
  return { ...place, outcome: 'invalid', state: null, statement, errors: [{ pointer: '', detail }] };
}

function settle(policy: ConflictPolicy, held: Preference, original: Origin | undefined, now: Date): 'keep' | 'replace' {
  if (policy !== 'newer') return policy;
  // What has no time of its own is as old as the file, of which nobody knows when it was made.
  const imported = Date.parse(original?.at ?? now.toISOString());
  return imported > Date.parse(statedAt(held)) ? 'replace' : 'keep';
}

function saysTheSame(held: Preference, statement: Statement): boolean {
  return contentOf(held) === contentOf(statement);
}

/** What two statements with the same identity may differ in. */
function contentOf({
  value,
  strength,
  weight,
  override,
  valid_from,
  valid_until,
  review_after,
}: SayingSomething): string {
  const content = { value, strength, weight, override, valid_from, valid_until, review_after };
  return canonicalJson(JSON.parse(JSON.stringify(content)) as JsonObject);
}

type SayingSomething = Pick<
  Statement,
  'value' | 'strength' | 'weight' | 'override' | 'valid_from' | 'valid_until' | 'review_after'
>;

/** An item that can no longer hold. */
export interface OutdatedItem {
  readonly number: number;
  readonly because: 'replaced_has_changed' | 'vocabulary_has_changed';
}

export interface Settlement {
  readonly items: readonly ImportItem[];
  readonly changes: readonly Changed[];
  /** Those whose time has passed, and why. */
  readonly outdated: readonly OutdatedItem[];
}

interface Confirming {
  readonly chosen: (item: ImportItem) => boolean;
  /** Whether the vocabulary of now has a place for it: it may have been tightened since the file was read. */
  readonly canHold: (statement: Pick<Statement, 'attribute' | 'value' | 'strength'>) => boolean;
  readonly author: Author;
  readonly at: Date;
}

/** Lets the chosen items hold. One whose preference the customer has dealt with meanwhile is left as they left it. */
export function confirmItems(
  profile: Profile,
  items: readonly ImportItem[],
  { chosen, canHold, author, at }: Confirming,
): Settlement {
  const changes: Changed[] = [];
  const outdated: OutdatedItem[] = [];
  const settled = items.map((item) => {
    if (item.state !== 'pending' || !chosen(item)) return item;
    const held = profile.find(item.preference_id!);
    if (item.replaces === undefined) {
      if (held?.status === 'pending' && canHold(held)) {
        const preference = nextVersion(held, at, { status: 'active' });
        profile.put(preference);
        changes.push({ change: 'confirmed', preference });
      } else if (held?.status === 'pending') {
        outdated.push({ number: item.number, because: 'vocabulary_has_changed' });
      }
    } else if (!canHold(item.statement!)) {
      outdated.push({ number: item.number, because: 'vocabulary_has_changed' });
    } else if (held?.version === item.replaces) {
      const preference = stated(item.statement!, held, { ...author, confirmed: true }, at);
      profile.put(preference);
      changes.push({ change: 'revised', preference });
    } else outdated.push({ number: item.number, because: 'replaced_has_changed' });
    return { ...item, state: 'confirmed' as const };
  });
  return { items: settled, changes, outdated };
}

/** Takes out of the profile what still waits. */
export function discardItems(profile: Profile, items: readonly ImportItem[], at: Date): Omit<Settlement, 'outdated'> {
  const changes: Changed[] = [];
  const settled = items.map((item) => {
    if (item.state !== 'pending') return item;
    const held = profile.find(item.preference_id!);
    if (item.replaces === undefined && held?.status === 'pending') {
      profile.remove(held.id);
      changes.push({ change: 'removed', preference: nextVersion(held, at) });
    }
    return { ...item, state: 'discarded' as const };
  });
  return { items: settled, changes };
}
