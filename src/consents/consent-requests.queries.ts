import { MoreThan } from 'typeorm';

import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { ConsentRequest, type RequestOrigin, type RequestStatus } from './consent-request.entity.js';
import { type RowKey, rowKey } from './consents.queries.js';

export function findRequest(reader: Reader, customer: CustomerKey, id: string): Promise<ConsentRequest | null> {
  return reader.findOneBy(ConsentRequest, rowKey(customer, id));
}

/** Loads the request and holds its row until commit: of two decisions at once, one waits and then sees the other. */
export function lockRequest(tx: Tx, customer: CustomerKey, id: string): Promise<ConsentRequest | null> {
  return tx.findOne(ConsentRequest, { where: rowKey(customer, id), lock: { mode: 'pessimistic_write' } });
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
  { origin }: Pick<RequestFilter, 'origin'>,
  now: Date,
): Promise<number> {
  const open = { bucket, customerId, status: 'open' as const, expiresAt: MoreThan(now) };
  return reader.countBy(ConsentRequest, { ...open, ...(origin && { origin }) });
}

export interface RequestFilter {
  status?: RequestStatus;
  /** Only those that came on this way. */
  origin?: RequestOrigin;
  retailerId?: string;
  /** Only those before this id. */
  before?: string;
  limit: number;
}

/** Newest first: ids are made in the order of time. */
export function listRequests(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  { status, origin, retailerId, before, limit }: RequestFilter,
  now: Date,
): Promise<ConsentRequest[]> {
  const query = reader.createQueryBuilder(ConsentRequest, 'r').where({ bucket, customerId }).orderBy('r.id', 'DESC');
  // One whose time is up has lapsed, also while nobody has recorded that.
  if (status) {
    query.andWhere(`case when r.status = 'open' and r.expires_at <= :now then 'lapsed' else r.status end = :status`, {
      now,
      status,
    });
  }
  if (origin) query.andWhere('r.origin = :origin', { origin });
  if (retailerId) query.andWhere('r.retailer_id = :retailerId', { retailerId });
  if (before) query.andWhere('r.id < :before', { before });
  return query.take(limit).getMany();
}

/** Open requests to anybody whose time is up. */
export function overdueRequests(reader: Reader, now: Date, limit: number): Promise<RowKey[]> {
  return reader
    .createQueryBuilder(ConsentRequest, 'r')
    .select(['r.bucket', 'r.customerId', 'r.id'])
    .where(`r.status = 'open' and r.expires_at <= :now`, { now })
    .orderBy('r.expires_at')
    .take(limit)
    .getMany();
}
