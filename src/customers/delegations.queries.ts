import { In, LessThan } from 'typeorm';

import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { Delegation, HeldDelegation } from './delegation.entity.js';

export interface DelegationPage {
  /** Only those before this id. */
  readonly before?: string;
  readonly limit: number;
}

/** What is passed on as a customer's key may be any row of theirs. */
const keyOf = ({ bucket, customerId }: CustomerKey): CustomerKey => ({ bucket, customerId });
const rowOf = (customer: CustomerKey, id: string) => ({ ...keyOf(customer), id });

export function findDelegation(reader: Reader, giver: CustomerKey, id: string): Promise<Delegation | null> {
  return reader.findOneBy(Delegation, rowOf(giver, id));
}

/** Loads the delegation and holds its row until commit: who acts by it waits, and then sees what became of it. */
export function lockDelegation(tx: Tx, giver: CustomerKey, id: string): Promise<Delegation | null> {
  return tx.findOne(Delegation, { where: rowOf(giver, id), lock: { mode: 'pessimistic_write' } });
}

/** Keeps the delegation as it is until commit. Any number of changes may do so at a time. */
export function shareDelegation(tx: Tx, giver: CustomerKey, id: string): Promise<Delegation | null> {
  return tx.findOne(Delegation, { where: rowOf(giver, id), lock: { mode: 'pessimistic_read' } });
}

export function lockByInvitation(tx: Tx, giver: CustomerKey, invitationHash: Buffer): Promise<Delegation | null> {
  return tx.findOne(Delegation, { where: { ...keyOf(giver), invitationHash }, lock: { mode: 'pessimistic_write' } });
}

/** How many are offered or active. */
export function countOpen(tx: Tx, giver: CustomerKey, now: Date): Promise<number> {
  return tx.createQueryBuilder(Delegation, 'd').where(keyOf(giver)).andWhere('d.due_at > :now', { now }).getCount();
}

/** All that the customer has given, kept from changing until commit. */
export function lockGiven(tx: Tx, giver: CustomerKey): Promise<Delegation[]> {
  return tx.find(Delegation, { where: keyOf(giver), lock: { mode: 'pessimistic_write' } });
}

/** What the customer has given, newest first. */
export function givenBy(reader: Reader, giver: CustomerKey, { before, limit }: DelegationPage): Promise<Delegation[]> {
  return reader.find(Delegation, {
    where: { ...keyOf(giver), ...(before && { id: LessThan(before) }) },
    order: { id: 'DESC' },
    take: limit,
  });
}

export function findHeld(reader: Reader, delegate: CustomerKey, id: string): Promise<HeldDelegation | null> {
  return reader.findOneBy(HeldDelegation, rowOf(delegate, id));
}

/** What the customer holds of others, newest first. */
export function heldBy(
  reader: Reader,
  delegate: CustomerKey,
  { before, limit }: DelegationPage,
): Promise<HeldDelegation[]> {
  return reader.find(HeldDelegation, {
    where: { ...keyOf(delegate), ...(before && { id: LessThan(before) }) },
    order: { id: 'DESC' },
    take: limit,
  });
}

/** The delegations themselves, by their ids. They lie with their givers. */
export async function delegationsOf(
  reader: Reader,
  held: readonly HeldDelegation[],
): Promise<ReadonlyMap<string, Delegation>> {
  if (held.length === 0) return new Map();
  const where = held.map(({ id, giverId, customerId }) => ({ ...customerKey(giverId), id, delegateId: customerId }));
  const found = await reader.find(Delegation, { where });
  return new Map(found.map((delegation) => [delegation.id, delegation]));
}

export function delegationsNamed(reader: Reader, giver: CustomerKey, ids: readonly string[]): Promise<Delegation[]> {
  return reader.findBy(Delegation, { ...keyOf(giver), id: In(ids) });
}

/** Notes with the delegate what they hold, unless it is noted. */
export async function insertHeld(tx: Tx, held: HeldDelegation): Promise<void> {
  await tx.createQueryBuilder().insert().into(HeldDelegation).values(held).orIgnore().execute();
}

/** Takes out who accepted it. One that was active is over from now on, and due to be recorded so. */
export async function forgetDelegate(tx: Tx, giver: CustomerKey, id: string, now: Date): Promise<void> {
  await tx.query(
    `update delegations
        set delegate_id = null, delegate_name_sealed = null,
            due_at = case when status = 'active' then $4::timestamptz end
      where bucket = $1 and customer_id = $2 and id = $3`,
    [giver.bucket, giver.customerId, id, now],
  );
}

/** Delegations of anybody that have ended by themselves, and of which nobody has been told. */
export function dueDelegations(
  reader: Reader,
  now: Date,
  limit: number,
): Promise<Pick<Delegation, 'bucket' | 'customerId' | 'id'>[]> {
  return reader
    .createQueryBuilder(Delegation, 'd')
    .select(['d.bucket', 'd.customerId', 'd.id'])
    .where('d.due_at <= :now', { now })
    .orderBy('d.due_at')
    .take(limit)
    .getMany();
}

/** Whose it is, for who holds it: one indexed look-up within one customer, as the next one. */
export const HELD_BY_ID = `
  select giver_id from held_delegations where bucket = $1 and customer_id = $2 and id = $3`;

/** `$4` is the delegate, `$5` now. */
export const GOOD_DELEGATION = `
  select version, scopes, attributes
    from delegations
   where bucket = $1 and customer_id = $2 and id = $3 and delegate_id = $4 and status = 'active' and due_at > $5`;
