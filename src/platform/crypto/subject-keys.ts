import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { NIL } from 'uuid';

import { type CustomerKey, customerKey } from '../customer-key.js';
import { type Reader, type Tx, whenOver } from '../database/database.js';
import { Forgetting } from '../forgetting.js';
import { Random } from '../random.js';
import { Kek } from './kek.js';
import { Pepper } from './pepper.js';
import { hmac } from './seal.js';
import { WrappedKeys } from './wrapped-keys.js';

export interface KeysOfCustomer {
  /** Seals what the customer stated. */
  readonly profileKey: Buffer;
  /** Blinds and seals what the log says of the customer. Destroying it makes the log say nothing. */
  readonly auditKey: Buffer;
}

/** The customer has been erased, or never was: nothing of theirs can be opened or written. */
export class CustomerKeysMissingError extends Error {
  override readonly name = 'CustomerKeysMissingError';
}

const CACHED_CUSTOMERS = 20_000;
const CACHED_FOR_MS = 60_000;

const profileAad = ({ customerId }: Pick<CustomerKey, 'customerId'>) => `profile:${customerId}`;
const auditAad = ({ customerId }: Pick<CustomerKey, 'customerId'>) => `audit:${customerId}`;

/** The keys of each customer: 32 random bytes each, wrapped by the KEK, destroyed at erasure. */
@Injectable()
export class SubjectKeys {
  private readonly cache = new LRUCache<string, KeysOfCustomer>({ max: CACHED_CUSTOMERS, ttl: CACHED_FOR_MS });
  private readonly profileKeys = new LRUCache<string, Buffer>({ max: CACHED_CUSTOMERS, ttl: CACHED_FOR_MS });

  constructor(
    private readonly kek: Kek,
    private readonly pepper: Pepper,
    private readonly random: Random,
    wrapped: WrappedKeys,
    forgetting: Forgetting,
  ) {
    for (const cache of [this.cache, this.profileKeys]) forgetting.watch(cache);
    const row = { table: 'subject_keys', key: { bucket: 'int', customer_id: 'uuid' }, of: 'customer_id' } as const;
    wrapped.register(
      { ...row, column: 'profile_key', aad: (customerId) => profileAad({ customerId }) },
      { ...row, column: 'audit_key', aad: (customerId) => auditAad({ customerId }) },
    );
  }

  /** Makes the keys of a new customer, in the transaction that makes the customer. */
  async create(tx: Tx, customer: CustomerKey, at: Date): Promise<KeysOfCustomer> {
    const keys = { profileKey: this.random.bytes(32), auditKey: this.random.bytes(32) };
    const { bucket, customerId } = customer;
    await tx.query(
      `insert into subject_keys (bucket, customer_id, profile_key, audit_key, created_at) values ($1, $2, $3, $4, $5)`,
      [
        bucket,
        customerId,
        this.kek.wrap(keys.profileKey, profileAad(customer)),
        this.kek.wrap(keys.auditKey, auditAad(customer)),
        at,
      ],
    );
    await tx.query(`insert into audit_subjects (pseudonym, bucket, customer_id) values ($1, $2, $3)`, [
      pseudonymOf(keys.auditKey),
      bucket,
      customerId,
    ]);
    return keys;
  }

  /** @throws CustomerKeysMissingError */
  async of(reader: Reader, customer: CustomerKey): Promise<KeysOfCustomer> {
    const [keys] = await this.ofAll(reader, [customer]);
    return keys as KeysOfCustomer;
  }

  /** The keys of each of these customers, in their order, with one statement. @throws CustomerKeysMissingError */
  async ofAll(reader: Reader, customers: readonly CustomerKey[]): Promise<KeysOfCustomer[]> {
    const known = new Map(customers.map((customer) => [customer.customerId, this.cache.get(customer.customerId)]));
    const unknown = customers.filter(({ customerId }) => !known.get(customerId));
    if (unknown.length > 0) {
      const rows = await reader.query<{ customer_id: string; profile_key: Buffer; audit_key: Buffer }[]>(
        `select customer_id, profile_key, audit_key
           from unnest($1::int[], $2::uuid[]) as who (bucket, customer_id)
           join subject_keys using (bucket, customer_id)`,
        [unknown.map(({ bucket }) => bucket), unknown.map(({ customerId }) => customerId)],
      );
      for (const row of rows) {
        const customer = customerKey(row.customer_id);
        const keys = {
          profileKey: this.kek.unwrap(row.profile_key, profileAad(customer)),
          auditKey: this.kek.unwrap(row.audit_key, auditAad(customer)),
        };
        this.cache.set(customer.customerId, keys);
        known.set(customer.customerId, keys);
      }
    }
    return customers.map(({ customerId }) => {
      const keys = known.get(customerId);
      if (!keys) throw new CustomerKeysMissingError('There are no keys of this customer.');
      return keys;
    });
  }

