import type { Reader } from '../platform/database/database.js';
import type { SealedDocument } from './preference-documents.js';

/** A stored document, and the wrapped key to it. */
export interface KeyedDocument extends SealedDocument {
  readonly bucket: number;
  readonly customerId: string;
  readonly profileKey: Buffer;
}

/** Where a walk through all documents is: after this one. */
export type Place = readonly [bucket: number, customerId: string, category: string];

const columns = `d.bucket, d.customer_id as "customerId", d.category, d.version,
                 d.vocabulary_version as "vocabularyVersion", d.sealed, k.profile_key as "profileKey"`;

/** The next documents of all customers, in the order of their key. */
export function documentsAfter(reader: Reader, place: Place | null, limit: number): Promise<KeyedDocument[]> {
  return reader.query(
    `select ${columns}
       from preference_documents d join subject_keys k on k.bucket = d.bucket and k.customer_id = d.customer_id
      where $1::int is null or (d.bucket, d.customer_id, d.category) > ($1, $2::uuid, $3)
      order by d.bucket, d.customer_id, d.category
      limit $4`,
    [...(place ?? [null, null, null]), limit],
  );
}

/** The documents that were written since. There is no index on the time: it is asked for seldom, by operators. */
export function documentsSince(reader: Reader, since: Date, limit: number): Promise<KeyedDocument[]> {
  return reader.query(
    `select ${columns}
       from preference_documents d join subject_keys k on k.bucket = d.bucket and k.customer_id = d.customer_id
      where d.updated_at >= $1
      limit $2`,
    [since, limit],
  );
}

export async function countDocuments(reader: Reader): Promise<number> {
  const [row] = await reader.query<{ count: string }[]>('select count(*) from preference_documents');
  return Number(row!.count);
}
