import type { VerifierKey } from '../platform/crypto/verifier-key.js';
import type { Reader, Tx } from '../platform/database/database.js';

/** A key that signs the log's checkpoints, or did, and of which sizes. */
export interface IntroducedKey {
  readonly keyId: string;
  /** What verifies it (C2SP signed-note). */
  readonly vkey: string;
  /** Inclusive, as is `toSize`: where one key hands over to another one, both sign. */
  readonly fromSize: number;
  readonly toSize: number | null;
  readonly introducedAt: Date;
  readonly retiredAt: Date | null;
  /** The checkpoint by which the key before it introduced this one: it names it, and both have signed it. */
  readonly handover: string | null;
}

/** Every key that the log has had, the first one first. */
export async function introducedKeys(reader: Reader): Promise<IntroducedKey[]> {
  const rows = await reader.query<KeyRow[]>(
    `select key_id, vkey, from_size, to_size, introduced_at, retired_at, handover
       from audit_log_keys order by from_size, introduced_at`,
  );
  return rows.map((row) => ({
    keyId: row.key_id,
    vkey: row.vkey,
    fromSize: Number(row.from_size),
    toSize: row.to_size === null ? null : Number(row.to_size),
    introducedAt: row.introduced_at,
    retiredAt: row.retired_at,
    handover: row.handover,
  }));
}

/** Makes a key the one that signs from this size on, and retires the one before it. */
export async function introduceKey(
  tx: Tx,
  { key, fromSize, handover }: { key: VerifierKey } & Pick<IntroducedKey, 'fromSize' | 'handover'>,
  now: Date,
): Promise<void> {
  await tx.query('update audit_log_keys set to_size = $1, retired_at = $2 where retired_at is null', [fromSize, now]);
  await tx.query(
    `insert into audit_log_keys (key_id, vkey, from_size, introduced_at, handover) values ($1, $2, $3, $4, $5)`,
    [key.id, key.vkey, fromSize, now, handover],
  );
}

interface KeyRow {
  key_id: string;
  vkey: string;
  from_size: string;
  to_size: string | null;
  introduced_at: Date;
  retired_at: Date | null;
  handover: string | null;
}
