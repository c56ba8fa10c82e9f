import { type FindManyOptions, In, LessThan, LessThanOrEqual, type QueryDeepPartialEntity } from 'typeorm';

import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import { named, type Reader, type Tx } from '../platform/database/database.js';
import type { ActingFor } from '../platform/http/access.js';
import { onlyVisible } from './delegate-view.js';
import { Consent, type ConsentStatus, consentStatuses } from './consent.entity.js';
import { ConsentRef } from './consent-ref.entity.js';
import { ConsentRequest } from './consent-request.entity.js';
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

/** Writes a row that this transaction holds. `save` would read it once more, to find out what is different. */
export async function saveHeld(tx: Tx, row: Consent | ConsentRequest): Promise<void> {
  const key = rowKey(row, row.id);
  if (row instanceof Consent) await tx.update(Consent, key, { ...row });
  else await tx.update(ConsentRequest, key, { ...row });
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

/** A consent, as far as it says what may be reported. */
export type ReportConsent = Pick<Consent, 'id' | 'version' | 'details' | 'status' | 'endedAt' | 'reportedData'>;

/**
 * Every consent that these customers have given the retailer, newest first, by customer and kept from changing until
 * commit. It asks for each customer in the same order, so that two callers cannot wait for each other.
 */
export async function lockForReport(
  tx: Tx,
  customers: readonly CustomerKey[],
  retailerId: string,
): Promise<Map<string, ReportConsent[]>> {
  const rows = await named<ReportConsent & { customerId: string }>(
    tx,
    'consents.lock-for-report',
    `select c.customer_id as "customerId", c.id, c.version, c.details, c.status, c.ended_at as "endedAt",
            c.reported_data as "reportedData"
       from unnest($1::int[], $2::uuid[]) as who (bucket, customer_id)
       join consents c on c.bucket = who.bucket and c.customer_id = who.customer_id
      where c.retailer_id = $3
      order by c.bucket, c.customer_id, c.id desc
        for no key update of c`,
    [customers.map(({ bucket }) => bucket), customers.map(({ customerId }) => customerId), retailerId],
  );
  const consents = new Map<string, ReportConsent[]>();
  for (const { customerId, ...consent } of rows) {
    const others = consents.get(customerId);
    if (others) others.push(consent);
    else consents.set(customerId, [consent]);
  }
  return consents;
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
  /** Only those with a line for it. */
  purpose?: string;
  /** Only those of which whoever acts for the customer may know. */
  visibleTo?: ActingFor | undefined;
  /** Only those before this id. */
  before?: string;
  limit: number;
}

// One whose time is up has expired, also while nobody has recorded that.
const STATUS = `case when c.status in ('active', 'paused') and c.expires_at <= :now then 'expired' else c.status end`;

/** Newest first: ids are made in the order of time. */
export function listConsents(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  { status, retailerId, purpose, visibleTo, before, limit }: ConsentFilter,
  now: Date,
): Promise<Consent[]> {
  const query = reader.createQueryBuilder(Consent, 'c').where({ bucket, customerId }).orderBy('c.id', 'DESC');
  if (status) query.andWhere(`${STATUS} = :status`, { now, status });
  if (retailerId) query.andWhere('c.retailer_id = :retailerId', { retailerId });
  if (purpose) query.andWhere('c.details @> :line', { line: JSON.stringify([{ purposes: [purpose] }]) });
  if (before) query.andWhere('c.id < :before', { before });
  return onlyVisible(query, 'c', visibleTo).take(limit).getMany();
}

export type ConsentCounts = Readonly<Record<ConsentStatus, number>>;

export async function countConsents(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  visibleTo: ActingFor | undefined,
  now: Date,
): Promise<ConsentCounts> {
  const query = reader
    .createQueryBuilder(Consent, 'c')
    .select(STATUS, 'status')
    .addSelect('count(*)::int', 'count')
    .where({ bucket, customerId })
    .setParameter('now', now);
  const rows = await onlyVisible(query, 'c', visibleTo)
    .groupBy('1')
    .getRawMany<{ status: ConsentStatus; count: number }>();
  const counted = new Map(rows.map(({ status, count }) => [status, count]));
  return Object.fromEntries(consentStatuses.map((status) => [status, counted.get(status) ?? 0])) as ConsentCounts;
}

/** The versions of a consent, oldest first. */
export function versionsOf(reader: Reader, { bucket, customerId, id }: RowKey): Promise<ConsentVersion[]> {
  return reader.find(ConsentVersion, { where: { bucket, customerId, consentId: id }, order: { version: 'ASC' } });
}

/** The version that the consent's last change made. */
export function currentVersionOf(
  reader: Reader,
  { bucket, customerId, id, version }: RowKey & { version: number },
): Promise<ConsentVersion> {
  return reader.findOneByOrFail(ConsentVersion, { bucket, customerId, consentId: id, version });
}

/** The customer's consents that are not recorded to have ended, newest first; those with one retailer, if named. */
export function openConsents(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  { retailerId }: { retailerId?: string },
): Promise<Consent[]> {
  return reader.find(Consent, openOf({ bucket, customerId }, retailerId));
}

/** The same, kept from changing until commit. */
export function lockOpenConsents(
  tx: Tx,
  customer: CustomerKey,
  { retailerId }: { retailerId?: string },
): Promise<Consent[]> {
  return tx.find(Consent, { ...openOf(customer, retailerId), lock: { mode: 'pessimistic_write' } });
}

function openOf({ bucket, customerId }: CustomerKey, retailerId: string | undefined): FindManyOptions<Consent> {
  return {
    where: { bucket, customerId, status: In(['active', 'paused']), ...(retailerId !== undefined && { retailerId }) },
    order: { id: 'DESC' },
  };
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

/** Customers with a consent of which they are to be reminded by now. */
export async function customersToRemind(reader: Reader, now: Date, limit: number): Promise<CustomerKey[]> {
  const rows = await reader.query<{ customer_id: string }[]>(
    `select customer_id from consents where remind_at <= $1 group by bucket, customer_id limit $2`,
    [now, limit],
  );
  return rows.map(({ customer_id }) => customerKey(customer_id));
}

export function lockConsentsToRemind(tx: Tx, { bucket, customerId }: CustomerKey, now: Date): Promise<Consent[]> {
  return tx.find(Consent, {
    where: { bucket, customerId, remindAt: LessThanOrEqual(now) },
    order: { id: 'DESC' },
    lock: { mode: 'pessimistic_write' },
  });
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

export function findNotice(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  hash: Buffer,
): Promise<StoredNotice | null> {
  return reader.findOneBy(StoredNotice, { bucket, customerId, hash });
}

/** Everything that the customer was shown, by its hash, from the highest one down. */
export async function listNotices(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  { before, limit }: { before?: string; limit: number },
): Promise<(StoredNotice & { id: string })[]> {
  const notices = await reader.find(StoredNotice, {
    where: { bucket, customerId, ...(before !== undefined && { hash: LessThan(Buffer.from(before, 'hex')) }) },
    order: { hash: 'DESC' },
    take: limit,
  });
  return notices.map((notice) => ({ ...notice, id: notice.hash.toString('hex') }));
}

/** Whether this is what was shown for any version of the consent. */
export function isNoticeOf(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  consentId: string,
  hash: Buffer,
): Promise<boolean> {
  return reader.existsBy(ConsentVersion, { bucket, customerId, consentId, noticeHash: hash });
}

/** From now on it is this customer's, or nobody's. */
export async function moveRef(tx: Tx, kind: ConsentRef['kind'], id: string, to: CustomerKey): Promise<void> {
  const { bucket, customerId } = to;
  await tx.update(ConsentRef, { id, kind }, { bucket, customerId });
}

/** Every consent that the customer has ever given, by retailer. */
export async function consentsByRetailer(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
): Promise<Map<string, string[]>> {
  const rows = await reader.query<{ retailer_id: string; ids: string[] }[]>(
    `select retailer_id, array_agg(id order by id) as ids
       from consents where bucket = $1 and customer_id = $2 group by retailer_id`,
    [bucket, customerId],
  );
  return new Map(rows.map(({ retailer_id, ids }) => [retailer_id, ids]));
}
