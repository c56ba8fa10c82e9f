import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

import { type FieldError, InvalidRequestError } from '../platform/errors.js';
import { escapePointer, parseJson } from '../platform/http/json.js';
import type { JsonObject, JsonValue } from '../platform/json.js';
import { type Strength, strengths } from '../vocabulary/attribute.js';
import { CellFault, type CellReference, type Names, partsOf, readCell } from './csv-cell.js';
import { type CsvRow, type CsvTable, folded } from './csv-table.js';

/** How the cells of a table become statements: each rule makes one of each line, or none. */
export interface CsvMapping {
  readonly rules: readonly CsvRule[];
}

export interface CsvRule {
  readonly attribute: string;
  readonly strength: Strength;
  /** The value, in which each `{"$column": …}` stands for a cell. */
  readonly value: JsonValue;
  /** Only lines that have one of these texts there. */
  readonly when?: { readonly column: Names; readonly in: readonly string[] };
}

/** What a rule makes of a line: a value, or what is wrong with it. */
export type Mapped = { readonly rule: CsvRule } & ({ readonly value: JsonValue } | { readonly fault: FieldError });

const names = {
  oneOf: [
    { type: 'string', minLength: 1, maxLength: 100 },
    { type: 'array', minItems: 1, maxItems: 20, items: { type: 'string', minLength: 1, maxLength: 100 } },
  ],
};

const cell = {
  type: 'object',
  required: ['$column'],
  properties: {
    $column: names,
    as: { enum: ['text', 'integer', 'boolean'] },
    map: { type: 'object', maxProperties: 500 },
    split: { type: 'string', minLength: 1, maxLength: 5 },
    each: { const: true },
    optional: { const: true },
  },
  dependentRequired: { each: ['split'] },
  additionalProperties: false,
};

const mappingSchema = {
  type: 'object',
  required: ['rules'],
  properties: {
    rules: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: {
        type: 'object',
        required: ['attribute', 'strength', 'value'],
        properties: {
          attribute: { type: 'string', maxLength: 100 },
          strength: { enum: [...strengths] },
          value: {},
          when: {
            type: 'object',
            required: ['column', 'in'],
            properties: {
              column: names,
              in: { type: 'array', minItems: 1, maxItems: 100, items: { type: 'string', maxLength: 200 } },
            },
            additionalProperties: false,
          },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false });
const validMapping = ajv.compile(mappingSchema);
const validCell = ajv.compile(cell);

/** A mapping as it came in the query. @throws InvalidRequestError */
export function parseMapping(text: string): CsvMapping {
  let given: unknown;
  try {
    given = parseJson(Buffer.from(text));
  } catch {
    throw new InvalidRequestError([{ pointer: MAPPING, detail: 'is neither the name of a mapping nor JSON' }]);
  }
  const faults = faultsOf(validMapping, given, MAPPING);
  if (faults.length > 0) throw new InvalidRequestError(faults);
  const mapping = given as CsvMapping;
  const inCells = mapping.rules.flatMap(({ value }, index) => cellFaults(value, `${MAPPING}/rules/${index}/value`));
  if (inCells.length > 0) throw new InvalidRequestError(inCells);
  return mapping;
}

function cellFaults(template: JsonValue, pointer: string): FieldError[] {
  if (isCell(template)) return faultsOf(validCell, template, pointer);
  if (template === null || typeof template !== 'object') return [];
  return Object.entries(template).flatMap(([name, part]) => cellFaults(part, `${pointer}/${escapePointer(name)}`));
}

function faultsOf(validate: ValidateFunction, value: unknown, pointer: string): FieldError[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message = 'is not valid' }) => ({
    pointer: pointer + instancePath,
    detail: message,
  }));
}

const MAPPING = 'query/mapping';

/**
 * Which columns of the table a mapping speaks of.
 *
 * @throws InvalidRequestError when there are none: then it is a mapping for another table
 */
export function usedColumns(mapping: CsvMapping, table: CsvTable): ReadonlySet<number> {
  const used = new Set(mapping.rules.flatMap((rule) => columnsOf(rule).map((column) => table.column(column))));
  used.delete(undefined);
  if (used.size > 0) return used as ReadonlySet<number>;
  const detail = `speaks of none of the columns of the table: ${table.header.join(', ').slice(0, 500)}`;
  throw new InvalidRequestError([{ pointer: MAPPING, detail }]);
}

function columnsOf({ value, when }: CsvRule): Names[] {
  return [...cellsOf(value).map(({ $column }) => $column), ...(when ? [when.column] : [])];
}

function cellsOf(template: JsonValue): CellReference[] {
  if (isCell(template)) return [template];
  return template !== null && typeof template === 'object' ? Object.values(template).flatMap(cellsOf) : [];
}

function isCell(template: JsonValue): template is JsonValue & CellReference {
  return template !== null && typeof template === 'object' && '$column' in template;
}

/** What the rules make of one line. */
export function mapRow({ rules }: CsvMapping, table: CsvTable, row: CsvRow): Mapped[] {
  return rules.flatMap((rule): Mapped[] => {
    if (rule.when && !meets(rule.when, table, row)) return [];
    const spread = cellsOf(rule.value).find(({ each }) => each);
    const parts = spread ? partsOf(table.cell(row, spread.$column), spread.split!) : [undefined];
    return parts.flatMap((part: string | undefined): Mapped[] => {
      try {
        const value = fill(rule.value, (reference) => readCell(reference, table, row, part));
        return value === EMPTY ? [] : [{ rule, value }];
      } catch (error) {
        if (!(error instanceof CellFault)) throw error;
        return [{ rule, fault: { pointer: `/${error.column}`, detail: error.message } }];
      }
    });
  });
}

function meets(when: NonNullable<CsvRule['when']>, table: CsvTable, row: CsvRow): boolean {
  const text = folded(table.cell(row, when.column));
  return when.in.some((one) => folded(one) === text);
}

const EMPTY = Symbol('nothing');
const LEFT_OUT = Symbol('left out');
type Filled = JsonValue | typeof EMPTY;

/** The template with its cells; nothing when one of them is empty that must not be, or when all are. */
function fill(template: JsonValue, cellOf: (reference: CellReference) => JsonValue | undefined): Filled {
  const filled = fillPart(template, cellOf);
  if (filled === LEFT_OUT) return EMPTY;
  const hasCells = cellsOf(template).length > 0;
  return hasCells && isEmptyObject(filled) ? EMPTY : filled;
}

function fillPart(
  template: JsonValue,
  cellOf: (reference: CellReference) => JsonValue | undefined,
): Filled | typeof LEFT_OUT {
  if (isCell(template)) return cellOf(template) ?? (template.optional ? LEFT_OUT : EMPTY);
  if (Array.isArray(template)) {
    const items = template.map((item) => fillPart(item, cellOf));
    return items.includes(EMPTY) ? EMPTY : (items.filter((item) => item !== LEFT_OUT) as JsonValue[]);
  }
  if (template === null || typeof template !== 'object') return template;
  const members = Object.entries(template).map(([name, part]) => [name, fillPart(part, cellOf)] as const);
  if (members.some(([, member]) => member === EMPTY)) return EMPTY;
  return Object.fromEntries(members.filter(([, member]) => member !== LEFT_OUT)) as JsonObject;
}

const isEmptyObject = (value: Filled) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
