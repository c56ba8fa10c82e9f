import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import type { Statement } from '../platform/database/pipelined.js';
import type { Disclosure } from './disclosure.js';

/** A disclosure and what proves it: its place in the tree of its batch, whose root the audit entry holds. */
export interface RecordedDisclosure {
  readonly disclosure: Disclosure;
  readonly auditId: string;
  readonly index: number;
  readonly count: number;
  readonly nonce: Buffer;
  /** The audit path, its hashes one after another from the sibling up. */
  readonly path: Buffer;
}

export interface DpopProof {
  readonly jtiHash: Buffer;
  readonly expiresAt: Date;
}

const INSERT = `
insert into disclosures
  (bucket, customer_id, checked_at, id, consent_id, consent_version, retailer_id, client_id, attributes,
   purpose, touchpoint, stage, unchanged, refused, audit_id, leaf_index, leaf_count, nonce, path)
select bucket, customer_id, checked_at, id, consent_id, consent_version, retailer_id, client_id,
       string_to_array(attributes, ' '), purpose, touchpoint, stage, unchanged, refused,
       audit_id, leaf_index, leaf_count, nonce, path
  from unnest($1::int[], $2::uuid[], $3::timestamptz[], $4::uuid[], $5::uuid[], $6::int[], $7::uuid[], $8::text[],
              $9::text[], $10::text[], $11::text[], $12::text[], $13::boolean[], $14::text[],
              $15::uuid[], $16::int[], $17::int[], $18::bytea[], $19::bytea[])
    as batch (bucket, customer_id, checked_at, id, consent_id, consent_version, retailer_id, client_id, attributes,
              purpose, touchpoint, stage, unchanged, refused, audit_id, leaf_index, leaf_count, nonce, path)`;

/** What inserts the rows of a batch. */
export function insertDisclosures(rows: readonly RecordedDisclosure[]): Statement {
  const inBucketOrder = rows.toSorted((a, b) => a.disclosure.customer.bucket - b.disclosure.customer.bucket);
  const column = <T>(value: (disclosure: Disclosure, row: RecordedDisclosure) => T) =>
    inBucketOrder.map((row) => value(row.disclosure, row));
  const values = [
    column(({ customer }) => customer.bucket),
    column(({ customer }) => customer.customerId),
    column(({ checkedAt }) => checkedAt),
    column(({ id }) => id),
    column(({ consent }) => consent.id),
    column(({ consent }) => consent.version),
    column(({ retailerId }) => retailerId),
    column(({ clientId }) => clientId),
    // PostgreSQL has no array of lists of different lengths; a path has no space in it.
    column(({ attributes }) => attributes.join(' ')),
    column(({ purpose }) => purpose),
    column(({ touchpoint }) => touchpoint),
    column(({ stage }) => stage),
    column(({ unchanged }) => unchanged),
    column(({ refused }) => refused),
    column((_, { auditId }) => auditId),
    column((_, { index }) => index),
    column((_, { count }) => count),
    column((_, { nonce }) => nonce),
    column((_, { path }) => path),
  ];
  return { name: 'disclosures.insert', text: INSERT, values };
}

/** Whether the disclosure is in the table. */
export async function isRecorded(reader: Reader, { customer, checkedAt, id }: Disclosure): Promise<boolean> {
  const rows = await reader.query<unknown[]>(
    `select 1 from disclosures where bucket = $1 and customer_id = $2 and checked_at = $3 and id = $4`,
    [customer.bucket, customer.customerId, checkedAt, id],
  );
  return rows.length > 0;
}

/** What records proofs that were never seen before. It fails where one of them was, or is there twice. */
export function insertProofs(proofs: readonly DpopProof[]): Statement {
  return {
    name: 'disclosures.insert-proofs',
    text: `insert into dpop_proofs (jti_hash, expires_at) ${PROOFS}`,
    values: valuesOf(proofs),
  };
}

/** Records the proofs and answers the hashes, in hexadecimal, of those that had not been seen before. */
export async function recordProofs(tx: Tx, proofs: readonly DpopProof[]): Promise<Set<string>> {
  if (proofs.length === 0) return new Set();
  const rows = await tx.query<{ jti_hash: Buffer }[]>(
    `insert into dpop_proofs (jti_hash, expires_at) ${PROOFS} on conflict do nothing returning jti_hash`,
    valuesOf(proofs),
  );
  return new Set(rows.map(({ jti_hash }) => jti_hash.toString('hex')));
}

const PROOFS = 'select * from unnest($1::bytea[], $2::timestamptz[])';

/** In one order everywhere, so that two batches with the same proofs wait for each other instead of deadlocking. */
function valuesOf(proofs: readonly DpopProof[]): unknown[] {
  const ordered = proofs.toSorted((a, b) => a.jtiHash.compare(b.jtiHash));
  return [ordered.map(({ jtiHash }) => jtiHash), ordered.map(({ expiresAt }) => expiresAt)];
}

/** Which disclosures to list. Everything given must hold. */
export interface DisclosureFilter {
  readonly retailerId?: string;
  readonly attribute?: string;
  /** Inclusive. */
  readonly from: Date;
  /** Exclusive; left out for all that there will be. */
  readonly to?: Date;
  /** Leaves out these attributes, and whatever is about nothing else. */
  readonly hidden?: readonly string[];
  /** Only those after this one in the order of the list. */
  readonly after?: { readonly checkedAt: Date; readonly id: string };
  readonly limit: number;
}

