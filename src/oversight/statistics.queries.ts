import { type ConsentStatus, consentStatuses } from '../consents/consent.entity.js';
import type { Reader } from '../platform/database/database.js';
import type { Bounds } from './engagement-bounds.js';

/** More are not counted, so that the numbers of an engagement cost no more than this, however long the log is. */
export const COUNTED_AT_MOST = 1_000_000;
const WITHDRAWALS_AT_MOST = 1_000;

export interface ConsentNumbers {
  readonly byStatus: Record<ConsentStatus, number>;
  readonly counted: number;
}

export async function countConsentsWithin(reader: Reader, bounds: Bounds, now: Date): Promise<ConsentNumbers> {
  const rows = await reader.query<{ status: ConsentStatus; matching: number; counted: number }[]>(
    `select case when c.status in ('active', 'paused') and c.expires_at <= $6 then 'expired' else c.status end as status,
            count(*) filter (where ${standing})::int as matching, count(*)::int as counted
       from (select bucket, customer_id, id from consent_refs
              where kind = 'consent' and ($1::uuid[] is null or retailer_id = any($1)) order by id desc limit $5) r
       join consents c on c.bucket = r.bucket and c.customer_id = r.customer_id and c.id = r.id
      group by 1`,
    [...valuesOf(bounds), COUNTED_AT_MOST, now],
  );
  const matching = new Map(rows.map((row) => [row.status, row.matching]));
  return {
    byStatus: Object.fromEntries(
      consentStatuses.map((status) => [status, matching.get(status) ?? 0]),
    ) as ConsentNumbers['byStatus'],
    counted: rows.reduce((sum, row) => sum + row.counted, 0),
  };
}

export interface WithdrawalNumbers {
  readonly withdrawn: number;
  readonly afterwards: number;
  readonly longest: number | null;
}

/** The newest ones, each with the last read of it. */
export async function readsAfterWithdrawal(reader: Reader, bounds: Bounds): Promise<WithdrawalNumbers> {
  const [row] = await reader.query<WithdrawalNumbers[]>(
    `select count(*)::int as withdrawn, count(*) filter (where last_read > ended_at)::int as afterwards,
            max(extract(epoch from last_read - ended_at))::float8 as longest
       from (select c.bucket, c.customer_id, c.id, c.ended_at
               from (select bucket, customer_id, id from consent_refs
                      where kind = 'consent' and ($1::uuid[] is null or retailer_id = any($1)) order by id desc limit $5) r
               join consents c on c.bucket = r.bucket and c.customer_id = r.customer_id and c.id = r.id
              where c.status = 'withdrawn' and ${standing} order by c.ended_at desc limit $6) w
       cross join lateral (
         select max(d.checked_at) as last_read from disclosures d
          where d.checked_at >= $4 and d.checked_at < $3 and d.bucket = w.bucket and d.customer_id = w.customer_id
            and d.consent_id = w.id and d.refused is null) reads`,
    [...valuesOf(bounds), COUNTED_AT_MOST, WITHDRAWALS_AT_MOST],
  );
  return row as WithdrawalNumbers;
}

export interface DisclosureNumbers {
  readonly answered: number;
  readonly refused: number;
}

export async function countDisclosuresWithin(reader: Reader, bounds: Bounds): Promise<DisclosureNumbers> {
  const [row] = await reader.query<DisclosureNumbers[]>(
    `select count(*) filter (where refused is null)::int as answered, count(*) filter (where refused is not null)::int as refused
       from (select d.refused
               from (select id from retailers where $1::uuid[] is null or id = any($1)) r
               join disclosures d on d.retailer_id = r.id and d.checked_at < $3 and d.checked_at >= $4
                and ($2::text[] is null or d.purpose = any($2))
              limit $5) d`,
    [...valuesOf(bounds), COUNTED_AT_MOST],
  );
  return row as DisclosureNumbers;
}

const standing = `
  c.given_at < $3 and (c.ended_at is null or c.ended_at >= $4)
  and ($2::text[] is null or exists (select from jsonb_array_elements(c.details) line where line->'purposes' ?| $2))`;

function valuesOf({ retailerIds, purposes, from, to }: Bounds): unknown[] {
  return [retailerIds ?? null, purposes ?? null, to, from];
}
