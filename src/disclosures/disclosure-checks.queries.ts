import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader } from '../platform/database/database.js';
import type { DisclosureRow, RecordedRow } from './disclosures.queries.js';
import type { NamedVersion } from './wrong-disclosure.js';

/** Which disclosures to look at, of anybody. Everything given must hold. */
export interface AuditedDisclosures {
  /** Left out for all. */
  readonly retailerIds?: readonly string[];
  /** Left out for all. */
  readonly purposes?: readonly string[];
  readonly attribute?: string | undefined;
  readonly customer?: CustomerKey | undefined;
  readonly consentId?: string | undefined;
  /** Whether it was refused. */
  readonly refused?: boolean | undefined;
  /** Inclusive. */
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
}

/** A place in the order of the newest ones first. */
export interface Place {
  readonly checkedAt: Date;
  readonly id: string;
}

/** A disclosure, and the version of the consent that it names, if there is one. */
export interface JudgedRow extends DisclosureRow {
  customer_id: string;
  audit_id: string;
  status: NamedVersion['status'] | null;
  details: NamedVersion['details'];
  expires_at: Date;
}

const columns = `
  d.bucket, d.customer_id, d.checked_at, d.id, d.consent_id, d.consent_version, d.retailer_id, d.client_id, d.attributes,
  d.purpose, d.touchpoint, d.stage, d.unchanged, d.refused, d.audit_id`;
const within = `
  d.checked_at >= $1 and d.checked_at < $2
  and ($3::text[] is null or (d.checked_at, d.id) < ((($3::text[])[1])::timestamptz, (($3::text[])[2])::uuid))`;
const itsVersion = `
  left join consent_versions v on v.bucket = d.bucket and v.customer_id = d.customer_id and v.consent_id = d.consent_id
        and v.version = d.consent_version`;

/** The newest ones of a customer, or of these retailers, and which of them match whatever else is asked. */
export function disclosuresWithin(
  reader: Reader,
  asked: AuditedDisclosures,
  after: Place | undefined,
  limit: number,
): Promise<(JudgedRow & { matches: boolean })[]> {
  const newest = `and ${within} order by d.checked_at desc, d.id desc limit $5`;
  const { customer } = asked;
  const source = customer
    ? `select ${columns} from disclosures d where d.bucket = ${customer.bucket} and d.customer_id = $10 ${newest}`
    : `select d.* from (
         select id as retailer_id from retailers where $4::uuid[] is null or id = any($4)) of_retailer
         cross join lateral (
           select ${columns} from disclosures d where d.retailer_id = of_retailer.retailer_id ${newest}) d
        order by d.checked_at desc, d.id desc limit $5`;
  return reader.query(
    `select d.*, v.status, v.details, v.expires_at,
            ($4::uuid[] is null or d.retailer_id = any($4)) and ($6::text[] is null or d.purpose = any($6))
              and ($7::text is null or $7 = any(d.attributes)) and ($8::uuid is null or d.consent_id = $8)
              and ($9::boolean is null or $9 = (d.refused is not null)) and ($10::uuid is null or d.customer_id = $10)
              as matches
       from (${source}) d ${itsVersion}
      order by d.checked_at desc, d.id desc`,
    [
      asked.from,
      asked.to,
      after ? [after.checkedAt.toISOString(), after.id] : null,
      asked.retailerIds ?? null,
      limit,
      asked.purposes ?? null,
      asked.attribute ?? null,
      asked.consentId ?? null,
      asked.refused ?? null,
      customer?.customerId ?? null,
    ],
  );
}

/** A disclosure with what proves it within its batch. */
export interface PlacedRow extends JudgedRow, RecordedRow {}

/** Those of whole batches, whenever they were: an entry's time is not that of the reads. */
export function disclosuresOfEntries(reader: Reader, entryIds: readonly string[]): Promise<PlacedRow[]> {
  return reader.query(
    `select ${columns}, d.leaf_index, d.leaf_count, d.nonce, d.path, v.status, v.details, v.expires_at
       from disclosures d ${itsVersion}
      where d.audit_id = any($1)`,
    [entryIds],
  );
}
