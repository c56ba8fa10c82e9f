import { reasons } from './lines.js';
import { type EventName, type InvoiceFate, invoiceFates, type LineFate, type Planned } from './plan.js';

const lineFates: Readonly<Record<LineFate, string>> = {
  'transaction.completed': 'in sales',
  'return.completed': 'in returns',
  'event.voided': 'in cancellations that void a sale',
  ...reasons,
};

/** Counts what becomes of every invoice and of every line. */
export class Tally {
  readonly invoices = new Map<InvoiceFate, number>();
  readonly lines = new Map<LineFate, number>();

  add({ fate, lines }: Planned): void {
    this.invoices.set(fate, (this.invoices.get(fate) ?? 0) + 1);
    for (const [lineFate, count] of lines) this.lines.set(lineFate, (this.lines.get(lineFate) ?? 0) + count);
  }

  get invoiceSum(): number {
    return sumOf(this.invoices);
  }

  get lineSum(): number {
    return sumOf(this.lines);
  }

  get events(): number {
    const names: readonly EventName[] = ['transaction.completed', 'return.completed', 'event.voided'];
    return names.reduce((sum, name) => sum + (this.invoices.get(name) ?? 0), 0);
  }

  /** Every fate that occurred with its number, in words. */
  inWords(): { invoices: [string, number][]; lines: [string, number][] } {
    return { invoices: named(this.invoices, invoiceFates), lines: named(this.lines, lineFates) };
  }
}

function named<Fate extends string>(counts: Map<Fate, number>, words: Readonly<Record<Fate, string>>) {
  return (Object.keys(words) as Fate[]).flatMap((fate): [string, number][] => {
    const count = counts.get(fate);
    return count === undefined ? [] : [[words[fate], count]];
  });
}

function sumOf(counts: Map<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
