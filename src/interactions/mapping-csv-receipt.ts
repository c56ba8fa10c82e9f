import type { FieldError } from '../platform/errors.js';
import type { CsvRow } from './mapping-csv-header.js';
import { readKey, type TransactionKey } from './mapping-key.js';
import { lineFields, type LineTexts, type Receipt, receiptFields, type ReceiptTexts } from './mapping-receipt.js';

const kinds = ['', 'sale', 'return', 'void'];
const flags: Readonly<Record<string, boolean>> = { '': false, false: false, 0: false, true: true, 1: true };

/** What the rows of a transaction say, the first of them in this line of the file. */
export function receiptOf(
  key: TransactionKey,
  rows: readonly CsvRow[],
  line: number,
): { readonly receipt: Receipt; readonly faults: readonly FieldError[] } {
  const faults: FieldError[] = [];
  const once = (field: string): string => {
    const [text = '', ...others] = new Set(rows.flatMap((row) => row.get(field) ?? []));
    const detail = `must be the same in all rows of a transaction, from line ${line} on`;
    if (others.length > 0) faults.push({ pointer: `/${field}`, detail });
    return text;
  };
  const texts: ReceiptTexts = Object.fromEntries(
    receiptFields.map((field) => [field, once(field)] as const).filter(([, text]) => text !== ''),
  );
  const kind = once('transaction_type').toLowerCase();
  if (!kinds.includes(kind)) faults.push({ pointer: '/transaction_type', detail: 'must be sale, return or void' });
  const isCancelled = flags[once('cancel_flag').toLowerCase()];
  if (isCancelled === undefined) faults.push({ pointer: '/cancel_flag', detail: 'must be true or false' });

  const original = kind === 'void' ? originalOf(key, once) : { faults: [] };
  faults.push(...original.faults);
  const voids = isCancelled ? key : original.key;
  const lines = rows.map(lineOf).filter(({ item_id: item, gtin }) => item !== undefined || gtin !== undefined);
  const isReturn = kind === 'return';
  return {
    receipt: { key, texts, lines: lines.map((of) => ({ texts: of, isReturn })), ...(voids && { voids }) },
    faults,
  };
}

/** Which transaction is taken back: one of the same till and day, as far as nothing else is said. */
function originalOf(key: TransactionKey, once: (field: string) => string) {
  const text = (field: keyof TransactionKey) => {
    const written = once(`original_${field}`);
    return written === '' && field !== 'sequence_number' ? key[field] : written;
  };
  return readKey(text, 'original_');
}

function lineOf(row: CsvRow): LineTexts {
  return Object.fromEntries(
    lineFields.flatMap((field) => {
      const text = row.get(field);
      return text === undefined ? [] : [[field, text]];
    }),
  );
}