/** A customer's disclosures, newest first. Every day of the time between is a table to look into: keep it short. */
export async function listDisclosures(
  reader: Reader,
  customer: CustomerKey,
  { retailerId, attribute, from, to, hidden, after, limit }: DisclosureFilter,
): Promise<Disclosure[]> {
  const rows = await reader.query<DisclosureRow[]>(
    `select ${TOLD}
       from disclosures
      where bucket = $1 and customer_id = $2
        and ($3::uuid is null or retailer_id = $3)
        and ($4::text is null or $4 = any(attributes))
        and checked_at >= $5::timestamptz
        and checked_at < coalesce($6::timestamptz, 'infinity')
        and ($7::timestamptz is null or (checked_at, id) < ($7, $8::uuid))
        and ($10::text[] is null or (not attributes <@ $10 and ($4::text is null or $4 <> all($10))))
      order by checked_at desc, id desc
      limit $9`,
    [customer.bucket, customer.customerId, retailerId, attribute, from, to, after?.checkedAt, after?.id, limit, hidden],
  );
  return rows.map((row) => {
    const attributes = row.attributes.filter((read) => !hidden?.includes(read));
    return toDisclosure(customer, { ...row, attributes });
  });
}

/** The customer's disclosure with this id, checked about the time at which the id was made; null when there is none. */
export async function findRecorded(
  reader: Reader,
  customer: CustomerKey,
  id: string,
): Promise<RecordedDisclosure | null> {
  const madeAt = timeOf(id);
  const rows = await reader.query<RecordedRow[]>(
    `select ${RECORDED} from disclosures
      where bucket = $1 and customer_id = $2 and checked_at between $3 and $4 and id = $5`,
    [customer.bucket, customer.customerId, new Date(madeAt - CLOCKS_APART_MS), new Date(madeAt + CLOCKS_APART_MS), id],
  );
  return rows[0] ? toRecorded(customer, rows[0]) : null;
}

/** Which disclosures under a consent to read, in the order in which they were checked. */
export interface ConsentReads {
  readonly consentId: string;
  /** Inclusive. */
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
  /** Only those for one of these; left out for all. */
  readonly purposes?: readonly string[];
  readonly after?: Disclosure | undefined;
  readonly limit: number;
}

/** The disclosures under one consent with what proves them, oldest first. As with the list, keep the time short. */
export async function pageOfConsent(
  reader: Reader,
  customer: CustomerKey,
  { consentId, from, to, purposes, after, limit }: ConsentReads,
): Promise<RecordedDisclosure[]> {
  const rows = await reader.query<RecordedRow[]>(
    `select ${RECORDED} from disclosures
      where bucket = $1 and customer_id = $2 and consent_id = $3 and checked_at >= $4 and checked_at < $5
        and ($6::text[] is null or purpose = any($6))
        and ($7::timestamptz is null or (checked_at, id) > ($7, $8::uuid))
      order by checked_at, id
      limit $9`,
    [customer.bucket, customer.customerId, consentId, from, to, purposes, after?.checkedAt, after?.id, limit],
  );
  return rows.map((row) => toRecorded(customer, row));
}

const TOLD =
  'checked_at, id, consent_id, consent_version, retailer_id, client_id, attributes, purpose, touchpoint, stage, ' +
  'unchanged, refused';
export const RECORDED = `${TOLD}, audit_id, leaf_index, leaf_count, nonce, path`;

/** How far the clock of a service, which makes the ids, may be from the database's, which checks. */
const CLOCKS_APART_MS = 86_400_000;

/** When a UUIDv7 was made, in milliseconds; of another id, some time. */
function timeOf(id: string): number {
  return Number.parseInt(id.replace('-', '').slice(0, 12), 16);
}

export interface RecordedRow extends DisclosureRow {
  audit_id: string;
  leaf_index: number;
  leaf_count: number;
  nonce: Buffer;
  path: Buffer;
}

export function toRecorded(customer: CustomerKey, row: RecordedRow): RecordedDisclosure {
  return {
    disclosure: toDisclosure(customer, row),
    auditId: row.audit_id,
    index: row.leaf_index,
    count: row.leaf_count,
    nonce: row.nonce,
    path: row.path,
  };
}

/** What every list says of a disclosure, as its row has it. */
export interface DisclosureRow {
  checked_at: Date;
  id: string;
  consent_id: string;
  consent_version: number;
  retailer_id: string;
  client_id: string;
  attributes: string[];
  purpose: string | null;
  touchpoint: string | null;
  stage: string | null;
  unchanged: boolean;
  refused: string | null;
}

export function toDisclosure(customer: CustomerKey, row: DisclosureRow): Disclosure {
  return {
    id: row.id,
    customer,
    consent: { id: row.consent_id, version: row.consent_version },
    retailerId: row.retailer_id,
    clientId: row.client_id,
    attributes: row.attributes,
    purpose: row.purpose,
    touchpoint: row.touchpoint,
    stage: row.stage,
    checkedAt: row.checked_at,
    unchanged: row.unchanged,
    refused: row.refused,
  };
}

/** Deletes what was read of a customer. The log keeps the roots of the batches, which say nothing without the rows. */
export async function eraseDisclosures(tx: Tx, { bucket, customerId }: CustomerKey): Promise<void> {
  await tx.query(`delete from disclosures where bucket = $1 and customer_id = $2`, [bucket, customerId]);
}
