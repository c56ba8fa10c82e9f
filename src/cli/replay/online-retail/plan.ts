import type { JsonObject } from '../../../platform/json.js';
import { instantIn } from '../../../platform/zone.js';
import { labelOf } from '../catalogue-text.js';
import type { Planned, PlannedEvent } from '../dataset.js';
import { digest } from '../digest.js';
import type { Lookup } from '../lookup.js';
import type { Invoice, LineRow } from './invoices.js';
import { pennies, reasonOf, reasons, tenthsOfPennies } from './lines.js';
import { shopOf, sourceOf } from './shops.js';

/** Where the shops' clocks hang: times stand in the files as they showed them. */
const ZONE = 'Europe/London';

/** What can become of an invoice, and of a line of one. Where it comes to nothing, the name says why. */
export const fates = {
  invoices: {
    'transaction.completed': 'sales',
    'return.completed': 'returns',
    'event.voided': 'cancellations of a whole sale, which void it',
    'no-customer': 'without a customer',
    'no-product': 'without a line about a product',
    empty: 'without any line',
  },
  lines: {
    'transaction.completed': 'in sales',
    'return.completed': 'in returns',
    'event.voided': 'in cancellations that void a sale',
    ...reasons,
  },
} as const;

/** A sale that has not been voided, and what of. */
interface Sale {
  readonly id: string;
  readonly content: string;
}

/**
 * Turns invoices, in the order of their times, into what a shop would report. It remembers every sale of a known
 * customer by a digest, because a cancellation may take back the oldest.
 */
export class Planner {
  private readonly sales = new Map<string, Sale[]>();

  /** @param names what products are called */
  constructor(private readonly names: Lookup<string>) {}

  plan(invoice: Invoice): Planned {
    const { number, customer, lines, datetime } = invoice;
    const at = instantIn(ZONE, datetime);
    const cancellation = number.startsWith('C');
    if (customer === null) return { at, rows: gone('no-customer', { 'no-customer': lines.length }), events: [] };
    if (lines.length === 0) return { at, rows: gone('empty', {}), events: [] };

    const counts: Partial<Record<keyof typeof fates.lines, number>> = {};
    const products: LineRow[] = [];
    for (const line of lines) {
      const reason = reasonOf(line, cancellation);
      if (reason) counts[reason] = (counts[reason] ?? 0) + 1;
      else products.push(line);
    }
    if (products.length === 0) return { at, rows: gone('no-product', counts), events: [] };

    const { type, ...event } = this.event(invoice, customer, products, cancellation);
    const shop = shopOf(customer);
    const common = { retailer: shop, customer, source: sourceOf(shop), id: number, at };
    return { at, rows: gone(type, { ...counts, [type]: products.length }), events: [{ ...common, type, ...event }] };
  }

  private event(
    invoice: Invoice,
    customer: string,
    products: LineRow[],
    cancellation: boolean,
  ): Pick<PlannedEvent, 'touchpoint' | 'data'> & { type: keyof typeof fates.invoices } {
    const content = contentOf(products);
    if (!cancellation) {
      this.salesOf(customer).push({ id: invoice.number, content });
      return { type: 'transaction.completed', touchpoint: 'web', data: this.basket(invoice, products, 1) };
    }
    const taken = this.takeBack(customer, content);
    if (!taken) return { type: 'return.completed', touchpoint: 'returns', data: this.basket(invoice, products, -1) };
    return { type: 'event.voided', touchpoint: 'returns', data: { id: taken.id, reason: 'cancelled' } };
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

  /** The total is that of the whole invoice, with postage and discounts: what was paid, or paid back. */
  private basket({ lines }: Invoice, products: readonly LineRow[], sign: 1 | -1): JsonObject {
    const total = lines.reduce((sum, { quantity, price }) => sum + quantity * tenthsOfPennies(price), 0);
    return {
      currency: 'GBP',
      total: pennies(sign * total),
      lines: products.map(({ code, quantity, price }) => {
        const label = labelOf(this.names.get(code) ?? '');
        return {
          product: { scheme: 'retailer', code, ...(label !== undefined && { label }) },
          quantity: String(Math.abs(quantity)),
          unit_price: pennies(tenthsOfPennies(price)),
        };
      }),
    };
  }
}

/** The same for the same products in the same quantities at the same prices, in any order and of either sign. */
function contentOf(products: readonly LineRow[]): string {
  const lines = products.map(({ code, quantity, price }) => `${code} ${Math.abs(quantity)} ${tenthsOfPennies(price)}`);
  return digest(lines.sort().join('\n'));
}

/** One invoice and its lines. */
function gone(
  fate: keyof typeof fates.invoices,
  lines: Partial<Record<keyof typeof fates.lines, number>>,
): Planned['rows'] {
  return [
    { file: 'invoices', fate, count: 1 },
    ...Object.entries(lines).map(([ofLine, count]) => ({ file: 'lines', fate: ofLine, count })),
  ];
}
