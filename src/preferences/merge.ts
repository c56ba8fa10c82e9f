import type { JsonValue } from '../platform/json.js';
import type { FieldMerge, Merge, Strength } from '../vocabulary/attribute.js';
import type { Preference } from './preference.js';
import type { Prepared } from './prepared.js';
import { type Verdict, verdict } from './verdict.js';

/** What several preferences about the same thing come to. */
export interface Merged {
  readonly value: JsonValue;
  readonly strength: Strength;
  readonly weight?: number;
  /** The preferences that it rests on, from the most general to the most specific. */
  readonly sources: readonly Prepared[];
  readonly verdicts: readonly Verdict[];
}

type Candidates = readonly [Prepared, ...Prepared[]];

/** A never outlasts a must; of want and avoid neither is harder, so that the more specific decides. */
const hardness: Readonly<Record<Strength, number>> = { want: 1, avoid: 1, must: 2, never: 3 };

/**
 * Makes one of the candidates that apply to one attribute and key, as the vocabulary declares for the attribute.
 *
 * @param candidates In order of precedence, the most general first.
 */
export function merge(rule: Merge, candidates: Candidates): Merged {
  if (candidates.length === 1) return held(candidates[0], [verdict(candidates[0], 'won', 'only')]);
  if (rule === 'replace') return replace(candidates);
  if (rule === 'union') return keepHardest(candidates);
  return candidates.every(hasFields) ? combineFields(rule, candidates) : replace(candidates);
}

function replace(candidates: Candidates): Merged {
  const winner = candidates.at(-1)!;
  const runnerUp = candidates.at(-2)!;
  const reason = runnerUp.specificity === winner.specificity ? 'newest' : 'most_specific';
  return held(winner, [
    ...candidates.slice(0, -1).map((loser) => beaten(loser, winner)),
    verdict(winner, 'won', reason),
  ]);
}

/** The more specific holds, unless it is softer and was not told to override. */
function keepHardest([first, ...rest]: Candidates): Merged {
  const verdicts: Verdict[] = [];
  let holder = first;
  let won: 'most_specific' | 'newest' | 'hardest' | 'overrides' = 'hardest';
  for (const next of rest) {
    const softer = hardness[next.preference.strength] < hardness[holder.preference.strength];
    if (softer && !next.preference.override) {
      verdicts.push(verdict(next, 'lost', 'softer', holder));
      won = 'hardest';
    } else {
      verdicts.push(softer ? verdict(holder, 'lost', 'overridden', next) : beaten(holder, next));
      won = softer ? 'overrides' : next.specificity === holder.specificity ? 'newest' : 'most_specific';
      holder = next;
    }
  }
  return held(holder, [...verdicts, verdict(holder, 'won', won)]);
}

/** Field by field the strictest holds. An override puts its own fields in place of what was said before. */
function combineFields(rule: Readonly<Record<string, FieldMerge>>, candidates: Candidates): Merged {
  const fields = new Map<string, { value: JsonValue; sources: readonly Prepared[] }>();
  for (const candidate of candidates) {
    for (const [name, value] of Object.entries(candidate.preference.value as object) as [string, JsonValue][]) {
      const before = fields.get(name);
      const how = rule[name];
      if (!before || !how || candidate.preference.override) fields.set(name, { value, sources: [candidate] });
      else fields.set(name, { value: strictest(how, before.value, value), sources: [...before.sources, candidate] });
    }
  }

  const contributing = new Set([...fields.values()].flatMap(({ sources }) => sources));
  const sources = candidates.filter((candidate) => contributing.has(candidate));
  const hardest = sources.reduce((a, b) =>
    hardness[b.preference.strength] >= hardness[a.preference.strength] ? b : a,
  );
  const lastOverride = candidates.findLast(({ preference }) => preference.override);
  const verdicts = candidates.map((candidate) => {
    if (!contributing.has(candidate)) return verdict(candidate, 'lost', 'overridden', lastOverride);
    return sources.length === 1 ? verdict(candidate, 'won', 'overrides') : verdict(candidate, 'combined', 'combined');
  });
  const value = Object.fromEntries([...fields].map(([name, field]) => [name, field.value]));
  return { value, ...strengthOf(hardest.preference), sources, verdicts };
}

/** The stricter of two values of a field. Values of other types than the operator's leave the later one. */
function strictest(how: FieldMerge, earlier: JsonValue, later: JsonValue): JsonValue {
  if (how === 'and' && typeof earlier === 'boolean' && typeof later === 'boolean') return earlier && later;
  if (typeof earlier === 'number' && typeof later === 'number') {
    if (how === 'min') return Math.min(earlier, later);
    if (how === 'max') return Math.max(earlier, later);
  }
  if (Array.isArray(earlier) && Array.isArray(later)) {
    if (how === 'intersect') return earlier.filter((member) => later.includes(member));
    if (how === 'union') return [...new Set([...earlier, ...later])];
  }
  return later;
}

function held(holder: Prepared, verdicts: readonly Verdict[]): Merged {
  return { value: holder.preference.value, ...strengthOf(holder.preference), sources: [holder], verdicts };
}

function beaten(loser: Prepared, winner: Prepared): Verdict {
  return verdict(loser, 'lost', loser.specificity === winner.specificity ? 'older' : 'less_specific', winner);
}

function strengthOf({ strength, weight }: Preference): Pick<Merged, 'strength' | 'weight'> {
  return weight === undefined ? { strength } : { strength, weight };
}

function hasFields({ preference: { value } }: Prepared): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}
