import { CliError } from '../../errors.js';

export interface InvoiceRow {
  /** A cancellation begins with C. */
  readonly number: string;
  /** In London, without a zone: `2010-12-01T08:26`. */
  readonly datetime: string;
  readonly customer: string | null;
}

export interface LineRow {
  readonly invoice: string;
  /** Mostly of products, but also of postage, charges and adjustments. */
  readonly code: string;
  readonly quantity: number;
  /** Pounds, as they stand in the file. */
  readonly price: string;
}

export interface Invoice extends InvoiceRow {
  readonly lines: LineRow[];
}

/** Lines of invoices of the same minute stand mixed; none is further from its invoice than this. */
const WINDOW = 64;

/**
 * Puts lines under their invoices while both files are being read, which have them in the same order, nearly. Only the
 * newest few invoices are held.
 *
 * @throws CliError for a line whose invoice is not near: rather nothing than an invoice without some of its lines
 */
export async function* withLines(
  invoices: AsyncIterable<InvoiceRow>,
  lines: AsyncIterable<LineRow>,
  window = WINDOW,
): AsyncGenerator<Invoice> {
  const held = new Held(invoices[Symbol.asyncIterator]());
  try {
    for await (const line of lines) {
      let invoice = held.find(line.invoice);
      while (!invoice && (await held.takeNext())) {
        yield* held.beyond(window);
        invoice = held.find(line.invoice);
      }
      if (!invoice)
        throw new CliError(`A line of invoice ${line.invoice} is far from it, or there is no such invoice.`);
      invoice.lines.push(line);
    }
    while (await held.takeNext()) yield* held.beyond(window);
    yield* held.beyond(0);
  } finally {
    await held.close();
  }
}

/** The newest invoices, whose lines may still come. */
class Held {
  private readonly invoices = new Map<string, Invoice>();

  constructor(private readonly coming: AsyncIterator<InvoiceRow>) {}

  find(number: string): Invoice | undefined {
    return this.invoices.get(number);
  }

  /** Answers whether there was another one. */
  async takeNext(): Promise<boolean> {
    const next = await this.coming.next();
    if (next.done) return false;
    this.invoices.set(next.value.number, { ...next.value, lines: [] });
    return true;
  }

  /** Lets the oldest go until there are no more than `most`. */
  *beyond(most: number): Generator<Invoice> {
    for (const [number, invoice] of this.invoices) {
      if (this.invoices.size <= most) return;
      this.invoices.delete(number);
      yield invoice;
    }
  }

  async close(): Promise<void> {
    await this.coming.return?.();
  }
}
