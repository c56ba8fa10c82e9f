import type { CustomerKey } from '../platform/customer-key.js';
import type { Tx } from '../platform/database/database.js';
import type { SignInMethod } from '../platform/http/access.js';

export interface LiveSessionRow {
  id: string;
  signed_in_at: Date;
  signed_in_with: SignInMethod;
  last_used_at: Date;
}

/** One indexed look-up within one customer: `$4` is now, `$5` the time since when it must have been used. */
export const SESSION_BY_TOKEN = `
  select id, signed_in_at, signed_in_with, last_used_at
    from sessions
   where bucket = $1 and customer_id = $2 and token_hash = $3 and expires_at > $4 and last_used_at > $5`;

export const SESSION_BY_ID = `
  select id, signed_in_at, signed_in_with, last_used_at
    from sessions
   where bucket = $1 and customer_id = $2 and id = $3 and expires_at > $4 and last_used_at > $5`;

/** Notes the use of a session, unless another request has noted it since `$5`. */
export const NOTE_SESSION_USE = `
  update sessions set last_used_at = $4
   where bucket = $1 and customer_id = $2 and id = $3 and last_used_at <= $5`;

/** Removes sessions that have ended by themselves. */
export async function removeEnded(tx: Tx, customer: CustomerKey, now: Date, idleSince: Date): Promise<void> {
  await tx.query(
    `delete from sessions where bucket = $1 and customer_id = $2 and (expires_at <= $3 or last_used_at <= $4)`,
    [customer.bucket, customer.customerId, now, idleSince],
  );
}

/** Ends all but the `kept` sessions that were used last, and answers which these were. */
export async function endLeastUsed(tx: Tx, customer: CustomerKey, kept: number): Promise<string[]> {
  const [rows] = await tx.query<[{ id: string }[], number]>(
    `delete from sessions
      where bucket = $1 and customer_id = $2
        and id in (select id from sessions where bucket = $1 and customer_id = $2
                    order by last_used_at desc, id desc offset $3)
      returning id`,
    [customer.bucket, customer.customerId, kept],
  );
  return rows.map(({ id }) => id);
}

/** Ends one session (or all but one, or all) and answers those that were open. */
export async function endSessions(
  tx: Tx,
  customer: CustomerKey,
  which: { only: string } | { except: string | null },
): Promise<string[]> {
  const [condition, id] =
    'only' in which ? ['id = $3::uuid', which.only] : ['id is distinct from $3::uuid', which.except];
  const [rows] = await tx.query<[{ id: string }[], number]>(
    `delete from sessions where bucket = $1 and customer_id = $2 and ${condition} returning id`,
    [customer.bucket, customer.customerId, id],
  );
  return rows.map((row) => row.id);
}
