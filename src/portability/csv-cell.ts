import type { JsonValue } from '../platform/json.js';
import { type CsvRow, type CsvTable, folded } from './csv-table.js';

/** A column, or several names that it goes by. Case, spaces and punctuation play no part. */
export type Names = string | readonly string[];

/** What stands for a cell in the value of a rule. */
export interface CellReference {
  readonly $column: Names;
  readonly as?: 'text' | 'integer' | 'boolean';
  /** What the texts of the column mean. `null`: nothing. */
  readonly map?: Readonly<Record<string, JsonValue>>;
  /** The cell is a list, in which this stands between the parts. */
  readonly split?: string;
  /** Of a list: one statement for each part instead of a list in one. */
  readonly each?: true;
  /** Without it a line with an empty cell states nothing. */
  readonly optional?: true;
}

/** What a cell says that cannot be understood. */
export class CellFault extends Error {
  constructor(
    readonly column: string,
    message: string,
  ) {
    super(message);
  }
}

/** What a cell says; nothing when it is empty. @throws CellFault */
export function readCell(
  reference: CellReference,
  table: CsvTable,
  row: CsvRow,
  part: string | undefined,
): JsonValue | undefined {
  const text = reference.each ? (part ?? '') : table.cell(row, reference.$column);
  const column = table.nameOf(reference.$column);
  if (text === '') return undefined;
  if (reference.split === undefined || reference.each) return meaningOf(text, reference, column);
  const meanings = partsOf(text, reference.split).map((one) => meaningOf(one, reference, column));
  return meanings.filter((meaning) => meaning !== undefined);
}

/** A list in a cell. */
export function partsOf(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const YES = ['yes', 'y', 'true', '1', 'on', 'x', 'ja', 'j', 'wahr', 'opted in', 'subscribed'].map(folded);
const NO = ['no', 'n', 'false', '0', 'off', 'nein', 'falsch', 'opted out', 'unsubscribed'].map(folded);

function meaningOf(text: string, { map, as = 'text' }: CellReference, column: string): JsonValue | undefined {
  if (map) {
    const meaning = meaningsIn(map).get(folded(text));
    if (meaning === undefined) {
      throw new CellFault(column, `“${shortened(text)}” is not among the texts that the mapping knows`);
    }
    return meaning ?? undefined;
  }
  if (as === 'boolean') {
    if (YES.includes(folded(text))) return true;
    if (NO.includes(folded(text))) return false;
    throw new CellFault(column, `“${shortened(text)}” is neither yes nor no`);
  }
  if (as === 'integer') {
    if (!/^[+-]?\d{1,15}$/.test(text)) throw new CellFault(column, `“${shortened(text)}” is not a whole number`);
    return Number(text);
  }
  return text;
}

const meanings = new WeakMap<object, ReadonlyMap<string, JsonValue>>();

/** What the texts of a map mean, folded once for all cells: a table may have a hundred thousand. The first one counts. */
function meaningsIn(map: Readonly<Record<string, JsonValue>>): ReadonlyMap<string, JsonValue> {
  let known = meanings.get(map);
  if (!known) {
    known = new Map(
      Object.entries(map)
        .map(([text, meaning]) => [folded(text), meaning] as const)
        .toReversed(),
    );
    meanings.set(map, known);
  }
  return known;
}

const shortened = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
