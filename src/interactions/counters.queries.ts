import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import { named, type Reader, type Tx } from '../platform/database/database.js';
import { STANDING } from './standing.js';

/** How much one retailer reported of a customer, of one kind, at one touchpoint, in one month. */
export interface Counter {
  /** Its first day, by UTC: `2026-11-01`. */
  month: string;
  retailerId: string;
  type: string;
  touchpoint: string;
  reported: number;
  /** Of those, how many count. */
  standing: number;
  /** And how many the customer disputes, which the retailer has neither taken back nor corrected. */
  disputed: number;
}

/** A month of a customer's events to be counted: of one retailer, or of all. */
export interface CountedMonth {
  readonly customer: CustomerKey;
  /** Its first day. */
  readonly month: string;
  readonly retailerId: string | null;
}

/** A customer's events, or those of some customers' months; a void tells of another event, and nothing of its own. */
const ALL = `interactions i where i.bucket = $1 and i.customer_id = $2 and i.type <> 'event.voided'`;
const DUE = 'unnest($1::int[], $2::uuid[], $3::date[], $4::uuid[]) as due (bucket, customer_id, month, retailer_id)';
const OF_DUE = `${DUE}
  join interactions i on i.bucket = due.bucket and i.customer_id = due.customer_id
                     and i.occurred_at >= due.month::timestamp at time zone 'UTC'
                     and i.occurred_at < (due.month + interval '1 month') at time zone 'UTC'
                     and (due.retailer_id is null or i.retailer_id = due.retailer_id)
 where i.type <> 'event.voided'`;

// Months are those of UTC, whatever the session has. How an event stands takes time, and is asked once.
const counted = (events: typeof ALL | typeof OF_DUE) => `
  with event as materialized (
    select i.bucket, i.customer_id, i.occurred_at, i.retailer_id, i.type, i.touchpoint, ${STANDING} as standing
      from ${events})
  select bucket, customer_id, date_trunc('month', occurred_at at time zone 'UTC')::date as month, retailer_id, type, touchpoint,
         count(*)::int as reported,
         (count(*) filter (where standing = 'standing'))::int as standing,
         (count(*) filter (where standing = 'disputed'))::int as disputed
    from event
   group by 1, 2, 3, 4, 5, 6`;

/**
 * Lets nobody else count these customers' events until commit: what was counted first would else be written last.
 * Answers those who are still there.
 */
export async function lockCounting(tx: Tx, customers: readonly CustomerKey[]): Promise<CustomerKey[]> {
  const rows = await tx.query<{ customer_id: string }[]>(
    `select c.customer_id from unnest($1::int[], $2::uuid[]) as wanted (bucket, customer_id)
       join customers c using (bucket, customer_id)
      order by c.bucket, c.customer_id for no key update of c`,
    [customers.map(({ bucket }) => bucket), customers.map(({ customerId }) => customerId)],
  );
  return rows.map(({ customer_id }) => customerKey(customer_id));
}

/** Counts months anew. Lock the counting first. */
export async function recount(tx: Tx, due: readonly CountedMonth[]): Promise<void> {
  if (due.length === 0) return;
  const values = [
    due.map(({ customer }) => customer.bucket),
    due.map(({ customer }) => customer.customerId),
    due.map(({ month }) => month),
    due.map(({ retailerId }) => retailerId),
  ];
  await named(
    tx,
    'interactions.uncount',
    `delete from interaction_counters c using ${DUE}
      where c.bucket = due.bucket and c.customer_id = due.customer_id and c.month = due.month
        and (due.retailer_id is null or c.retailer_id = due.retailer_id)`,
    values,
  );
  await named(
    tx,
    'interactions.count',
    `insert into interaction_counters
       (bucket, customer_id, month, retailer_id, type, touchpoint, reported, standing, disputed)
     select counted.* from (${counted(OF_DUE)}) as counted`,
    values,
  );
}

/** The months in which the customer has events, or something is counted. */
export async function countedMonths(reader: Reader, { bucket, customerId }: CustomerKey): Promise<string[]> {
  const rows = await reader.query<{ month: string }[]>(
    `select to_char(occurred_at at time zone 'UTC', 'YYYY-MM-01') as month from interactions
      where bucket = $1 and customer_id = $2
     union
     select to_char(month, 'YYYY-MM-DD') from interaction_counters where bucket = $1 and customer_id = $2`,
    [bucket, customerId],
  );
  return rows.map(({ month }) => month);
}

/** How many counters say something else than the events, or are missing, or too many; but for what is marked. */
export async function countDifferences(reader: Reader, { bucket, customerId }: CustomerKey): Promise<number> {
  const [row] = await reader.query<{ count: number }[]>(
    `with kept as (
       select month, retailer_id, type, touchpoint, reported, standing, disputed
         from interaction_counters where bucket = $1 and customer_id = $2),
     counted as materialized (${counted(ALL)})
     select count(*)::int as count
       from kept full join counted using (month, retailer_id, type, touchpoint)
      where (kept.reported, kept.standing, kept.disputed)
            is distinct from (counted.reported, counted.standing, counted.disputed)
        and (month, retailer_id) not in (
          select month, retailer_id from interaction_counter_marks where bucket = $1 and customer_id = $2)`,
    [bucket, customerId],
  );
  return row?.count ?? 0;
}

/** What is counted, the latest month first. */
export function findCounters(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  { from, to }: { from?: string | undefined; to?: string | undefined },
): Promise<Counter[]> {
  return reader.query<Counter[]>(
    `select to_char(month, 'YYYY-MM-DD') as month, retailer_id as "retailerId", type, touchpoint, reported, standing,
            disputed
       from interaction_counters
      where bucket = $1 and customer_id = $2 and ($3::date is null or month >= $3) and ($4::date is null or month < $4)
      order by interaction_counters.month desc, retailer_id, type, touchpoint`,
    [bucket, customerId, from ?? null, to ?? null],
  );
}

export async function eraseCounters(tx: Tx, { bucket, customerId }: CustomerKey): Promise<void> {
  await tx.query('delete from interaction_counters where bucket = $1 and customer_id = $2', [bucket, customerId]);
}
