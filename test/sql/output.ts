import { type Bound, least } from './scope.js';
import { words } from './tree.js';

/** The columns of a query's result: by name, and in order as far as no star stands before. */
export interface Output {
  readonly names: ReadonlyMap<string, Bound>;
  readonly places: readonly Bound[];
  /** Of a star over a function: all columns that are not named. */
  readonly others: Bound;
}

export const nothing: Output = { names: new Map(), places: [], others: 'any' };

/** Under the names that an alias gives its columns. */
export function renamed({ names, places, others }: Output, aliases: readonly unknown[]): Output {
  const given = words(aliases).map((name, at) => [name, places[at] ?? others] as const);
  return { names: new Map([...names, ...given]), places, others };
}

/** What holds of both arms of a union. Where one begins with a star, the other one says how many columns there are. */
export function united([first = nothing, second = nothing]: readonly Output[]): Output {
  const longer = first.places.length > second.places.length ? first : second;
  const places = longer.places.map((_, at) =>
    least([first.places[at] ?? first.others, second.places[at] ?? second.others, 'some']),
  );
  const names = Array.from(first.names, ([name, bound], at) => [name, places[at] ?? bound] as const);
  return { names: new Map(names), places, others: least([first.others, second.others]) };
}

/** What a list of rows is bound to. */
export function valued(rows: readonly (readonly Bound[])[]): Output {
  const several: Bound = rows.length > 1 ? 'some' : 'one';
  const places = (rows[0] ?? []).map((_, at) => least([...rows.map((row) => row[at] ?? 'any'), several]));
  return { names: new Map(places.map((bound, at) => [`column${at + 1}`, bound])), places, others: 'any' };
}
