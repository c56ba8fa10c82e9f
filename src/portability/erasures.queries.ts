import { type FindOptionsWhere, IsNull, LessThan, LessThanOrEqual } from 'typeorm';

import { waitForLogState } from '../audit/log-tiles.queries.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { ErasingCustomer, Erasure } from './erasure.entity.js';
import { ErasureNotice } from './erasure-notice.entity.js';

const keyOf = ({ bucket, customerId }: CustomerKey): CustomerKey => ({ bucket, customerId });

export async function findErasureOf(reader: Reader, customer: CustomerKey): Promise<Erasure | null> {
  const erasing = await reader.findOneBy(ErasingCustomer, keyOf(customer));
  return erasing && reader.findOneBy(Erasure, { id: erasing.erasureId });
}

/** Loads the customer's erasure and holds it until commit: it begins, or is cancelled, but not both. */
export async function lockErasureOf(tx: Tx, customer: CustomerKey): Promise<Erasure | null> {
  const erasing = await tx.findOneBy(ErasingCustomer, keyOf(customer));
  const lock = { mode: 'pessimistic_write' as const };
  return erasing && tx.findOne(Erasure, { where: { id: erasing.erasureId }, lock });
}

/** Says whose the erasure is, unless the customer has one: then false, once whoever asked for it has committed. */
export async function claimCustomer(tx: Tx, customer: CustomerKey, erasureId: string): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `insert into erasing_customers (bucket, customer_id, erasure_id) values ($1, $2, $3)
     on conflict (bucket, customer_id) do nothing returning 1`,
    [customer.bucket, customer.customerId, erasureId],
  );
  return rows.length > 0;
}

/** The erasure whose step is due longest, and that no other process is at, held until commit. */
export function lockDue(tx: Tx, now: Date): Promise<Erasure | null> {
  return tx.findOne(Erasure, {
    where: { dueAt: LessThanOrEqual(now) },
    order: { dueAt: 'ASC' },
    lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' },
  });
}

/** How many rows of a table are the customer's. */
export async function countRows(reader: Reader, table: string, customer: CustomerKey): Promise<number> {
  const [row] = await reader.query<{ count: number }[]>(
    `select count(*)::int as count from ${table} where bucket = $1 and customer_id = $2`,
    [customer.bucket, customer.customerId],
  );
  return row?.count ?? 0;
}

/** Whether the log has entries of this pseudonym that it could not serve without what is sealed in them. */
export async function hasUncommitted(reader: Reader, bucket: number, pseudonym: Buffer): Promise<boolean> {
  const [row] = await reader.query<{ found: boolean }[]>(
    `select exists (select from audit_log where pseudonym = $1 and commitment is null)
         or exists (select from audit_pending where bucket = $2 and pseudonym = $1 and commitment is null) as found`,
    [pseudonym, bucket],
  );
  return row?.found ?? false;
}

/**
 * Takes out of the log's rows what is sealed and by whom, for so many at a time. The hashes stay, and all that is proved
 * by them. Nothing is numbered meanwhile, so that nothing is missed on its way into the log.
 *
 * @returns how many rows it has changed
 */
export async function stripEntries(tx: Tx, bucket: number, pseudonym: Buffer, limit: number): Promise<number> {
  await waitForLogState(tx);
  await tx.query('set local role ccx_erase');
  const [, pending] = await tx.query<[unknown, number]>(
    `update audit_pending set sealed = '', pseudonym = null where bucket = $1 and pseudonym = $2`,
    [bucket, pseudonym],
  );
  const [, logged] = await tx.query<[unknown, number]>(
    `update audit_log set sealed = '', pseudonym = null
      where idx in (select idx from audit_log where pseudonym = $1 order by at, idx limit $2)`,
    [pseudonym, limit],
  );
  await tx.query('reset role');
  return pending + logged;
}

/** The id of the register that belongs to the database; null when it has not been told of any yet. */
export async function findRegisterId(reader: Reader): Promise<string | null> {
  const [row] = await reader.query<{ id: string }[]>('select id from erasure_register');
  return row?.id ?? null;
}

/** Tells the database which register is its own, unless it knows one; answers whether it is this one. */
export async function claimRegister(reader: Reader, id: string): Promise<boolean> {
  await reader.query('insert into erasure_register (id) values ($1) on conflict (single) do nothing', [id]);
  return (await findRegisterId(reader)) === id;
}

/** How many erasures have begun, of which the register must know. */
export function countBegun(reader: Reader): Promise<number> {
  return reader.createQueryBuilder(Erasure, 'e').where('e.began_at is not null').getCount();
}

/** How many of these customers have keys, and with them an account that has not ended. */
export async function countOpenAccounts(reader: Reader, customers: readonly CustomerKey[]): Promise<number> {
  const [row] = await reader.query<{ count: number }[]>(
    `select count(*)::int as count
       from unnest($1::int[], $2::uuid[]) as who (bucket, customer_id)
       join subject_keys using (bucket, customer_id)`,
    [customers.map(({ bucket }) => bucket), customers.map(({ customerId }) => customerId)],
  );
  return row?.count ?? 0;
}

export interface NoticeFilter {
  readonly retailerId?: string;
  readonly attested?: boolean | undefined;
  /** Only those that were to be attested by then. */
  readonly dueBefore?: Date | undefined;
  /** Only those before this id. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Newest first: ids are made in the order of time. */
export function listNotices(
  reader: Reader,
  { retailerId, attested, dueBefore, before, limit }: NoticeFilter,
): Promise<ErasureNotice[]> {
  const query = reader.createQueryBuilder(ErasureNotice, 'n').orderBy('n.id', 'DESC').take(limit);
  if (retailerId !== undefined) query.andWhere('n.retailer_id = :retailerId', { retailerId });
  if (attested !== undefined) query.andWhere(`n.attested_at is ${attested ? 'not ' : ''}null`);
  if (dueBefore) query.andWhere('n.due_at < :dueBefore', { dueBefore });
  if (before !== undefined) query.andWhere('n.id < :before', { before });
  return query.getMany();
}

export function noticesOf(reader: Reader, erasureId: string): Promise<ErasureNotice[]> {
  return reader.find(ErasureNotice, { where: { erasureId }, order: { id: 'ASC' } });
}

export function lockNotice(tx: Tx, where: Pick<ErasureNotice, 'id' | 'retailerId'>): Promise<ErasureNotice | null> {
  return tx.findOne(ErasureNotice, { where, lock: { mode: 'pessimistic_write' } });
}

/** Notices whose time is up and of which nobody has been reminded since then. */
export function lockOverdue(tx: Tx, now: Date, remindedBefore: Date, limit: number): Promise<ErasureNotice[]> {
  const overdue: FindOptionsWhere<ErasureNotice> = { attestedAt: IsNull(), dueAt: LessThan(now) };
  return tx.find(ErasureNotice, {
    where: [
      { ...overdue, remindedAt: IsNull() },
      { ...overdue, remindedAt: LessThan(remindedBefore) },
    ],
    order: { dueAt: 'ASC' },
    take: limit,
    lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' },
  });
}

/** Forgets of whom notices were that are older than this. */
export async function dropSubjects(reader: Reader, createdBefore: Date): Promise<void> {
  await reader.query(
    `update erasure_notices set subject = null, consents = '{}' where subject is not null and created_at < $1`,
    [createdBefore],
  );
}
