import { validate } from 'uuid';

/**
 * A customer's id and the bucket derived from it. Rows of a customer's data are found by both, so that every
 * statement stays within one shard when the tables are distributed.
 */
export interface CustomerKey {
  readonly bucket: number;
  readonly customerId: string;
}

/** The bucket of any UUID: its low 16 bits, which are random in a UUIDv7. */
export function bucketOf(id: string): number {
  return Number.parseInt(id.slice(-4), 16);
}

/**
 * The one place where a customer's bucket is derived.
 *
 * @throws TypeError when the id is not a UUID.
 */
export function customerKey(customerId: string): CustomerKey {
  if (!validate(customerId)) throw new TypeError('A customer id is a UUID.');
  const id = customerId.toLowerCase();
  return Object.freeze({ bucket: bucketOf(id), customerId: id });
}

export function sameCustomer(a: CustomerKey, b: CustomerKey): boolean {
  return a.customerId === b.customerId;
}
