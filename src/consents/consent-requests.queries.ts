import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { ConsentRequest, type RequestStatus } from './consent-request.entity.js';
import { type RowKey, rowKey } from './consents.queries.js';

export function findRequest(reader: Reader, customer: CustomerKey, id: string): Promise<ConsentRequest | null> {
  return reader.findOneBy(ConsentRequest, rowKey(customer, id));
}

/** Loads the request and holds its row until commit: of two decisions at once, one waits and then sees the other. */
export function lockRequest(tx: Tx, customer: CustomerKey, id: string): Promise<ConsentRequest | null> {
  return tx.findOne(ConsentRequest, { where: rowKey(customer, id), lock: { mode: 'pessimistic_write' } });
}

export interface RequestFilter {
  status?: RequestStatus;
  /** Only those before this id. */
  before?: string;
  limit: number;
}

/** Newest first: ids are made in the order of time. */
export function listRequests(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  { status, before, limit }: RequestFilter,
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
