import type { FieldError } from '../platform/errors.js';
import { isTimestamp } from '../platform/http/timestamp.js';
import type { JsonObject } from '../platform/json.js';
import { instantIn } from '../platform/zone.js';
import { minorDigits } from '../vocabulary/currencies.js';
import { type Read, readEvent } from './cloud-event.js';
import { cloudEventType, VOIDED } from './event-types.js';
import type { MappingOptions } from './mapping.js';
import { idOf, type TransactionKey } from './mapping-key.js';
import { minorUnitsOf, normalQuantity, unitOf } from './mapping-amounts.js';
import { given, productOf } from './mapping-product.js';

/** What is written of a transaction as a whole; what is not written is left out. */
export type ReceiptTexts = Partial<Record<(typeof receiptFields)[number], string>>;
export const receiptFields = [
  'subject',
  'end_date_time',
  'begin_date_time',
  'currency_code',
  'transaction_grand_amount',
  'touchpoint',
  'fulfilment',
  'receipt',
  'return_reason',
  'return_method',
] as const;

/** What is written of one of its lines. */
export type LineTexts = Partial<Record<(typeof lineFields)[number], string>>;
export const lineFields = [
  'item_id',
  'gtin',
  'description',
  'merchandise_hierarchy',
  'merchandise_hierarchy_description',
  'gpc',
  'brand',
  'brand_name',
  'size_system',
  'size',
  'special',
  'quantity',
  'unit_of_measure_code',
  'regular_sales_unit_price',
  'discount_amount',
] as const;

/** A transaction of an old till, in ARTS POSLog's names written as snake_case, everything as it stood there. */
export interface Receipt {
  readonly key: TransactionKey;
  readonly texts: ReceiptTexts;
  /** A line is given back when its quantity is negative or the till says so. */
  readonly lines: readonly { readonly texts: LineTexts; readonly isReturn: boolean }[];
  /** The transaction that did not happen: this one, when it was cancelled, or another one that it takes back. */
  readonly voids?: TransactionKey;
}

interface MappedReceipt {
  /** CloudEvents: what was bought, what was given back, what is taken back. */
  readonly events: readonly JsonObject[];
  /** Pointed at by the name of the field. With any, there are no events. */
  readonly faults: readonly FieldError[];
  readonly warnings: readonly string[];
}

/** The event of what a transaction gives back besides what it sells. */
const returnIdOf = (key: TransactionKey) => `${idOf(key)}-return`;

/**
 * The events of a transaction. What it sells is `transaction.completed` under the id of the transaction, and so is what
 * it gives back, as `return.completed`, when that is all; when it does both, the return has an id of its own. One that
 * was cancelled takes back whatever was reported of it.
 */
function eventsOfReceipt(receipt: Receipt, options: MappingOptions): MappedReceipt {
  const draft = new ReceiptDraft(receipt, options);
  const events = receipt.voids ? draft.voids(receipt.voids) : draft.sale();
  const { faults, warnings } = draft;
  return { events: faults.length > 0 ? [] : events, faults, warnings: [...warnings] };
}

/** The same, read as a retailer would have sent them. */
export function readsOfReceipt(receipt: Receipt, options: MappingOptions): Read[] {
  const { events, faults, warnings } = eventsOfReceipt(receipt, options);
  if (faults.length > 0) {
    return [{ errors: [...faults], warnings: [], id: idOf(receipt.key), source: options.source ?? null }];
  }
  return events.map(readEvent).map((read) => ({ ...read, warnings: [...warnings, ...read.warnings] }));
}

class ReceiptDraft {
  readonly faults: FieldError[] = [];
  readonly warnings = new Set<string>();

  constructor(
    private readonly receipt: Receipt,
    private readonly options: MappingOptions,
  ) {}

  voids(target: TransactionKey): JsonObject[] {
    const own = idOf(this.receipt.key);
    const source = this.sourceOf(target);
    const elsewhere: JsonObject = source === this.sourceOf(this.receipt.key) ? {} : { source };
    return [idOf(target), returnIdOf(target)].map((id) =>
      this.event(VOIDED, `${own}-void${id.endsWith('-return') ? '-return' : ''}`, {
        id,
        ...elsewhere,
        reason: 'cancelled',
      }),
    );
  }

