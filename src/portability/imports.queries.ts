import { gunzipSync, gzipSync } from 'node:zlib';

import { open, seal } from '../platform/crypto/seal.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { Import } from './import.entity.js';
import type { ConflictPolicy, Counts, ImportItem } from './import-plan.js';
import type { ReadFile } from './import-reader.js';

/** What an import came to, but for its items. */
export interface ImportSummary extends Omit<ReadFile, 'candidates'> {
  readonly conflicts: ConflictPolicy;
  readonly counts: Counts;
}

export interface ImportContent extends ImportSummary {
  readonly items: readonly ImportItem[];
}

/** An import without its items. */
export type ImportHead = Omit<Import, 'items'>;

const HEAD = [
  'bucket',
  'customerId',
  'id',
  'status',
  'summary',
  'createdAt',
  'settledAt',
] as const satisfies readonly (keyof ImportHead)[];

/** Imports of a customer, page by page, the latest first. */
export function importsOf(
  reader: Reader,
  customer: CustomerKey,
  before: string | undefined,
  limit: number,
): Promise<Import[]> {
  return latest(reader, customer, before, limit).getMany();
}

/** The same without their items, which may be large. */
export function importHeadsOf(
  reader: Reader,
  customer: CustomerKey,
  before: string | undefined,
  limit: number,
): Promise<ImportHead[]> {
  return latest(reader, customer, before, limit)
    .select(HEAD.map((column) => `i.${column}`))
    .getMany();
}

function latest(reader: Reader, customer: CustomerKey, before: string | undefined, limit: number) {
  const query = reader.createQueryBuilder(Import, 'i').where({ ...customer });
  if (before) query.andWhere('i.id < :before', { before });
  return query.orderBy('i.id', 'DESC').take(limit);
}

/** Deletes a customer's settled imports but for the latest. */
export async function deleteSettledBeyond(tx: Tx, { bucket, customerId }: CustomerKey, kept: number): Promise<void> {
  await tx.query(
    `delete from imports where bucket = $1 and customer_id = $2 and id in (
       select id from imports where bucket = $1 and customer_id = $2 and settled_at is not null
        order by settled_at desc, id desc offset $3)`,
    [bucket, customerId, kept],
  );
}

/** Loads the import and holds its row until commit. */
export function lockImport(tx: Tx, customer: CustomerKey, id: string): Promise<Import | null> {
  return tx.findOne(Import, { where: { ...customer, id }, lock: { mode: 'pessimistic_write' } });
}

type Sealed = Pick<Import, 'customerId' | 'id'>;

/** Seals what an import came to into its row. */
export function sealContent(row: Import, profileKey: Buffer, { items, ...summary }: ImportContent): void {
  row.summary = sealJson(row, 'summary', profileKey, summary);
  row.items = sealJson(row, 'items', profileKey, items);
}

export function openSummary(row: ImportHead, profileKey: Buffer): ImportSummary {
  return openJson(row, 'summary', profileKey, row.summary) as ImportSummary;
}

export function openContent(row: Import, profileKey: Buffer): ImportContent {
  const items = openJson(row, 'items', profileKey, row.items) as ImportItem[];
  return { ...openSummary(row, profileKey), items };
}

function sealJson(row: Sealed, part: keyof Import, profileKey: Buffer, content: unknown): Buffer {
  return seal(profileKey, gzipSync(JSON.stringify(content)), aadOf(row, part));
}

function openJson(row: Sealed, part: keyof Import, profileKey: Buffer, sealed: Buffer): unknown {
  return JSON.parse(gunzipSync(open(profileKey, sealed, aadOf(row, part))).toString());
}

function aadOf({ customerId, id }: Sealed, part: keyof Import): string {
  return `${customerId}|import|${id}|${part}`;
}
