import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import type { CountedMonth } from './counters.queries.js';

/** Notes what is to be counted, of any number of customers; of those who have been erased, nothing. */
export async function markMonths(reader: Reader, marks: readonly CountedMonth[]): Promise<void> {
  await reader.query(
    `insert into interaction_counter_marks (bucket, customer_id, month, retailer_id)
     select distinct bucket, customer_id, month, retailer_id
       from unnest($1::int[], $2::uuid[], $3::date[], $4::uuid[]) as mark (bucket, customer_id, month, retailer_id)
       join customers using (bucket, customer_id)
      order by bucket, customer_id, month, retailer_id
     on conflict do nothing`,
    [
      marks.map(({ customer }) => customer.bucket),
      marks.map(({ customer }) => customer.customerId),
      marks.map(({ month }) => month),
      marks.map(({ retailerId }) => retailerId),
    ],
  );
}

/** Customers of whom something is to be counted. */
export async function markedCustomers(reader: Reader, limit: number): Promise<CustomerKey[]> {
  const rows = await reader.query<{ customer_id: string }[]>(
    'select distinct bucket, customer_id from interaction_counter_marks limit $1',
    [limit],
  );
  return rows.map(({ customer_id }) => customerKey(customer_id));
}

/** Takes the marks of customers away. Lock the counting first: what is marked from now on is counted again. */
export async function takeMarks(tx: Tx, customers: readonly CustomerKey[]): Promise<CountedMonth[]> {
  const [taken] = await tx.query<[{ customer_id: string; month: string; retailer_id: string }[], number]>(
    `delete from interaction_counter_marks m using unnest($1::int[], $2::uuid[]) as wanted (bucket, customer_id)
      where m.bucket = wanted.bucket and m.customer_id = wanted.customer_id
     returning m.customer_id, m.month::text, m.retailer_id`,
    [customers.map(({ bucket }) => bucket), customers.map(({ customerId }) => customerId)],
  );
  return taken.map(({ customer_id, month, retailer_id }) => ({
    customer: customerKey(customer_id),
    month,
    retailerId: retailer_id,
  }));
}

export async function eraseMarks(tx: Tx, { bucket, customerId }: CustomerKey): Promise<void> {
  await tx.query('delete from interaction_counter_marks where bucket = $1 and customer_id = $2', [bucket, customerId]);
}
