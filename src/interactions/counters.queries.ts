import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
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

/** The customer's events, of some months or all; a void tells of another event, and nothing of its own. */
const ALL = `interactions i where i.bucket = $1 and i.customer_id = $2 and i.type <> 'event.voided'`;
const OF_MONTHS = `unnest($3::date[]) as month
  join interactions i on i.occurred_at >= month::timestamp at time zone 'UTC'
                     and i.occurred_at < (month + interval '1 month') at time zone 'UTC'
 where i.bucket = $1 and i.customer_id = $2 and i.type <> 'event.voided'
   and ($4::uuid is null or i.retailer_id = $4)`;

// Months are those of UTC, whatever the session has. How an event stands takes time, and is asked once.
const counted = (events: typeof ALL | typeof OF_MONTHS) => `
  with event as materialized (
    select i.occurred_at, i.retailer_id, i.type, i.touchpoint, ${STANDING} as standing from ${events})
  select date_trunc('month', occurred_at at time zone 'UTC')::date as month, retailer_id, type, touchpoint,
         count(*)::int as reported,
         (count(*) filter (where standing = 'standing'))::int as standing,
         (count(*) filter (where standing = 'disputed'))::int as disputed
    from event
   group by 1, 2, 3, 4`;

/**
 * Lets nobody else count this customer's events until commit: what was counted first would else be written last. False
 * when the customer is no longer there.
 */
export async function lockCounting(tx: Tx, { bucket, customerId }: CustomerKey): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `select from customers where bucket = $1 and customer_id = $2 for no key update`,
    [bucket, customerId],
  );
  return rows.length > 0;
}

/** Counts months anew, of one retailer or of all. Lock the counting first. */
export async function recount(
  tx: Tx,
  { bucket, customerId }: CustomerKey,
  months: readonly string[],
  retailerId: string | null,
): Promise<void> {
  await tx.query(
    `delete from interaction_counters
      where bucket = $1 and customer_id = $2 and month = any($3::date[]) and ($4::uuid is null or retailer_id = $4)`,
    [bucket, customerId, months, retailerId],
  );
  await tx.query(
    `insert into interaction_counters
       (bucket, customer_id, month, retailer_id, type, touchpoint, reported, standing, disputed)
     select $1, $2, counted.* from (${counted(OF_MONTHS)}) as counted`,
    [bucket, customerId, months, retailerId],
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

/** How many counters say something else than the events, or are missing, or too many. */
export async function countDifferences(reader: Reader, { bucket, customerId }: CustomerKey): Promise<number> {
  const [row] = await reader.query<{ count: number }[]>(
    `with kept as (
       select month, retailer_id, type, touchpoint, reported, standing, disputed
         from interaction_counters where bucket = $1 and customer_id = $2),
     counted as materialized (${counted(ALL)})
     select count(*)::int as count
       from kept full join counted using (month, retailer_id, type, touchpoint)
      where (kept.reported, kept.standing, kept.disputed)
            is distinct from (counted.reported, counted.standing, counted.disputed)`,
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
