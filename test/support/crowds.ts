import { v7 as uuidv7 } from 'uuid';

import { SubjectKeys } from '../../src/platform/crypto/subject-keys.js';
import { type CustomerKey, customerKey } from '../../src/platform/customer-key.js';
import { Database } from '../../src/platform/database/database.js';
import type { TestApp } from './app.js';

/** Others with the same consent, as far as the tables tell. They have stated nothing. */
export async function likeThem(app: TestApp, consentId: string, count: number): Promise<CustomerKey[]> {
  const keys = Array.from({ length: count }, () => customerKey(uuidv7()));
  await app.get(Database).transaction(async (tx) => {
    for (const key of keys) await app.get(SubjectKeys).create(tx, key, app.clock.now());
  });
  const like = (table: string, more = '') => `
    insert into ${table}
    select (jsonb_populate_record(t, jsonb_build_object('bucket', o.bucket, 'customer_id', o.id) ${more})).*
      from consents c join ${table} t on t.customer_id = c.customer_id, unnest($2::int[], $3::uuid[]) as o (bucket, id)
     where c.id = $1`;
  const those = [consentId, keys.map(({ bucket }) => bucket), keys.map(({ customerId }) => customerId)];
  await app.db.query(like('customers'), those);
  await app.db.query(like('consents', `|| jsonb_build_object('id', gen_random_uuid())`), those);
  return keys;
}
