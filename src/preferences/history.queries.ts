import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader } from '../platform/database/database.js';
import type { Change } from './preference-version.entity.js';

/** One version as its row has it. */
export interface SealedVersion {
  readonly preferenceId: string;
  readonly version: number;
  readonly change: Change;
  readonly vocabularyVersion: string;
  readonly sealed: Buffer;
  readonly at: Date;
  /** By what right somebody else did it for the customer; null when the customer did. */
  readonly delegationId: string | null;
}

const COLUMNS = `
  preference_id as "preferenceId", version, change, vocabulary_version as "vocabularyVersion", sealed, at,
  delegation_id as "delegationId"`;

/** Versions of one preference, the latest first. */
export function findVersions(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  preferenceId: string,
  { before, limit }: { before?: number; limit: number },
): Promise<SealedVersion[]> {
  return reader.query(
    `select ${COLUMNS} from preference_versions
      where bucket = $1 and customer_id = $2 and preference_id = $3 and ($4::int is null or version < $4)
      order by version desc limit $5`,
    [bucket, customerId, preferenceId, before ?? null, limit],
  );
}

/** The latest version that each preference, of all or of some, had at an instant; those removed by then are left out. */
export function findStatesAt(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  at: Date,
  preferenceIds: readonly string[] | null = null,
): Promise<SealedVersion[]> {
  return reader.query(
    `select ${COLUMNS}
       from (select distinct on (preference_id) * from preference_versions
              where bucket = $1 and customer_id = $2 and at <= $3 and ($4::uuid[] is null or preference_id = any($4))
              order by preference_id, version desc) latest
      where change <> 'removed'`,
    [bucket, customerId, at, preferenceIds],
  );
}

export interface ChangesQuery {
  /** Inclusive; null for no beginning. */
  readonly from: Date | null;
  /** Exclusive; null for no end. */
  readonly to: Date | null;
  /** The last change that the caller has seen. */
  readonly after?: readonly [at: Date, preferenceId: string];
  readonly limit: number;
}

/** The last change of each preference that changed in a period, the latest first. */
export function findLastChanges(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  { from, to, after, limit }: ChangesQuery,
): Promise<SealedVersion[]> {
  return reader.query(
    `select ${COLUMNS}
       from (select distinct on (preference_id) * from preference_versions
              where bucket = $1 and customer_id = $2
                and ($3::timestamptz is null or at >= $3) and ($4::timestamptz is null or at < $4)
              order by preference_id, version desc) last
      where $5::timestamptz is null or (at, preference_id) < ($5, $6::uuid)
      order by at desc, preference_id desc limit $7`,
    [bucket, customerId, from, to, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}
