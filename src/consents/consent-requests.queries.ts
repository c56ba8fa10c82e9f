import { type FindManyOptions, IsNull, MoreThan, type SelectQueryBuilder } from 'typeorm';

import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import type { ActingFor } from '../platform/http/access.js';
import { onlyVisible } from './delegate-view.js';
import { ConsentRequest, type RequestOrigin, type RequestStatus } from './consent-request.entity.js';
import { type RowKey, rowKey } from './consents.queries.js';

export function findRequest(reader: Reader, customer: CustomerKey, id: string): Promise<ConsentRequest | null> {
  return reader.findOneBy(ConsentRequest, rowKey(customer, id));
}

/** Loads the request and holds its row until commit: of two decisions at once, one waits and then sees the other. */
export function lockRequest(tx: Tx, customer: CustomerKey, id: string): Promise<ConsentRequest | null> {
  return tx.findOne(ConsentRequest, { where: rowKey(customer, id), lock: { mode: 'pessimistic_write' } });
}

/** What the customer has approved beforehand for this retailer, be its time up or not. There is one at most. */
export function findPreApproval(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  retailerId: string,
): Promise<ConsentRequest | null> {
  return reader.findOneBy(ConsentRequest, { bucket, customerId, retailerId, status: 'pre_approved' });
}

export function lockPreApproval(
  tx: Tx,
  { bucket, customerId }: CustomerKey,
  retailerId: string,
): Promise<ConsentRequest | null> {
  return tx.findOne(ConsentRequest, {
    where: { bucket, customerId, retailerId, status: 'pre_approved' },
    lock: { mode: 'pessimistic_write' },
  });
}

/** What the customer has approved beforehand, for any retailer or for this one, be its time up or not; newest first. */
export function findPreApprovals(
  reader: Reader,
  customer: CustomerKey,
  { retailerId }: { retailerId?: string },
): Promise<ConsentRequest[]> {
  return reader.find(ConsentRequest, preApprovalsOf(customer, retailerId));
}

/** The same, kept from changing until commit. */
export function lockPreApprovals(
  tx: Tx,
  customer: CustomerKey,
  { retailerId }: { retailerId?: string },
): Promise<ConsentRequest[]> {
  return tx.find(ConsentRequest, { ...preApprovalsOf(customer, retailerId), lock: { mode: 'pessimistic_write' } });
}

function preApprovalsOf(
  { bucket, customerId }: CustomerKey,
  retailerId: string | undefined,
): FindManyOptions<ConsentRequest> {
  return {
    where: { bucket, customerId, status: 'pre_approved', ...(retailerId !== undefined && { retailerId }) },
    order: { id: 'DESC' },
  };
}

/** What retailers put into the customer's list and were given nothing for, kept from changing until commit. */
export function lockUnanswered(tx: Tx, { bucket, customerId }: CustomerKey): Promise<ConsentRequest[]> {
  return tx.find(ConsentRequest, {
    where: { bucket, customerId, origin: 'inbox', consentId: IsNull() },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
}

/** False when somebody else has made one for the retailer in this very moment, once they have committed. */
export async function insertPreApproval(tx: Tx, request: ConsentRequest): Promise<boolean> {
  const insert = tx.createQueryBuilder().insert().into(ConsentRequest).values(request).orIgnore().returning('id');
  const { raw } = await insert.execute();
  return (raw as unknown[]).length > 0;
}

/** Notes that the open request was shown; false when that is noted already, or there is nothing to decide any more. */
export async function noteShown(tx: Tx, { bucket, customerId, id }: RowKey, at: Date): Promise<boolean> {
  const { affected } = await tx
    .createQueryBuilder()
    .update(ConsentRequest)
    .set({ shownAt: at })
    .where({ bucket, customerId, id })
    .andWhere(`shown_at is null and status = 'open' and expires_at > :at`, { at })
    .execute();
  return affected === 1;
}

export function countOpenRequests(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  { origin, visibleTo }: Pick<RequestFilter, 'origin' | 'visibleTo'>,
  now: Date,
): Promise<number> {
  const open = { bucket, customerId, status: 'open' as const, expiresAt: MoreThan(now) };
  const query = reader.createQueryBuilder(ConsentRequest, 'r').where({ ...open, ...(origin && { origin }) });
  return onlyVisibleRequests(query, visibleTo).getCount();
}

export interface RequestFilter {
  status?: RequestStatus;
  /** Only those that came on this way. */
  origin?: RequestOrigin;
  retailerId?: string;
  /** Only those of which whoever acts for the customer may know. */
  visibleTo?: ActingFor | undefined;
  /** Only those before this id. */
  before?: string;
  limit: number;
}

/** Newest first: ids are made in the order of time. */
export function listRequests(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  { status, origin, retailerId, visibleTo, before, limit }: RequestFilter,
  now: Date,
): Promise<ConsentRequest[]> {
  const query = reader.createQueryBuilder(ConsentRequest, 'r').where({ bucket, customerId }).orderBy('r.id', 'DESC');
  // One whose time is up has lapsed, also while nobody has recorded that.
  if (status) {
    query.andWhere(
      `case when r.status in ('open', 'pre_approved') and r.expires_at <= :now then 'lapsed' else r.status end = :status`,
      { now, status },
    );
  }
  if (origin) query.andWhere('r.origin = :origin', { origin });
  if (retailerId) query.andWhere('r.retailer_id = :retailerId', { retailerId });
  if (before) query.andWhere('r.id < :before', { before });
  return onlyVisibleRequests(query, visibleTo).take(limit).getMany();
}

function onlyVisibleRequests(query: SelectQueryBuilder<ConsentRequest>, visibleTo: ActingFor | undefined) {
  if (visibleTo) query.andWhere(`r.action <> 'replace'`);
  return onlyVisible(query, 'r', visibleTo);
}

/** Requests to anybody that nobody has decided, or asked for, and whose time is up. */
export function overdueRequests(reader: Reader, now: Date, limit: number): Promise<RowKey[]> {
  return reader
    .createQueryBuilder(ConsentRequest, 'r')
    .select(['r.bucket', 'r.customerId', 'r.id'])
    .where(`r.status in ('open', 'pre_approved') and r.expires_at <= :now`, { now })
    .orderBy('r.expires_at')
    .take(limit)
    .getMany();
}
