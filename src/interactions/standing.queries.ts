import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader } from '../platform/database/database.js';
import { type Standing, STANDING } from './standing.js';

/** How an event stands now. It has to be there. */
export async function standingOf(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  { id, occurredAt }: { id: string; occurredAt: Date },
): Promise<Standing> {
  const [row] = await reader.query<{ standing: Standing }[]>(
    `select ${STANDING} as standing from interactions i
      where i.bucket = $1 and i.customer_id = $2 and i.occurred_at = $3 and i.id = $4`,
    [bucket, customerId, occurredAt, id],
  );
  if (!row) throw new Error(`There is no event ${id}.`);
  return row.standing;
}
