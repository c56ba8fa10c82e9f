import { Consent, type ConsentStatus } from '../consents/consent.entity.js';
import type { ConsentDetail } from '../consents/detail.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import type { Bounds } from './engagement-bounds.js';

/** Which consents to list, of anybody: those that stood at some time of the bounds. Everything given must hold. */
export interface AuditedConsents extends Bounds {
  readonly status?: ConsentStatus | undefined;
  readonly attribute?: string | undefined;
  readonly customer?: CustomerKey | undefined;
}

export interface ConsentRow {
  readonly consent: Consent;
  readonly pseudonym: Buffer | null;
}

/** How many consents are looked through for one page, whatever is asked of them. */
const LOOKED_THROUGH = 1_000;

// One whose time is up has expired, also while nobody has recorded that.
const STATUS = `case when c.status in ('active', 'paused') and c.expires_at <= $3 then 'expired' else c.status end`;

/**
 * The newest ones, before an id. Cost is bounded, whatever is asked: what matches among the consents looked through, and
 * the id before which to go on; null once there is nothing more.
 */
export async function listAuditedConsents(
  reader: Reader,
  { retailerIds, purposes, from, to, status, attribute, customer }: AuditedConsents,
  { before, limit, now }: { before: string | undefined; limit: number; now: Date },
): Promise<{ found: ConsentRow[]; next: string | null }> {
  const newest = `kind = 'consent' and ($1::uuid is null or id < $1) order by id desc limit $2`;
  const source = customer
    ? `select id, bucket, customer_id from consent_refs
        where bucket = ${customer.bucket} and customer_id = $10 and ${newest}`
    : retailerIds
      ? `select r.* from unnest($4::uuid[]) as of_retailer (retailer_id)
          cross join lateral (select id, bucket, customer_id from consent_refs
                               where retailer_id = of_retailer.retailer_id and ${newest}) r
          order by id desc limit $2`
      : `select id, bucket, customer_id from consent_refs where ${newest}`;
  const rows = await reader.query<(StoredConsent & { ref_id: string; matches: boolean })[]>(
    `select c.*, s.pseudonym, w.id as ref_id, c.id is not null
            and ($4::uuid[] is null or c.retailer_id = any($4))
            and c.given_at < $5 and (c.ended_at is null or c.ended_at >= $6)
            and ($7::text is null or ${STATUS} = $7)
            and exists (select from jsonb_array_elements(c.details) line
                         where ($8::text[] is null or line->'purposes' ?| $8)
                           and ($9::text is null or line->'attributes' ? $9))
            and ($10::uuid is null or c.customer_id = $10) as matches
       from (${source}) w
       left join consents c on c.bucket = w.bucket and c.customer_id = w.customer_id and c.id = w.id
       left join audit_subjects s on s.bucket = w.bucket and s.customer_id = w.customer_id
      order by w.id desc`,
    [
      before,
      LOOKED_THROUGH,
      now,
      retailerIds ?? null,
      to,
      from,
      status ?? null,
      purposes ?? null,
      attribute ?? null,
      customer?.customerId ?? null,
    ],
  );
  const matching = rows.filter(({ matches }) => matches);
  const found = matching.slice(0, limit).map((row) => ({ consent: toConsent(row), pseudonym: row.pseudonym }));
  const isMore = matching.length > limit;
  const last = isMore ? found.at(-1)?.consent.id : rows.length === LOOKED_THROUGH ? rows.at(-1)?.ref_id : undefined;
  return { found, next: last ?? null };
}

interface StoredConsent {
  pseudonym: Buffer | null;
  id: string;
  bucket: number;
  customer_id: string;
  retailer_id: string;
  use: Consent['use'];
  status: ConsentStatus;
  version: number;
  details: ConsentDetail[];
  max_reads_per_day: number | null;
  reported_data: Consent['reportedData'];
  notice_hash: Buffer | null;
  given_at: Date;
  expires_at: Date;
  paused_at: Date | null;
  ended_at: Date | null;
}

function toConsent(row: StoredConsent): Consent {
  return Object.assign(new Consent(), {
    id: row.id,
    bucket: row.bucket,
    customerId: row.customer_id,
    retailerId: row.retailer_id,
    use: row.use,
    status: row.status,
    version: row.version,
    details: row.details,
    maxReadsPerDay: row.max_reads_per_day,
    reportedData: row.reported_data,
    noticeHash: row.notice_hash,
    givenAt: row.given_at,
    expiresAt: row.expires_at,
    pausedAt: row.paused_at,
    endedAt: row.ended_at,
  });
}

/**
 * What was shown under this hash before somebody gave or changed a consent that lies within the bounds, for a version that
 * was in force at some time of them; null when nothing was.
 */
export async function noticeWithin(
  reader: Reader,
  hash: Buffer,
  { retailerIds, purposes, from, to }: Bounds,
): Promise<JsonObject | null> {
  const [row] = await reader.query<{ text: JsonObject }[]>(
    `select n.text
       from notices n
       join consent_versions v on v.bucket = n.bucket and v.customer_id = n.customer_id and v.notice_hash = n.hash
       join consents c on c.bucket = v.bucket and c.customer_id = v.customer_id and c.id = v.consent_id
      where n.hash = $1 and ($2::uuid[] is null or c.retailer_id = any($2))
        and v.at < $4 and (c.ended_at is null or c.ended_at >= $5)
        and not exists (select from consent_versions later
                         where later.bucket = v.bucket and later.customer_id = v.customer_id
                           and later.consent_id = v.consent_id and later.version = v.version + 1 and later.at <= $5)
        and exists (select from jsonb_array_elements(v.details) line where $3::text[] is null or line->'purposes' ?| $3)
      limit 1`,
    [hash, retailerIds ?? null, purposes ?? null, to, from],
  );
  return row?.text ?? null;
}
