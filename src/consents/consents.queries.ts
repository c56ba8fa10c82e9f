import type { QueryDeepPartialEntity } from 'typeorm';

import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { Consent, type ConsentStatus } from './consent.entity.js';
import { ConsentClient } from './consent-client.entity.js';
import { ConsentRef } from './consent-ref.entity.js';
import { ConsentVersion } from './consent-version.entity.js';
import { StoredNotice } from './stored-notice.entity.js';
import { type Notice, noticeHash } from './wording.js';

/** A customer's row of any table here, by its id. */
export interface RowKey extends CustomerKey {
  readonly id: string;
}

export function rowKey({ bucket, customerId }: CustomerKey, id: string): RowKey {
  return { bucket, customerId, id };
}

export function findConsent(reader: Reader, customer: CustomerKey, id: string): Promise<Consent | null> {
  return reader.findOneBy(Consent, rowKey(customer, id));
}

/** Loads the consent and holds its row until commit, so that it cannot change under the caller. */
export function lockConsent(tx: Tx, customer: CustomerKey, id: string): Promise<Consent | null> {
  return tx.findOne(Consent, { where: rowKey(customer, id), lock: { mode: 'pessimistic_write' } });
}

/** The standing consent that is not recorded to have ended. There is one at most. */
export function findStanding(reader: Reader, customer: CustomerKey, retailerId: string): Promise<Consent | null> {
  return standing(reader, customer, retailerId).getOne();
}

export function lockStanding(tx: Tx, customer: CustomerKey, retailerId: string): Promise<Consent | null> {
  return standing(tx, customer, retailerId).setLock('pessimistic_write').getOne();
}

function standing(reader: Reader, { bucket, customerId }: CustomerKey, retailerId: string) {
  return reader
    .createQueryBuilder(Consent, 'c')
    .where({ bucket, customerId, retailerId })
    .andWhere(`c.use = 'standing' and c.status in ('active', 'paused')`);
}

/** Every consent of the pair, newest first, kept from changing until commit. */
export function shareConsents(tx: Tx, { bucket, customerId }: CustomerKey, retailerId: string): Promise<Consent[]> {
  return tx.find(Consent, {
    where: { bucket, customerId, retailerId },
    order: { id: 'DESC' },
    lock: { mode: 'pessimistic_read' },
  });
}

/**
 * Inserts a new consent, unless the retailer has a standing one already: then false, once whoever made it has
 * committed. A unique violation would end the caller's transaction; this does not.
 */
export async function insertConsent(tx: Tx, consent: Consent): Promise<boolean> {
  const { raw } = await tx
    .createQueryBuilder()
    .insert()
    .into(Consent)
    .values(consent)
    .orIgnore()
    .returning('id')
    .execute();
  return (raw as unknown[]).length > 0;
}

/** Whether the customer has ever given the retailer anything. */
export function hasConsented(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  retailerId: string,
): Promise<boolean> {
  return reader.existsBy(Consent, { bucket, customerId, retailerId });
}

export interface ConsentFilter {
  status?: ConsentStatus;
  retailerId?: string;
  /** Only those before this id. */
  before?: string;
  limit: number;
}

/** Newest first: ids are made in the order of time. */
export function listConsents(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  { status, retailerId, before, limit }: ConsentFilter,
  now: Date,
): Promise<Consent[]> {
  const query = reader.createQueryBuilder(Consent, 'c').where({ bucket, customerId }).orderBy('c.id', 'DESC');
  // One whose time is up has expired, also while nobody has recorded that.
  if (status) {
    query.andWhere(
      `case when c.status in ('active', 'paused') and c.expires_at <= :now then 'expired' else c.status end = :status`,
      { now, status },
    );
  }
  if (retailerId) query.andWhere('c.retailer_id = :retailerId', { retailerId });
  if (before) query.andWhere('c.id < :before', { before });
  return query.take(limit).getMany();
}

/** The versions of a consent, oldest first. */
export function versionsOf(reader: Reader, { bucket, customerId, id }: RowKey): Promise<ConsentVersion[]> {
  return reader.find(ConsentVersion, { where: { bucket, customerId, consentId: id }, order: { version: 'ASC' } });
}

/** Open consents of anybody whose time is up. */
export function overdueConsents(reader: Reader, now: Date, limit: number): Promise<RowKey[]> {
  return reader
    .createQueryBuilder(Consent, 'c')
    .select(['c.bucket', 'c.customerId', 'c.id'])
    .where(`c.status in ('active', 'paused') and c.expires_at <= :now`, { now })
    .orderBy('c.expires_at')
    .take(limit)
    .getMany();
}

/** Remembers whose an id is. */
export async function insertRef(
  tx: Tx,
  kind: ConsentRef['kind'],
  { bucket, customerId, id, retailerId }: RowKey & { retailerId: string },
): Promise<void> {
  await tx.insert(ConsentRef, { id, kind, bucket, customerId, retailerId });
}

export async function findRef(reader: Reader, kind: ConsentRef['kind'], id: string): Promise<ConsentRef | null> {
  return reader.findOneBy(ConsentRef, { id, kind });
}

export function holderOf({ customerId }: ConsentRef): CustomerKey {
  return customerKey(customerId);
}

/** Keeps what was shown, under the hash of its canonical JSON. */
export async function keepNotice(
  tx: Tx,
  { bucket, customerId }: CustomerKey,
  notice: Notice,
  at: Date,
): Promise<Buffer> {
  const hash = noticeHash(notice);
  await tx
    .createQueryBuilder()
    .insert()
    .into(StoredNotice)
    .values({ bucket, customerId, hash, text: notice as QueryDeepPartialEntity<Notice>, createdAt: at })
    .orIgnore()
    .execute();
  return hash;
}

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

export function findNotice(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  hash: Buffer,
): Promise<StoredNotice | null> {
  return reader.findOneBy(StoredNotice, { bucket, customerId, hash });
}
