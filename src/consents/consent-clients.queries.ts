import type { Reader, Tx } from '../platform/database/database.js';
import { ConsentClient } from './consent-client.entity.js';
import type { RowKey } from './consents.queries.js';

/** Gives a client its epoch under a consent: its first one, or the one that it has. */
export async function enrolClient(
  tx: Tx,
  { bucket, customerId, id }: RowKey,
  clientId: string,
  at: Date,
): Promise<number> {
  const key = { bucket, customerId, consentId: id, clientId };
  await tx
    .createQueryBuilder()
    .insert()
    .into(ConsentClient)
    .values({ ...key, tokenEpoch: 1, createdAt: at })
    .orIgnore()
    .execute();
  return (await tx.findOneByOrFail(ConsentClient, key)).tokenEpoch;
}

/** Ends all tokens of one client of a consent, or of all its clients. */
export async function raiseEpoch(tx: Tx, { bucket, customerId, id }: RowKey, clientId?: string): Promise<void> {
  await tx
    .createQueryBuilder()
    .update(ConsentClient)
    .set({ tokenEpoch: () => 'token_epoch + 1' })
    .where({ bucket, customerId, consentId: id, ...(clientId !== undefined && { clientId }) })
    .execute();
}

export async function epochOf(
  reader: Reader,
  { bucket, customerId, id }: RowKey,
  clientId: string,
): Promise<number | null> {
  const enrolled = await reader.findOneBy(ConsentClient, { bucket, customerId, consentId: id, clientId });
  return enrolled?.tokenEpoch ?? null;
}
