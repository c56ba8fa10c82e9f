/**
 * Which events count. An event stands unless
 *
 * - it was **voided**: it, or one of the {@link LONGEST_CHAIN} events that it corrects, directly or through others;
 * - it was **corrected**: another event took its place, or two correct the same one and the other is the greater by
 *   (`time` as sent, `id`, `source`);
 * - it is **disputed**, until its customer takes that back.
 *
 * What has been voided or corrected never stands again: voiding a correction does not bring back what it corrected,
 * which its retailer has called wrong. So the answer depends on what is known alone, and not on the order in which it
 * came. All of this is SQL about an event `i`, a row of `interactions`.
 */
/**
 * How many events above it a correction is looked up in. Nobody corrects more often; and who makes a chain of thousands
 * must not make everything that counts a customer's events take time by the square.
 */
export const LONGEST_CHAIN = 20;

const OF_THE_EVENT = 'bucket = i.bucket and customer_id = i.customer_id';

const VOIDED_ITSELF = `exists (select from interaction_voids where ${OF_THE_EVENT} and key_hash = i.key_hash)`;

// Most events correct nothing: only for the others is the way up walked.
const VOIDED_ABOVE = `(i.corrects is not null and exists (
  with recursive above (key_hash, height) as (
    select i.corrects, 1
    union all
    select c.target, height + 1 from above join interaction_corrections c
        on c.bucket = i.bucket and c.customer_id = i.customer_id and c.key_hash = above.key_hash
     where height < ${LONGEST_CHAIN})
  select from above join interaction_voids v
      on v.bucket = i.bucket and v.customer_id = i.customer_id and v.key_hash = above.key_hash))`;

const CORRECTED_ITSELF = `exists (select from interaction_corrections where ${OF_THE_EVENT} and target = i.key_hash)`;

const OUTDONE = `(i.corrects is not null and exists (
  select from interaction_corrections mine join interaction_corrections other
      on other.bucket = mine.bucket and other.customer_id = mine.customer_id and other.target = mine.target
         and (other.time, other.event_id, other.source) > (mine.time, mine.event_id, mine.source)
   where mine.bucket = i.bucket and mine.customer_id = i.customer_id and mine.key_hash = i.key_hash))`;

const DISPUTED = `exists (
  select from interaction_disputes where ${OF_THE_EVENT} and key_hash = i.key_hash and retracted_at is null)`;

/** Whether the event `i` counts. */
export const STANDS = `(not ${VOIDED_ITSELF} and not ${CORRECTED_ITSELF} and not ${DISPUTED}
  and not ${VOIDED_ABOVE} and not ${OUTDONE})`;

/** Whether, and if not why not: one of `standings`. */
export const STANDING = `(case
  when ${VOIDED_ITSELF} or ${VOIDED_ABOVE} then 'voided'
  when ${CORRECTED_ITSELF} or ${OUTDONE} then 'corrected'
  when ${DISPUTED} then 'disputed'
  else 'standing' end)`;

export const standings = ['standing', 'voided', 'corrected', 'disputed'] as const;
export type Standing = (typeof standings)[number];
