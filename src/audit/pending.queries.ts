import type { CustomerKey } from '../platform/customer-key.js';
import { named, type Tx } from '../platform/database/database.js';
import type { Statement } from '../platform/database/pipelined.js';

/** An entry as it waits to be numbered. */
export interface PendingRow {
  readonly bucket: number;
  readonly id: string;
  readonly type: string;
  readonly at: Date;
  readonly leaf_hash: Buffer;
  readonly commitment: Buffer;
  readonly sealed: Buffer;
  readonly pseudonym: Buffer | null;
  readonly retailer_id: string | null;
  readonly purposes: readonly string[];
  readonly attributes: readonly string[];
  readonly consent_version: number | null;
}

/** Writes entries with one statement, and answers how many: none at all where the keys of a customer are gone. */
export async function insertPending(
  tx: Tx,
  rows: readonly PendingRow[],
  customers: readonly CustomerKey[],
): Promise<number> {
  // What the log says of a customer is said while their keys are there: an erasure waits for whoever is writing, and who
  // still remembers the keys afterwards is refused. So nothing is written of somebody, anywhere, once they are erased.
  const written = await named(
    tx,
    'audit.append',
    `with held as materialized (select ccx_hold_keys($1::int[], $2::uuid[]) as count)
     insert into audit_pending
       (bucket, id, type, at, leaf_hash, commitment, sealed, pseudonym, retailer_id, purposes, attributes,
        consent_version)
     select bucket, id, type, at, leaf_hash, commitment, sealed, pseudonym, retailer_id, purposes::text[],
            attributes::text[], consent_version
       from unnest($4::int[], $5::uuid[], $6::text[], $7::timestamptz[], $8::bytea[], $9::bytea[], $10::bytea[],
                   $11::bytea[], $12::uuid[], $13::text[], $14::text[], $15::int[])
              as entry (bucket, id, type, at, leaf_hash, commitment, sealed,
                        pseudonym, retailer_id, purposes, attributes, consent_version)
      where (select count from held) = $3
     returning 1`,
    [
      customers.map(({ bucket }) => bucket),
      customers.map(({ customerId }) => customerId),
      customers.length,
      rows.map(({ bucket }) => bucket),
      rows.map(({ id }) => id),
      rows.map(({ type }) => type),
      rows.map(({ at }) => at),
      rows.map(({ leaf_hash }) => leaf_hash),
      rows.map(({ commitment }) => commitment),
      rows.map(({ sealed }) => sealed),
      rows.map(({ pseudonym }) => pseudonym),
      rows.map(({ retailer_id }) => retailer_id),
      rows.map(({ purposes }) => textArray(purposes)),
      rows.map(({ attributes }) => textArray(attributes)),
      rows.map(({ consent_version }) => consent_version),
    ],
  );
  return written.length;
}

/** What writes an entry about no customer. */
export function insertPendingStatement(row: PendingRow): Statement {
  return {
    name: 'audit.append-one',
    text: `insert into audit_pending
             (bucket, id, type, at, leaf_hash, commitment, sealed, pseudonym, retailer_id, purposes, attributes,
              consent_version)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    values: [
      row.bucket,
      row.id,
      row.type,
      row.at,
      row.leaf_hash,
      row.commitment,
      row.sealed,
      row.pseudonym,
      row.retailer_id,
      row.purposes,
      row.attributes,
      row.consent_version,
    ],
  };
}

/** A list as PostgreSQL writes it: `unnest` would take a list of lists apart altogether. */
function textArray(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join()}}`;
}
