import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { parse } from 'csv-parse';

import { CliError, exitCodes } from '../errors.js';
import type { InvoiceRow, LineRow } from './invoices.js';

export const DATASET = 'online-retail';

const INVOICES = 'online_retail_invoices.csv.gz';
const LINES = 'online_retail_lines.csv.gz';

/** The files of the UCI data set "Online Retail" (CC0; Chen, Sain, Guo 2012, doi:10.1057/dbm.2012.17), read as streams. */
export class OnlineRetail {
  /** @throws CliError when a file is not there */
  constructor(private readonly folder: string) {
    const missing = [INVOICES, LINES].filter((file) => !existsSync(join(folder, file)));
    if (missing.length > 0) {
      throw new CliError(
        `There is no ${missing.join(' and no ')} in ${folder}. --path names the folder.`,
        exitCodes.misused,
      );
    }
  }

  /** In the order of their times. */
  async *invoices(): AsyncGenerator<InvoiceRow> {
    for await (const [number, datetime, customer] of this.rows(INVOICES, [
      'invoice',
      'datetime',
      'customer',
      'country',
    ])) {
      yield { number: number as string, datetime: datetime as string, customer: customer || null };
    }
  }

  async *lines(): AsyncGenerator<LineRow> {
    for await (const [invoice, code, quantity, price] of this.rows(LINES, [
      'invoice',
      'stock_code',
      'quantity',
      'unit_price',
    ])) {
      if (!/^-?\d+$/.test(quantity as string) || !/^-?\d+(\.\d{1,3})?$/.test(price as string)) {
        throw new CliError(`${LINES} has a quantity of ${quantity} at ${price} in invoice ${invoice}.`);
      }
      yield { invoice: invoice as string, code: code as string, quantity: Number(quantity), price: price as string };
    }
  }

  private async *rows(file: string, columns: readonly string[]): AsyncGenerator<string[]> {
    const csv = parse();
    // An error of any of the three ends the last one, which is the one that is read.
    pipeline(createReadStream(join(this.folder, file)), createGunzip(), csv, () => undefined);
    let header: string[] | undefined;
    for await (const row of csv as AsyncIterable<string[]>) {
      if (header) yield row;
      else if ((header = row).join() !== columns.join()) {
        throw new CliError(`${file} should have the columns ${columns.join(', ')}, but has ${row.join(', ')}.`);
      }
    }
  }
}
