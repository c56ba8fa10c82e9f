import type { CustomerKey } from '../platform/customer-key.js';
import { named, type Reader, type Tx } from '../platform/database/database.js';
import type { SealedDocument } from './preference-documents.js';
import type { Change } from './preference-version.entity.js';

/**
 * Holds the customer's whole profile until commit and answers their wrapped profile key; null once they are erased.
 * Every change of preferences begins here, because what it must not break (how many there are, that nothing is said
 * twice) is spread over documents, some of which may not exist yet.
 */
export async function lockProfile(tx: Tx, { bucket, customerId }: CustomerKey): Promise<Buffer | null> {
  const [row] = await named<{ profile_key: Buffer }>(
    tx,
    'preferences.lock-profile',
    `select profile_key from subject_keys where bucket = $1 and customer_id = $2 for no key update`,
    [bucket, customerId],
  );
  return row?.profile_key ?? null;
}

/** All sealed documents of a customer whose profile is held: nobody else changes one of them then. */
export function documentsOfHeld(tx: Tx, { bucket, customerId }: CustomerKey): Promise<SealedDocument[]> {
  return named(
    tx,
    'preferences.documents-of-held',
    `select category, version, vocabulary_version as "vocabularyVersion", sealed from preference_documents
      where bucket = $1 and customer_id = $2 order by category`,
    [bucket, customerId],
  );
}

/** The sealed documents of the customer, of all categories or of some. */
export function findDocuments(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  categories: readonly string[] | null,
): Promise<SealedDocument[]> {
  return reader.query(
    `select category, version, vocabulary_version as "vocabularyVersion", sealed from preference_documents
      where bucket = $1 and customer_id = $2 and ($3::text[] is null or category = any($3))`,
    [bucket, customerId, categories],
  );
}

export async function saveDocument(
  tx: Tx,
  { bucket, customerId }: CustomerKey,
  { category, version, vocabularyVersion, sealed }: SealedDocument,
  at: Date,
): Promise<void> {
  await named(
    tx,
    'preferences.save-document',
    `insert into preference_documents (bucket, customer_id, category, version, vocabulary_version, sealed, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (bucket, customer_id, category) do update
        set version = excluded.version, vocabulary_version = excluded.vocabulary_version,
            sealed = excluded.sealed, updated_at = excluded.updated_at`,
    [bucket, customerId, category, version, vocabularyVersion, sealed, at],
  );
}

export interface NewVersion {
  readonly preferenceId: string;
  readonly version: number;
  readonly change: Change;
  readonly category: string;
  readonly sealed: Buffer;
}

/** Adds the versions that one change has made. */
export async function insertVersions(
  tx: Tx,
  { bucket, customerId }: CustomerKey,
  versions: readonly NewVersion[],
  { vocabularyVersion, delegationId, at }: { vocabularyVersion: string; delegationId: string | null; at: Date },
): Promise<void> {
  await named(
    tx,
    'preferences.insert-versions',
    `insert into preference_versions
       (bucket, customer_id, preference_id, version, change, category, vocabulary_version, sealed, at, delegation_id)
     select $1, $2, preference_id, version, change, category, $3, sealed, $4, $5
       from unnest($6::uuid[], $7::int[], $8::text[], $9::text[], $10::bytea[])
         as new (preference_id, version, change, category, sealed)`,
    [
      bucket,
      customerId,
      vocabularyVersion,
      at,
      delegationId,
      versions.map(({ preferenceId }) => preferenceId),
      versions.map(({ version }) => version),
      versions.map(({ change }) => change),
      versions.map(({ category }) => category),
      versions.map(({ sealed }) => sealed),
    ],
  );
}
