import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { InteractionNote } from './note.entity.js';

export function findNote(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  interactionId: string,
): Promise<InteractionNote | null> {
  return reader.findOneBy(InteractionNote, { bucket, customerId, interactionId });
}

export async function saveNote(tx: Tx, note: InteractionNote): Promise<void> {
  await tx.query(
    `insert into interaction_notes (bucket, customer_id, interaction_id, text_sealed, version, updated_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (bucket, customer_id, interaction_id) do update
       set text_sealed = excluded.text_sealed, version = excluded.version, updated_at = excluded.updated_at`,
    [note.bucket, note.customerId, note.interactionId, note.textSealed, note.version, note.updatedAt],
  );
}

/** Whether there was one. */
export async function deleteNote(tx: Tx, { bucket, customerId }: CustomerKey, interactionId: string): Promise<boolean> {
  const { affected } = await tx.delete(InteractionNote, { bucket, customerId, interactionId });
  return affected === 1;
}
