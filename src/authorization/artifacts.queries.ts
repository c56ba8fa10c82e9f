import type { CustomerKey } from '../platform/customer-key.js';
import { named, type Reader } from '../platform/database/database.js';

/** Whose tokens an artifact belongs to. */
export interface TokenHolder {
  customer: CustomerKey;
  consentId: string;
  clientId: string;
  epoch: number;
}

export interface NewArtifact {
  idHash: Buffer;
  model: string;
  uidHash: Buffer | null;
  customer: CustomerKey | null;
  holder: TokenHolder | null;
  sealed: Buffer;
  expiresAt: Date;
}

export interface FoundArtifact {
  id_hash: Buffer;
  bucket: number | null;
  customer_id: string | null;
  consent_id: string | null;
  client_id: string | null;
  token_epoch: number | null;
  sealed: Buffer;
  consumed_at: Date | null;
}

const FOUND = 'id_hash, bucket, customer_id, consent_id, client_id, token_epoch, sealed, consumed_at';

export async function saveArtifact(reader: Reader, artifact: NewArtifact): Promise<void> {
  const { idHash, model, uidHash, customer, holder, sealed, expiresAt } = artifact;
  await reader.query(
    `insert into oauth_artifacts
       (id_hash, model, uid_hash, bucket, customer_id, consent_id, client_id, token_epoch, sealed, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (id_hash) do update
       set uid_hash = excluded.uid_hash, bucket = excluded.bucket, customer_id = excluded.customer_id,
           consent_id = excluded.consent_id, client_id = excluded.client_id, token_epoch = excluded.token_epoch,
           sealed = excluded.sealed, expires_at = excluded.expires_at`,
    [
      idHash,
      model,
      uidHash,
      customer?.bucket ?? null,
      customer?.customerId ?? null,
      holder?.consentId ?? null,
      holder?.clientId ?? null,
      holder?.epoch ?? null,
      sealed,
      expiresAt,
    ],
  );
}

export async function findArtifact(
  reader: Reader,
  by: 'id_hash' | 'uid_hash',
  hash: Buffer,
): Promise<FoundArtifact | undefined> {
  const [found] = await reader.query<FoundArtifact[]>(`select ${FOUND} from oauth_artifacts where ${by} = $1`, [hash]);
  return found;
}

/** Marks the artifact as used. Of any number of requests that try at once, one is told that it did. */
export async function consumeArtifact(reader: Reader, idHash: Buffer, at: Date): Promise<boolean> {
  const [, consumed] = await reader.query<[unknown[], number]>(
    `update oauth_artifacts set consumed_at = $2 where id_hash = $1 and consumed_at is null returning id_hash`,
    [idHash, at],
  );
  return consumed === 1;
}

/** Notes that a device asks about its code at this moment, unless it has asked since `before`: then false. */
export async function notePoll(reader: Reader, idHash: Buffer, at: Date, before: Date): Promise<boolean> {
  const [, noted] = await reader.query<[unknown[], number]>(
    `update oauth_artifacts set polled_at = $2
      where id_hash = $1 and (polled_at is null or polled_at <= $3) returning id_hash`,
    [idHash, at, before],
  );
  return noted === 1;
}

export async function removeArtifact(reader: Reader, idHash: Buffer): Promise<void> {
  await reader.query('delete from oauth_artifacts where id_hash = $1', [idHash]);
}

/** Records something that may be used once. Of any number of requests that try at once, one is told that it did. */
export async function recordOnce(
  reader: Reader,
  table: 'oauth_replays' | 'dpop_proofs',
  hash: Buffer,
  expiresAt: Date,
): Promise<boolean> {
  const column = table === 'oauth_replays' ? 'id_hash' : 'jti_hash';
  const recorded = await named(
    reader,
    `oauth.once.${table}`,
    `insert into ${table} (${column}, expires_at) values ($1, $2) on conflict do nothing returning ${column}`,
    [hash, expiresAt],
  );
  return recorded.length === 1;
}

const SWEPT_AT_ONCE = 5_000;

/** Deletes what expired before `before`, in pieces, so that no statement holds many rows. */
export async function sweepExpired(reader: Reader, before: Date): Promise<void> {
  for (const [table, key] of [
    ['oauth_artifacts', 'id_hash'],
    ['oauth_replays', 'id_hash'],
    ['dpop_proofs', 'jti_hash'],
  ]) {
    for (;;) {
      const [, swept] = await reader.query<[unknown[], number]>(
        `delete from ${table} where ${key} in (
           select ${key} from ${table} where expires_at < $1 limit ${SWEPT_AT_ONCE})`,
        [before],
      );
      if (swept < SWEPT_AT_ONCE) break;
    }
  }
}
