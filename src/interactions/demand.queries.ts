import type { Reader, Tx } from '../platform/database/database.js';
import { type Cell, FEWEST_CUSTOMERS, REST, UNSTATED } from './demand.js';
import { DemandRelease } from './demand.entity.js';
import { STANDS } from './standing.js';

/** One month of one retailer. */
export interface RetailerMonth {
  readonly retailerId: string;
  /** Its first day, by UTC. */
  readonly month: string;
}

/** Months of retailers, of those from one on and before another, of which something is counted and nothing released. */
export async function unreleasedMonths(
  reader: Reader,
  { from, to }: { from: string; to: string },
): Promise<RetailerMonth[]> {
  return reader.query<RetailerMonth[]>(
    `select distinct c.retailer_id as "retailerId", to_char(c.month, 'YYYY-MM-DD') as month
       from interaction_counters c
      where c.month >= $1 and c.month < $2
        and not exists (select from demand_releases r where r.retailer_id = c.retailer_id and r.month = c.month)
      order by 2, 1`,
    [from, to],
  );
}

const IN_MONTH = `i.retailer_id = $1 and i.occurred_at >= $2::date::timestamp at time zone 'UTC'
  and i.occurred_at < ($2::date + interval '1 month') at time zone 'UTC'`;

/** When the last event of the month arrived. */
export async function lastArrival(reader: Reader, { retailerId, month }: RetailerMonth): Promise<Date | null> {
  const [row] = await reader.query<{ at: Date | null }[]>(
    `select max(received_at) as at from interactions i where ${IN_MONTH}`,
    [retailerId, month],
  );
  return row?.at ?? null;
}

/** Every classification (GPC) of the products of the month. */
export async function classificationsOf(reader: Reader, { retailerId, month }: RetailerMonth): Promise<string[]> {
  const rows = await reader.query<{ gpc: string }[]>(
    `select distinct line -> 'product' ->> 'gpc' as gpc
       from interactions i cross join jsonb_array_elements(i.data -> 'lines') as line
      where ${IN_MONTH} and i.type = 'transaction.completed' and line -> 'product' ? 'gpc'`,
    [retailerId, month],
  );
  return rows.map(({ gpc }) => gpc);
}

// What is left out of a code is `-`. A dimension without details has the detail ''.
const FACETS = `
  select 'interaction' as dimension, type as value, touchpoint as detail
  union all
  select facet.* from (values ('fulfilment', coalesce(data ->> 'fulfilment', '${UNSTATED}'), ''),
                              ('receipt', coalesce(data ->> 'receipt', '${UNSTATED}'), '')) as facet
   where type = 'transaction.completed'
  union all
  select facet.* from jsonb_array_elements(data -> 'lines') as line
    cross join lateral (select line -> 'product' as product) as bought
    cross join lateral (
      values ('category', coalesce(product ->> 'category', '${UNSTATED}'),
              (product ->> 'scheme') || ':' || (product ->> 'code')),
             ('brand', coalesce(product ->> 'brand', '${UNSTATED}'), '')) as facet
   where type = 'transaction.completed' and product ? 'code' and not product ? 'special'
     and not coalesce(product ->> 'gpc' = any($6), false)
  union all
  select 'return_reason', coalesce(data ->> 'reason', '${UNSTATED}'), '' where type = 'return.completed'
  union all
  select 'response', data ->> 'campaign', data ->> 'response' where type = 'promotion.responded'`;

const COUNT = `
with events as materialized (
  select i.customer_id, i.type, i.touchpoint, i.data
    from interactions i
    join consents c on c.bucket = i.bucket and c.customer_id = i.customer_id and c.id = i.consent_id
   where ${IN_MONTH} and i.type <> 'event.voided' and ${STANDS}
     and c.status = 'active' and exists (
       select from jsonb_to_recordset(c.details)
                     as line (type text, event_types jsonb, touchpoints jsonb, purposes jsonb, expires_at timestamptz)
        where line.type = 'ccx_interactions' and line.event_types ? i.type and line.touchpoints ? i.touchpoint
          and line.purposes ?| $3 and line.expires_at > $4)),
facts as materialized (select distinct customer_id, dimension, value, detail from events cross join lateral (${FACETS}) as facet),
cells as materialized (
  select dimension, value, case when grouping(detail) = 0 then detail end as detail, count(distinct customer_id) as customers
    from facts group by grouping sets ((dimension, value), (dimension, value, detail)))
select dimension, value, detail, customers::int from cells where detail is distinct from ''
union all
select f.dimension, '${REST}', null, count(distinct f.customer_id)::int
  from facts f join cells c on c.dimension = f.dimension and c.value = f.value and c.detail is null and c.customers < $5
 group by 1
union all
select f.dimension, f.value, '${REST}', count(distinct f.customer_id)::int
  from facts f join cells c on c.dimension = f.dimension and c.value = f.value and c.detail = f.detail and c.customers < $5
 where f.detail <> ''
 group by 1, 2`;

/**
 * How many customers are behind each value and each of its details in a month, of those whose events stand and whose
 * consent, which is active, names one of these purposes.
 *
 * @param special classifications that are left out, as is what its retailer calls special
 */
export async function countCustomers(
  tx: Tx,
  { retailerId, month }: RetailerMonth,
  purposes: readonly string[],
  special: readonly string[],
  now: Date,
): Promise<Cell[]> {
  return tx.query<Cell[]>(COUNT, [retailerId, month, purposes, now, FEWEST_CUSTOMERS, special]);
}

/** Publishes a month, unless somebody else has just done so. */
export async function publish(tx: Tx, { retailerId, month, cells, releasedAt }: DemandRelease): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `insert into demand_releases (retailer_id, month, cells, released_at) values ($1, $2, $3, $4)
     on conflict (retailer_id, month) do nothing returning month`,
    [retailerId, month, JSON.stringify(cells), releasedAt],
  );
  return rows.length > 0;
}

export function findRelease(reader: Reader, retailerId: string, month: string): Promise<DemandRelease | null> {
  return reader.findOneBy(DemandRelease, { retailerId, month });
}

/** The releases of a retailer without their cells, the latest month first, before one of them where that is given. */
export function listReleases(
  reader: Reader,
  retailerId: string,
  { before, limit }: { before?: string | undefined; limit: number },
): Promise<Pick<DemandRelease, 'month' | 'releasedAt'>[]> {
  return reader.query<Pick<DemandRelease, 'month' | 'releasedAt'>[]>(
    `select to_char(month, 'YYYY-MM-DD') as month, released_at as "releasedAt" from demand_releases r
      where retailer_id = $1 and ($2::date is null or r.month < $2) order by r.month desc limit $3`,
    [retailerId, before ?? null, limit],
  );
}
