import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { SuggestionSettings } from './suggestion-settings.entity.js';
import { StoredSuggestion, type SuggestionStatus } from './suggestion.entity.js';

export function findSettings(reader: Reader, { bucket, customerId }: CustomerKey): Promise<SuggestionSettings | null> {
  return reader.findOneBy(SuggestionSettings, { bucket, customerId });
}

/** Holds all that belongs to a customer's suggestions until commit; null when they never asked for any. */
export function lockSettings(tx: Tx, { bucket, customerId }: CustomerKey): Promise<SuggestionSettings | null> {
  return tx.findOne(SuggestionSettings, { where: { bucket, customerId }, lock: { mode: 'pessimistic_write' } });
}

/** The same, making them when there are none. */
export async function lockOrMakeSettings(tx: Tx, customer: CustomerKey): Promise<SuggestionSettings> {
  await tx.query(
    `insert into suggestion_settings (bucket, customer_id, never) values ($1, $2, '{}')
     on conflict (bucket, customer_id) do nothing`,
    [customer.bucket, customer.customerId],
  );
  return (await lockSettings(tx, customer)) as SuggestionSettings;
}

/** Which of these have suggestions, each once. */
export async function enabledAmong(reader: Reader, customers: readonly CustomerKey[]): Promise<CustomerKey[]> {
  return reader.query<CustomerKey[]>(
    `select distinct bucket, customer_id as "customerId"
       from unnest($1::int[], $2::uuid[]) as who (bucket, customer_id)
       join suggestion_settings using (bucket, customer_id)
      where enabled_at is not null`,
    [customers.map(({ bucket }) => bucket), customers.map(({ customerId }) => customerId)],
  );
}

/** Those whose events are to be looked at, who has waited longest first. */
export async function dueCustomers(reader: Reader, now: Date, limit: number): Promise<CustomerKey[]> {
  return reader.query<CustomerKey[]>(
    `select bucket, customer_id as "customerId" from suggestion_settings where due_at <= $1 order by due_at limit $2`,
    [now, limit],
  );
}

/** Puts off one whose events could not be looked at, so that nobody waits for it. */
export async function putOff(reader: Reader, { bucket, customerId }: CustomerKey, until: Date): Promise<void> {
  await reader.query(
    `update suggestion_settings set due_at = $3 where bucket = $1 and customer_id = $2 and due_at is not null`,
    [bucket, customerId, until],
  );
}

/** Has everybody's events looked at. */
export async function lookAtAll(reader: Reader, now: Date): Promise<void> {
  await reader.query(
    `update suggestion_settings set due_at = $1 where enabled_at is not null and (due_at is null or due_at > $1)`,
    [now],
  );
}

/** The same for those who were last looked at under another release. */
export async function lookAtThoseBefore(reader: Reader, release: string, now: Date): Promise<void> {
  await reader.query(
    `update suggestion_settings set due_at = $1
      where enabled_at is not null and (due_at is null or due_at > $1) and vocabulary_version is distinct from $2`,
    [now, release],
  );
}

/** Customers who have suggestions, in an order that has nothing to do with who they are. */
export async function nextEnabled(reader: Reader, after: CustomerKey | null, limit: number): Promise<CustomerKey[]> {
  return reader.query<CustomerKey[]>(
    `select bucket, customer_id as "customerId" from suggestion_settings
      where enabled_at is not null and ($1::int is null or (bucket, customer_id) > ($1, $2::uuid))
      order by bucket, customer_id limit $3`,
    [after?.bucket ?? null, after?.customerId ?? null, limit],
  );
}

/** What was suggested and still matters, newest first. */
export function findSuggestions(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  status?: SuggestionStatus,
): Promise<StoredSuggestion[]> {
  return reader.find(StoredSuggestion, {
    where: { bucket, customerId, ...(status && { status }) },
    order: { openedAt: 'DESC', id: 'DESC' },
  });
}

export function findSuggestion(
  reader: Reader,
  { bucket, customerId }: CustomerKey,
  id: string,
): Promise<StoredSuggestion | null> {
  return reader.findOneBy(StoredSuggestion, { bucket, customerId, id });
}
