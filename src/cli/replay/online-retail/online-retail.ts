import { CliError } from '../../errors.js';
import { CsvFolder } from '../csv-folder.js';
import type { Dataset, Planned } from '../dataset.js';
import { Lookup } from '../lookup.js';
import { type InvoiceRow, type LineRow, withLines } from './invoices.js';
import { fates, Planner } from './plan.js';
import { retailers, shopOf } from './shops.js';

const columns = {
  invoices: { path: 'online_retail_invoices.csv.gz', columns: ['invoice', 'datetime', 'customer', 'country'] },
  lines: { path: 'online_retail_lines.csv.gz', columns: ['invoice', 'stock_code', 'quantity', 'unit_price'] },
  products: { path: 'online_retail_products.csv.gz', columns: ['stock_code', 'description'] },
} as const;

/** The UCI data set "Online Retail" (CC0; Chen, Sain, Guo 2012, doi:10.1057/dbm.2012.17), shared out between two shops. */
export class OnlineRetail implements Dataset {
  readonly name = 'online-retail';
  readonly domain = 'online-retail.example';
  readonly customerWord = 'customer';
  readonly retailers = retailers;
  readonly files = {
    invoices: { rows: 'invoices', fates: fates.invoices },
    lines: { rows: 'lines', fates: fates.lines },
    products: {
      rows: 'descriptions of products',
      fates: { used: 'of products that were bought', unused: 'of products that no event names' },
    },
  };
  readonly retailerOf = shopOf;
  private readonly csv: CsvFolder<keyof typeof columns>;

  /** @throws CliError when a file is not there */
  constructor(folder: string) {
    this.csv = new CsvFolder(folder, columns);
  }

  async *plan(read: (file: string) => void): AsyncGenerator<Planned> {
    const names = new Lookup<string>('products');
    for await (const [code, description] of this.csv.rows('products', read)) {
      names.add(code as string, description as string);
    }
    const planner = new Planner(names);
    for await (const invoice of withLines(this.invoices(read), this.lines(read))) yield planner.plan(invoice);
    yield { at: null, rows: names.rows(), events: [] };
  }

  private async *invoices(read: (file: string) => void): AsyncGenerator<InvoiceRow> {
    for await (const [number, datetime, customer] of this.csv.rows('invoices', read)) {
      yield { number: number as string, datetime: datetime as string, customer: customer || null };
    }
  }

  private async *lines(read: (file: string) => void): AsyncGenerator<LineRow> {
    for await (const [invoice, code, quantity, price] of this.csv.rows('lines', read)) {
      if (!/^-?\d+$/.test(quantity as string) || !/^-?\d+(\.\d{1,3})?$/.test(price as string)) {
        throw new CliError(`There is a quantity of ${quantity} at ${price} in invoice ${invoice}.`);
      }
      yield { invoice: invoice as string, code: code as string, quantity: Number(quantity), price: price as string };
    }
  }
}
