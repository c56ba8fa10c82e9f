import type { JsonObject } from '../../platform/json.js';
import { digest } from './digest.js';
import type { Invoice, LineRow } from './invoices.js';
import { pennies, type Reason, reasonOf, tenthsOfPennies } from './lines.js';
import { fromLondon } from './london.js';

/** The two shops. Customers are shared out between them. */
export const shops = ['A', 'T'] as const;
export type Shop = (typeof shops)[number];

export type EventName = 'transaction.completed' | 'return.completed' | 'event.voided';

/** What a shop reports, with the time of the file. */
export interface PlannedEvent {
  readonly shop: Shop;
  readonly customer: string;
  /** The number of the invoice. */
  readonly id: string;
  readonly type: EventName;
  readonly touchpoint: 'web' | 'returns';
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly data: JsonObject;
}

/** What becomes of an invoice. All but the first three come to nothing, and the name says why. */
export const invoiceFates = {
  'transaction.completed': 'sales',
  'return.completed': 'returns',
  'event.voided': 'cancellations of a whole sale, which void it',
  'no-customer': 'without a customer',
  'no-product': 'without a line about a product',
  empty: 'without any line',
} as const;
export type InvoiceFate = keyof typeof invoiceFates;

export type LineFate = EventName | Reason;

export interface Planned {
  readonly fate: InvoiceFate;
  readonly event?: PlannedEvent;
  /** How many lines of the invoice went where; they add up to all of its lines. */
  readonly lines: ReadonlyMap<LineFate, number>;
}

/** A sale that has not been voided, and what of. */
interface Sale {
  readonly id: string;
  readonly content: string;
}

export function shopOf(customer: string): Shop {
  return Number(customer) % 2 === 0 ? 'A' : 'T';
}

/**
 * Turns invoices, in the order of their times, into what a shop would report. It remembers every sale of a known
 * customer by a digest, because a cancellation may take back the oldest.
 */
export class Planner {
  private readonly sales = new Map<string, Sale[]>();

  plan(invoice: Invoice): Planned {
    const { number, customer, lines } = invoice;
    const cancellation = number.startsWith('C');
    if (customer === null) return { fate: 'no-customer', lines: new Map([['no-customer', lines.length]]) };
    if (lines.length === 0) return { fate: 'empty', lines: new Map() };

    const counts = new Map<LineFate, number>();
    const products: LineRow[] = [];
    for (const line of lines) {
      const reason = reasonOf(line, cancellation);
      if (reason) counts.set(reason, (counts.get(reason) ?? 0) + 1);
      else products.push(line);
    }
    if (products.length === 0) return { fate: 'no-product', lines: counts };

    const event = this.event(invoice, customer, products, cancellation);
    return { fate: event.type, event, lines: counts.set(event.type, products.length) };
  }

  private event(invoice: Invoice, customer: string, products: LineRow[], cancellation: boolean): PlannedEvent {
    const { number: id, datetime } = invoice;
    const common = { shop: shopOf(customer), customer, id, at: fromLondon(datetime) } as const;
    const content = contentOf(products);
    if (!cancellation) {
      this.salesOf(customer).push({ id, content });
      return { ...common, type: 'transaction.completed', touchpoint: 'web', data: basket(invoice, products, 1) };
    }
    const taken = this.takeBack(customer, content);
    if (!taken) {
      return { ...common, type: 'return.completed', touchpoint: 'returns', data: basket(invoice, products, -1) };
    }
    return { ...common, type: 'event.voided', touchpoint: 'returns', data: { id: taken.id, reason: 'cancelled' } };
  }

  /** The customer's newest sale of exactly these products, which cannot be taken back again. */
  private takeBack(customer: string, content: string): Sale | undefined {
    const sales = this.salesOf(customer);
    const place = sales.findLastIndex((sale) => sale.content === content);
    return place < 0 ? undefined : sales.splice(place, 1)[0];
  }

  private salesOf(customer: string): Sale[] {
    let sales = this.sales.get(customer);
    if (!sales) this.sales.set(customer, (sales = []));
    return sales;
  }
}

/** The same for the same products in the same quantities at the same prices, in any order and of either sign. */
function contentOf(products: readonly LineRow[]): string {
  const lines = products.map(({ code, quantity, price }) => `${code} ${Math.abs(quantity)} ${tenthsOfPennies(price)}`);
  return digest(lines.sort().join('\n'));
}

/** The total is that of the whole invoice, with postage and discounts: what was paid, or paid back. */
function basket({ lines }: Invoice, products: readonly LineRow[], sign: 1 | -1): JsonObject {
  const total = lines.reduce((sum, { quantity, price }) => sum + quantity * tenthsOfPennies(price), 0);
  return {
    currency: 'GBP',
    total: pennies(sign * total),
    lines: products.map(({ code, quantity, price }) => ({
      product: { scheme: 'retailer', code },
      quantity: String(Math.abs(quantity)),
      unit_price: pennies(tenthsOfPennies(price)),
    })),
  };
}
