import { In, IsNull, LessThan } from 'typeorm';

import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import type { RowKey } from './consents.queries.js';
import type { Holder } from './receipt.js';
import { StoredReceipt } from './stored-receipt.entity.js';

/** To what a sealed receipt is bound: it opens as no other one, and not as the other holder's. */
export function receiptAad({ customerId }: CustomerKey, id: string, holder: Holder['kind']): string {
  return `receipt:${customerId}:${id}:${holder}`;
}

export async function insertReceipt(tx: Tx, receipt: StoredReceipt): Promise<void> {
  await tx.insert(StoredReceipt, receipt);
}

export function findReceipt(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  consentId: string,
  version: number,
): Promise<StoredReceipt | null> {
  return reader.findOneBy(StoredReceipt, { bucket, customerId, consentId, version });
}

export function findReceiptById(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  id: string,
): Promise<StoredReceipt | null> {
  return reader.findOneBy(StoredReceipt, { bucket, customerId, id });
}

/** A version of a consent, as the consent itself names it. */
export interface RowVersion extends RowKey {
  readonly version: number;
}

export function findReceipts(reader: Reader, versions: readonly RowVersion[]): Promise<StoredReceipt[]> {
  return reader.findBy(
    StoredReceipt,
    versions.map(({ bucket, customerId, id, version }) => ({ bucket, customerId, consentId: id, version })),
  );
}

/** The last one: what was approved beforehand may be called off. */
export function findReceiptOfRequest(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  requestId: string,
): Promise<StoredReceipt | null> {
  return reader.findOne(StoredReceipt, { where: { bucket, customerId, requestId }, order: { id: 'DESC' } });
}

export interface ReceiptsPage {
  /** Only those of versions before this one. */
  before?: number;
  limit: number;
}

/** A consent's receipts, the newest first. */
export function listReceipts(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  consentId: string,
  { before, limit }: ReceiptsPage,
): Promise<StoredReceipt[]> {
  return reader.find(StoredReceipt, {
    where: { bucket, customerId, consentId, ...(before !== undefined && { version: LessThan(before) }) },
    order: { version: 'DESC' },
    take: limit,
  });
}

/** When anything that the retailer had been given was last ended or narrowed, other than by approving a request of it. */
export async function lastTakenBack(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  retailerId: string,
): Promise<Date | null> {
  const last = await reader.findOne(StoredReceipt, {
    select: { at: true },
    where: { bucket, customerId, retailerId, requestId: IsNull(), event: In(['amended', 'withdrawn']) },
    order: { at: 'DESC' },
  });
  return last?.at ?? null;
}

/** Every receipt of the customer, in the order in which they were made. */
export function pageOfAllReceipts(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  { before, limit }: { before?: string; limit: number },
): Promise<StoredReceipt[]> {
  return reader.find(StoredReceipt, {
    where: { bucket, customerId, ...(before !== undefined && { id: LessThan(before) }) },
    order: { id: 'DESC' },
    take: limit,
  });
}