  /** The profile key from the wrapped one that a statement brought along, without another look-up. */
  unwrapProfileKey(customer: CustomerKey, wrapped: Buffer): Buffer {
    const name = profileName(customer, wrapped);
    let key = this.profileKeys.get(name);
    if (!key) {
      key = this.kek.unwrap(wrapped, profileAad(customer));
      this.profileKeys.set(name, key);
    }
    return key;
  }

  /** Every customer that there is, in an order of no meaning, after one of them where that is given. */
  async customersAfter(reader: Reader, last: CustomerKey | undefined, limit: number): Promise<CustomerKey[]> {
    const rows = await reader.query<{ customer_id: string }[]>(
      `select customer_id from subject_keys where (bucket, customer_id) > ($1, $2) order by bucket, customer_id limit $3`,
      [last?.bucket ?? -1, last?.customerId ?? NIL, limit],
    );
    return rows.map(({ customer_id }) => customerKey(customer_id));
  }

  async countCustomers(reader: Reader): Promise<number> {
    const [row] = await reader.query<{ count: number }[]>('select count(*)::int as count from subject_keys');
    return row?.count ?? 0;
  }

  /**
   * Deletes the keys, after which nothing sealed under them can be opened by anyone. It waits for whoever is writing
   * something of the customer into the log; who comes later is refused. Other processes forget them within a minute.
   */
  async destroy(tx: Tx, customer: CustomerKey): Promise<void> {
    const { bucket, customerId } = customer;
    const [rows] = await tx.query<[{ profile_key: Buffer }[], number]>(
      `delete from subject_keys where bucket = $1 and customer_id = $2 returning profile_key`,
      [bucket, customerId],
    );
    await tx.query(`delete from audit_subjects where bucket = $1 and customer_id = $2`, [bucket, customerId]);
    whenOver(tx, () => {
      this.cache.delete(customerId);
      for (const { profile_key } of rows) this.profileKeys.delete(profileName(customer, profile_key));
    });
  }

  /** Lets nobody write anything of the customer into the log until the transaction is over. Null when nobody ever can. */
  async lock(tx: Tx, customer: CustomerKey): Promise<KeysOfCustomer | null> {
    const { bucket, customerId } = customer;
    const rows = await tx.query<unknown[]>(
      'select from subject_keys where bucket = $1 and customer_id = $2 for update',
      [bucket, customerId],
    );
    return rows.length > 0 ? this.of(tx, customer) : null;
  }

  /** Lets nobody destroy the customer's keys until the transaction is over. False when that has happened. */
  async hold(tx: Tx, { bucket, customerId }: CustomerKey): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      'select from subject_keys where bucket = $1 and customer_id = $2 for key share',
      [bucket, customerId],
    );
    return rows.length > 0;
  }

  /** The broker's own log key, for entries about no customer. */
  get logKey(): Buffer {
    return (this.brokerLogKey ??= this.pepper.derive('audit log'));
  }

  private brokerLogKey?: Buffer;
}

// Named by the wrapped bytes too: after a re-wrap or an erasure the old entry is never found again.
const profileName = ({ customerId }: CustomerKey, wrapped: Buffer) => `${customerId}:${wrapped.toString('base64')}`;

const pseudonyms = new WeakMap<Buffer, Buffer>();

/** By what the log names a customer: 128 bits that only the holder of the audit key can make. */
export function pseudonymOf(auditKey: Buffer): Buffer {
  let pseudonym = pseudonyms.get(auditKey);
  if (!pseudonym) pseudonyms.set(auditKey, (pseudonym = hmac(auditKey, 'pseudonym').subarray(0, 16)));
  return pseudonym;
}
