import { type ActingFor, within } from '../platform/http/access.js';
import { levels, type Preference, statedAt } from './preference.js';
import { type TimeWindow, timeWindow } from './time-window.js';

/** A preference with everything worked out that does not depend on the question. */
export interface Prepared {
  readonly preference: Preference;
  /** How far it precedes others: by level first, then by the number of its predicates. */
  readonly specificity: number;
  readonly statedAt: number;
  /** When it holds, in milliseconds: from, inclusive, to until, exclusive. */
  readonly from: number;
  readonly until: number;
  readonly window: TimeWindow | null;
}

/** The preferences of one category, opened, parsed and ready to be resolved. Immutable, so that it can be cached. */
export interface PreparedDocument {
  readonly category: string;
  /** 0 when nothing was ever recorded in the category. */
  readonly version: number;
  readonly preferences: readonly Preference[];
  readonly byAttribute: ReadonlyMap<string, readonly Prepared[]>;
}

export function prepareDocument(
  category: string,
  version: number,
  preferences: readonly Preference[],
): PreparedDocument {
  const byAttribute = new Map<string, Prepared[]>();
  for (const preference of preferences) {
    const ofAttribute = byAttribute.get(preference.attribute);
    if (ofAttribute) ofAttribute.push(prepare(preference));
    else byAttribute.set(preference.attribute, [prepare(preference)]);
  }
  return { category, version, preferences, byAttribute };
}

/** As much of the documents as a delegation reaches: all of it where there is none. */
export function documentsWithin(
  documents: readonly PreparedDocument[],
  delegation: ActingFor | undefined,
): readonly PreparedDocument[] {
  if (!delegation) return documents;
  return documents.map(({ category, version, preferences }) =>
    prepareDocument(
      category,
      version,
      within(delegation, preferences, ({ attribute }) => attribute),
    ),
  );
}

function prepare(preference: Preference): Prepared {
  const { applies_to, context, valid_from, valid_until } = preference;
  return {
    preference,
    specificity: levels.indexOf(applies_to.level) * 100 + predicates(preference),
    statedAt: Date.parse(statedAt(preference)),
    from: valid_from ? Date.parse(valid_from) : -Infinity,
    until: valid_until ? Date.parse(valid_until) : Infinity,
    window: context?.time ? timeWindow(context.time) : null,
  };
}

/** Each member of a place counts, so that a store is more specific than its country. */
function predicates({ context = {} }: Preference): number {
  const { place = {}, ...others } = context;
  return Object.keys(others).length + Object.keys(place).length;
}

/** From the most general to the most specific; of equally specific ones the newer later, then by id. */
export function byPrecedence(a: Prepared, b: Prepared): number {
  return (
    a.specificity - b.specificity ||
    a.statedAt - b.statedAt ||
    (a.preference.id < b.preference.id ? -1 : Number(a.preference.id > b.preference.id))
  );
}