  sale(): JsonObject[] {
    const { key, texts, lines } = this.receipt;
    if (lines.length === 0) this.fault('item_id', 'there is no line with an item_id or a gtin');
    const currency = texts.currency_code ?? this.options.currency;
    if (currency === undefined)
      this.fault('currency_code', 'is required: in the file, or as `currency` of the request');
    const sold = lines.filter((line) => !givesBack(line));
    const returned = lines.filter(givesBack);
    // Of a transaction that does both, only the difference is known.
    const isMixed = sold.length > 0 && returned.length > 0;
    const total = isMixed ? undefined : this.amount('transaction_grand_amount', texts, currency);
    const common = { currency: currency ?? '', store: key.retail_store_id };
    const events: JsonObject[] = [];
    if (sold.length > 0) {
      events.push(
        this.event('transaction.completed', idOf(key), {
          ...common,
          ...(total !== undefined && { total }),
          lines: sold.map(({ texts: line }) => this.line(line, currency)),
          ...given({ fulfilment: texts.fulfilment, receipt: texts.receipt }),
        }),
      );
    }
    if (returned.length > 0) {
      events.push(
        this.event('return.completed', isMixed ? returnIdOf(key) : idOf(key), {
          ...common,
          ...(total !== undefined && { total: Math.abs(total) }),
          lines: returned.map(({ texts: line }) => this.line(line, currency)),
          ...given({ reason: texts.return_reason, method: texts.return_method }),
        }),
      );
    }
    return events;
  }

  private event(type: string, id: string, data: JsonObject): JsonObject {
    const { key, texts } = this.receipt;
    return {
      specversion: '1.0',
      id,
      source: this.sourceOf(key),
      type: cloudEventType(type),
      time: this.time(),
      ccxtouchpoint: texts.touchpoint ?? 'till',
      ...given({ subject: texts.subject }),
      data,
    };
  }

  private sourceOf({ retail_store_id: store, workstation_id: workstation }: TransactionKey): string {
    return this.options.source ?? `/pos/${store}/${workstation}`;
  }

  private time(): string {
    const { end_date_time: end, begin_date_time: begin } = this.receipt.texts;
    const [field, written = ''] = end === undefined ? ['begin_date_time', begin] : ['end_date_time', end];
    const text = written.replace(' ', 'T');
    if (isTimestamp(text)) return new Date(text).toISOString();
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?$/.test(text)) {
      this.fault('end_date_time', 'must be a time such as 2026-11-20T17:42:00');
      return '';
    }
    if (this.options.timeZone === undefined) {
      this.fault(field, 'has no offset: name the `time_zone` of the tills in the request');
      return '';
    }
    const instant = isTimestamp(withSeconds(text)) ? instantIn(this.options.timeZone, text) : NaN;
    if (Number.isNaN(instant)) {
      this.fault(field, 'is on no day that there is');
      return '';
    }
    return new Date(instant).toISOString();
  }

  private line(texts: LineTexts, currency: string | undefined): JsonObject {
    const unitPrice = this.amount('regular_sales_unit_price', texts, currency);
    const discount = this.amount('discount_amount', texts, currency);
    const unit = texts.unit_of_measure_code;
    const { product, warnings } = productOf(texts);
    for (const warning of warnings) this.warnings.add(warning);
    return {
      product,
      quantity: this.quantity(texts.quantity),
      ...(unit !== undefined && { unit: unitOf(unit) }),
      ...(unitPrice !== undefined && { unit_price: unitPrice }),
      ...(discount !== undefined && { discount: Math.abs(discount) }),
    };
  }

  private quantity(text = ''): string {
    const quantity = normalQuantity(text);
    if (quantity === null) this.fault('quantity', 'must be a decimal number other than zero, such as 6 or -0.512');
    return quantity ?? '';
  }

  private amount<F extends string>(
    field: F,
    texts: Readonly<Partial<Record<F, string>>>,
    currency: string | undefined,
  ): number | undefined {
    const text = texts[field];
    if (text === undefined || currency === undefined) return undefined;
    const amount = minorUnitsOf(text, currency);
    if (amount !== null) return amount;
    const decimals = `at most ${minorDigits(currency)} decimals, and nothing between thousands`;
    this.fault(field, `must be an amount in ${currency} with ${decimals}`);
    return undefined;
  }

  private fault(field: string, detail: string): void {
    const pointer = `/${field}`;
    if (!this.faults.some((fault) => fault.pointer === pointer)) this.faults.push({ pointer, detail });
  }
}

function givesBack({ texts, isReturn }: Receipt['lines'][number]): boolean {
  return isReturn || texts.quantity?.startsWith('-') === true;
}

const withSeconds = (text: string) => `${text.length === 16 ? `${text}:00` : text}Z`;
