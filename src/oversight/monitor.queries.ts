import type { ConsentStatus } from '../consents/consent.entity.js';
import { consentChanges } from '../consents/consent-version.entity.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import type { Reader } from '../platform/database/database.js';
import type { SealedEntry } from './entry-reader.service.js';
import type { KeptVersion } from './monitor-rules.js';

/** A consent with every version of it that is kept. */
export interface KeptConsent {
  readonly id: string;
  readonly customerId: string;
  readonly retailerId: string;
  readonly version: number;
  readonly status: ConsentStatus;
  readonly versions: readonly KeptVersion[];
}

export async function keptConsents(reader: Reader, customers: readonly CustomerKey[]): Promise<KeptConsent[]> {
  return reader.query<KeptConsent[]>(
    `select c.id, c.customer_id as "customerId", c.retailer_id as "retailerId", c.version, c.status,
            coalesce((select jsonb_agg(jsonb_build_object('version', v.version, 'change', v.change, 'status', v.status,
                                                          'details', v.details))
                        from consent_versions v
                       where v.bucket = c.bucket and v.customer_id = c.customer_id and v.consent_id = c.id),
                     '[]') as versions
       from unnest($1::int[], $2::uuid[]) as who (bucket, customer_id)
       join consents c on c.bucket = who.bucket and c.customer_id = who.customer_id`,
    [customers.map(({ bucket }) => bucket), customers.map(({ customerId }) => customerId)],
  );
}

const consentTypes = consentChanges.map((change) => `consent.${change}`);

/** An entry about a version of a consent, numbered or not yet. */
export interface ConsentEntry extends SealedEntry {
  readonly type: string;
}

/** Every entry about the consents of these customers, with one statement: one that is being numbered is not missed. */
export async function consentEntries(reader: Reader, customers: readonly CustomerKey[]): Promise<ConsentEntry[]> {
  return reader.query<ConsentEntry[]>(
    `with who as (
       select s.pseudonym, s.bucket
         from unnest($1::int[], $2::uuid[]) as asked (bucket, customer_id)
         join audit_subjects s on s.bucket = asked.bucket and s.customer_id = asked.customer_id)
     select e.id, e.type, e.pseudonym, e.leaf_hash as "leafHash", e.sealed
       from who join audit_log e on e.pseudonym = who.pseudonym and e.type = any($3)
     union all
     select e.id, e.type, e.pseudonym, e.leaf_hash, e.sealed
       from who join audit_pending e
         on e.bucket = who.bucket and e.pseudonym = who.pseudonym and e.type = any($3)`,
    [customers.map(({ bucket }) => bucket), customers.map(({ customerId }) => customerId), consentTypes],
  );
}

/** Consents whose time was up before, and of which nobody has recorded it. */
export async function unloggedExpiries(
  reader: Reader,
  before: Date,
  limit: number,
): Promise<{ id: string; retailerId: string }[]> {
  return reader.query(
    `select id, retailer_id as "retailerId" from consents
      where status in ('active', 'paused') and expires_at <= $1 order by expires_at limit $2`,
    [before, limit],
  );
}

/** The customers of these buckets, by bucket. */
export async function customersOfBuckets(
  reader: Reader,
  { from, to }: { from: number; to: number },
): Promise<CustomerKey[]> {
  const rows = await reader.query<{ customer_id: string }[]>(
    `select customer_id from subject_keys where bucket >= $1 and bucket < $2 order by bucket, customer_id`,
    [from, to],
  );
  return rows.map(({ customer_id }) => customerKey(customer_id));
}

/** Which of these pseudonyms are of somebody who is being erased: their entries have lost their keys and not yet the rest. */
export async function beingErased(reader: Reader, pseudonyms: readonly Buffer[]): Promise<Set<string>> {
  const rows = await reader.query<{ pseudonym: Buffer }[]>(
    'select pseudonym from erasing_customers where pseudonym = any($1)',
    [pseudonyms],
  );
  return new Set(rows.map(({ pseudonym }) => pseudonym.toString('hex')));
}
