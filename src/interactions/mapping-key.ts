import type { FieldError } from '../platform/errors.js';

/** By what tills tell their transactions apart, as ARTS POSLog calls it. */
export interface TransactionKey {
  readonly retail_store_id: string;
  readonly workstation_id: string;
  /** `2026-11-20` */
  readonly business_day_date: string;
  readonly sequence_number: string;
}

const shapes: Readonly<Record<keyof TransactionKey, { shape: RegExp; detail: string }>> = {
  retail_store_id: {
    shape: /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/,
    detail: 'must be your code of the store, of letters and digits',
  },
  workstation_id: {
    shape: /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/,
    detail: 'must be your code of the till, of letters and digits',
  },
  business_day_date: {
    shape: /^\d{4}(-?)(0[1-9]|1[0-2])\1(0[1-9]|[12]\d|3[01])$/,
    detail: 'must be a day such as 2026-11-20',
  },
  sequence_number: { shape: /^\d{1,20}$/, detail: 'must be a whole number' },
};
export const keyFields = Object.keys(shapes) as readonly (keyof TransactionKey)[];

/** The id of a transaction's event: store, workstation, business day and sequence number. */
export function idOf(key: TransactionKey): string {
  return `${key.retail_store_id}-${key.workstation_id}-${key.business_day_date}-${key.sequence_number}`;
}

/** Which transaction is meant by what is written, or what is wrong with that, by the name of the field. */
export function readKey(
  text: (field: keyof TransactionKey) => string | undefined,
  prefix = '',
): { readonly key?: TransactionKey; readonly faults: readonly FieldError[] } {
  const texts = keyFields.map((field) => [field, text(field) ?? ''] as const);
  const faults = texts
    .filter(([field, written]) => !shapes[field].shape.test(written))
    .map(([field, written]) => ({
      pointer: `/${prefix}${field}`,
      detail: written === '' ? 'is required' : shapes[field].detail,
    }));
  if (faults.length > 0) return { faults };
  const key = Object.fromEntries(texts) as unknown as TransactionKey;
  const day = key.business_day_date.replaceAll('-', '');
  const date = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
  return { key: { ...key, business_day_date: date }, faults };
}
