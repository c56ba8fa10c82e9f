/**
 * How few customers are too few, and by how much counts are rounded down. That both are the same makes it safe to
 * subtract: a published count `c` stands for `c` to `c + 19`, and all are multiples of 20, so that no sum of some less
 * a sum of others can be known to lie between 1 and 19. Nothing that is published tells of a group that is there and
 * too small, however the groups overlap.
 */
export const FEWEST_CUSTOMERS = 20;

/** Codes of retailers begin with a letter or a digit, so that these two are none. */
export const UNSTATED = '-';
/** Whatever is not listed by itself, taken together. */
export const REST = '*';

/** The largest so many are listed, of a dimension's values and of the details of each. */
export const MOST_CELLS = 500;

/** What is counted. `detail` is null for the whole of a value. */
export interface Cell {
  readonly dimension: string;
  readonly value: string;
  readonly detail: string | null;
  readonly customers: number;
}

/**
 * What may be published of the distinct customers behind each value and each of its details. The values of a dimension
 * cover everything that it is about, as do the details of a value: what is missing counts as `-`, and `*` has the
 * distinct customers behind all that are too few.
 *
 * What is left out next to something listed must not be too few by itself: then the smallest of the others is left out,
 * too. Of a value that is not listed no detail is, either.
 */
export function releasable(counted: readonly Cell[]): Cell[] {
  const siblings = new Map<string, Cell[]>();
  for (const cell of counted) {
    const parent = JSON.stringify([cell.dimension, cell.detail === null ? null : cell.value]);
    siblings.set(parent, [...(siblings.get(parent) ?? []), cell]);
  }
  const dimensions = [...new Set(counted.map(({ dimension }) => dimension))].toSorted();
  return dimensions.flatMap((dimension) =>
    listed(siblings.get(JSON.stringify([dimension, null])) ?? []).flatMap((whole) => [
      whole,
      ...listed(siblings.get(JSON.stringify([dimension, whole.value])) ?? []),
    ]),
  );
}

/** Those of one parent that are published, in the order of their codes: any other would tell more than the counts. */
function listed(cells: readonly Cell[]): Cell[] {
  const rest = cells.find((cell) => codeOf(cell) === REST);
  const large = cells
    .filter((cell) => cell !== rest && cell.customers >= FEWEST_CUSTOMERS)
    .toSorted((a, b) => b.customers - a.customers || inOrder(a, b));
  const kept = large.slice(0, MOST_CELLS);
  if (rest && rest.customers >= FEWEST_CUSTOMERS) kept.push(rest);
  else if (rest && rest.customers > 0 && kept.length === large.length) kept.pop();
  return kept.toSorted(inOrder).map((cell) => ({ ...cell, customers: roundedDown(cell.customers) }));
}

function roundedDown(customers: number): number {
  return customers - (customers % FEWEST_CUSTOMERS);
}

function codeOf({ value, detail }: Cell): string {
  return detail ?? value;
}

function inOrder(a: Cell, b: Cell): number {
  return codeOf(a) < codeOf(b) ? -1 : 1;
}
