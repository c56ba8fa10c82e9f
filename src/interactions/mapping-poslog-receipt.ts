import type { FieldError } from '../platform/errors.js';
import { idOf, readKey, type TransactionKey } from './mapping-key.js';
import type { LineTexts, Receipt, ReceiptTexts } from './mapping-receipt.js';

/** An element of a transaction, by its name without a prefix. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

export interface ReadTransaction {
  readonly id: string | null;
  readonly receipt?: Receipt;
  readonly faults: readonly FieldError[];
  /** Why nothing of it is reported although nothing is wrong with it. */
  readonly ignored?: string;
}

/** Sales that were not, or are not yet. */
const unfinished = new Set(['suspended', 'suspendedretrieved', 'suspendeddeleted', 'failed', 'training', 'held']);

/** What a `Transaction` of a POSLog says, in the words of a receipt. */
export function receiptOf(transaction: XmlElement): ReadTransaction {
  const { key, faults } = keyOf(transaction);
  const id = key ? idOf(key) : null;
  const sale = child(transaction, 'RetailTransaction');
  const ignored = reasonToIgnore(transaction, sale);
  if (ignored !== undefined) return { id, faults: [{ pointer: '', detail: ignored }], ignored };
  if (!key || !sale) return { id, faults };

  const linked = child(sale, 'TransactionLink');
  const isVoid = linked && /^(post-?)?void(ed)?$/i.test(linked.attributes['ReasonCode'] ?? '');
  const target = isVoid ? keyOf(linked, key, 'TransactionLink/') : { faults: [] };
  if (target.faults.length > 0) return { id, faults: target.faults };
  const isCancelled = isTrue(transaction, 'CancelFlag') || statusOf(sale) === 'postvoided';
  const voids = isCancelled ? key : target.key;
  return {
    id,
    faults: [],
    receipt: { key, texts: textsOf(transaction, sale), lines: linesOf(sale), ...(voids && { voids }) },
  };
}

function reasonToIgnore(transaction: XmlElement, sale: XmlElement | undefined): string | undefined {
  if (!sale) return `is no sale but ${transaction.children.at(-1)?.name.slice(0, 50) ?? 'nothing'}`;
  if (isTrue(transaction, 'TrainingModeFlag')) return 'was done in training';
  if (unfinished.has(statusOf(sale))) return `was not completed: ${sale.attributes['TransactionStatus']!.slice(0, 50)}`;
  return subjectOf(sale) === undefined ? 'names no customer' : undefined;
}

/** What a link to another transaction leaves out is as it is in the one at hand. */
function keyOf(element: XmlElement, otherwise?: TransactionKey, prefix = '') {
  const unit = child(element, 'BusinessUnit');
  const texts: Record<keyof TransactionKey, string | undefined> = {
    retail_store_id: textOf(element, 'RetailStoreID') ?? (unit && textOf(unit, 'UnitID')) ?? otherwise?.retail_store_id,
    workstation_id: textOf(element, 'WorkstationID') ?? otherwise?.workstation_id,
    business_day_date: textOf(element, 'BusinessDayDate') ?? otherwise?.business_day_date,
    sequence_number: textOf(element, 'SequenceNumber'),
  };
  return readKey((field) => texts[field], prefix);
}

function textsOf(transaction: XmlElement, sale: XmlElement): ReceiptTexts {
  const total = sale.children.find(
    ({ name, attributes }) => name === 'Total' && attributes['TotalType'] === 'TransactionGrandAmount',
  );
  return present({
    subject: subjectOf(sale),
    end_date_time: textOf(transaction, 'EndDateTime'),
    begin_date_time: textOf(transaction, 'BeginDateTime'),
    currency_code: textOf(transaction, 'CurrencyCode') ?? textOf(sale, 'CurrencyCode'),
    transaction_grand_amount: total?.text,
  });
}

/** The `sub` by which the retailer knows the customer. */
function subjectOf(sale: XmlElement): string | undefined {
  const customer = child(sale, 'Customer');
  return customer && textOf(customer, 'CustomerID');
}

function linesOf(sale: XmlElement): Receipt['lines'] {
  return sale.children
    .filter((line) => line.name === 'LineItem' && !isTrue(line, 'CancelFlag') && !isTrue(line, 'VoidFlag'))
    .flatMap((line) => {
      const item = child(line, 'Sale') ?? child(line, 'Return');
      return item ? [{ texts: lineTextsOf(item), isReturn: item.name === 'Return' }] : [];
    });
}

function lineTextsOf(item: XmlElement): LineTexts {
  const identity = child(item, 'POSIdentity');
  const code = textOf(item, 'ItemID') ?? (identity && textOf(identity, 'POSItemID'));
  const isGtin = /^(gtin|ean|upc)/i.test(child(item, 'ItemID')?.attributes['Type'] ?? '');
  const quantity = child(item, 'Quantity');
  return present({
    ...(isGtin ? { gtin: code } : { item_id: code }),
    description: textOf(item, 'Description'),
    merchandise_hierarchy: textOf(item, 'MerchandiseHierarchy'),
    quantity: quantity?.text || undefined,
    unit_of_measure_code: quantity?.attributes['UnitOfMeasureCode'],
    regular_sales_unit_price: textOf(item, 'RegularSalesUnitPrice') ?? textOf(item, 'ActualSalesUnitPrice'),
    discount_amount: textOf(item, 'DiscountAmount'),
  });
}

const statusOf = (sale: XmlElement) => (sale.attributes['TransactionStatus'] ?? '').toLowerCase();

function isTrue({ attributes }: XmlElement, name: string): boolean {
  return attributes[name] === 'true' || attributes[name] === '1';
}

function child({ children }: XmlElement, name: string): XmlElement | undefined {
  return children.find((element) => element.name === name);
}

function textOf(element: XmlElement, name: string): string | undefined {
  return child(element, name)?.text || undefined;
}

function present<T extends object>(members: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(members).filter(([, text]) => text !== undefined)) as {
    [K in keyof T]?: string;
  };
}
