import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';

/** An acknowledgement as its row has it. */
export interface SealedAcknowledgement {
  readonly consentId: string;
  readonly item: Buffer;
  readonly retailerId: string;
  readonly sealed: Buffer;
  readonly at: Date;
}

export interface AcknowledgingClient {
  readonly consentId: string;
  readonly retailerId: string;
  readonly clientId: string;
}

/** Keeps what is said now in the place of what was said before. */
export async function putAcknowledgements(
  tx: Tx,
  { bucket, customerId }: CustomerKey,
  { consentId, retailerId, clientId }: AcknowledgingClient,
  items: readonly Pick<SealedAcknowledgement, 'item' | 'sealed'>[],
  at: Date,
): Promise<void> {
  // In one order everywhere, so that two of them wait for each other instead of deadlocking.
  const ordered = items.toSorted((a, b) => a.item.compare(b.item));
  await tx.query(
    `insert into acknowledgements
       (bucket, customer_id, consent_id, item, retailer_id, client_id, sealed, acknowledged_at)
     select $1, $2, $3, item, $4, $5, sealed, $6 from unnest($7::bytea[], $8::bytea[]) as said (item, sealed)
     on conflict (bucket, customer_id, consent_id, item) do update
        set client_id = excluded.client_id, sealed = excluded.sealed, acknowledged_at = excluded.acknowledged_at`,
    [
      bucket,
      customerId,
      consentId,
      retailerId,
      clientId,
      at,
      ordered.map(({ item }) => item),
      ordered.map(({ sealed }) => sealed),
    ],
  );
}

/** How many things have been acknowledged under a consent. */
export async function countAcknowledgements(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  consentId: string,
): Promise<number> {
  const [row] = await reader.query<{ count: number }[]>(
    `select count(*)::int as count from acknowledgements where bucket = $1 and customer_id = $2 and consent_id = $3`,
    [bucket, customerId, consentId],
  );
  return row?.count ?? 0;
}

export interface AcknowledgementFilter {
  readonly retailerId?: string;
  /** Only those after this one in the order of the list. */
  readonly after?: Pick<SealedAcknowledgement, 'at' | 'consentId' | 'item'>;
  readonly limit: number;
}

/** What retailers said of a customer's preferences, the latest first. */
export function listAcknowledgements(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  { retailerId, after, limit }: AcknowledgementFilter,
): Promise<SealedAcknowledgement[]> {
  return reader.query<SealedAcknowledgement[]>(
    `select consent_id as "consentId", item, retailer_id as "retailerId", sealed, acknowledged_at as at
       from acknowledgements
      where bucket = $1 and customer_id = $2
        and ($3::uuid is null or retailer_id = $3)
        and ($4::timestamptz is null or (acknowledged_at, consent_id, item) < ($4, $5::uuid, $6::bytea))
      order by acknowledged_at desc, consent_id desc, item desc
      limit $7`,
    [bucket, customerId, retailerId ?? null, after?.at ?? null, after?.consentId ?? null, after?.item ?? null, limit],
  );
}

export async function eraseAcknowledgements(tx: Tx, { bucket, customerId }: CustomerKey): Promise<void> {
  await tx.query('delete from acknowledgements where bucket = $1 and customer_id = $2', [bucket, customerId]);
}
