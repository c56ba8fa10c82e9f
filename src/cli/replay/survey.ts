import { CliError } from '../errors.js';
import type { OnlineRetail } from './dataset.js';
import { fromLondon } from './london.js';

/** What there is to know about a data set before it is played. */
export interface Survey {
  /** Who shops at all, in the order of their first invoices. */
  readonly customers: ReadonlySet<string>;
  readonly invoices: number;
  /** When the whole file begins and ends, in milliseconds since 1970. */
  readonly first: number;
  readonly last: number;
}

/** Looks through all invoices; customers and number are those of the first `limit`. */
export async function surveyOf(dataset: OnlineRetail, limit: number): Promise<Survey> {
  const customers = new Set<string>();
  let invoices = 0;
  let first: string | undefined;
  let last: string | undefined;
  for await (const { customer, datetime } of dataset.invoices()) {
    first ??= datetime;
    last = datetime;
    if (invoices >= limit) continue;
    invoices++;
    if (customer !== null) customers.add(customer);
  }
  if (first === undefined || last === undefined) throw new CliError('The data set has no invoices.');
  return { customers, invoices, first: fromLondon(first), last: fromLondon(last) };
}
