import type { Fault } from './judge.js';

/** A statement that may be at fault, and why. */
export interface Allowed {
  /** Parts of the statement in their order, `…` between them; case, spaces and quotes do not count. */
  readonly statement: string;
  readonly why: string;
  /** What else than asking every shard. */
  readonly kind?: Fault['kind'];
}

/** A longer list would be no exception any more. */
export const MOST_ALLOWED = 40;

const erasing = 'what is looked up by a key of its own, asked for by its customer: an erasure, once in a life';
const auditing = 'an auditor searches all customers of an engagement';
const monitoring = 'the monitor compares all that is kept with the log, a piece at a time';
const sweeping = 'what is over is looked for, or goes, for all customers: in the background, every shard its own';
const dispatching = 'one process looks for what waits of all customers, and hands it on';
const sequencing = 'the log has one order over all customers, and one process numbers it';
const releasing = 'a month of all customers of a retailer is counted, once, in the background';
const snapshotting = 'all customers of a retailer, for tills without a connection: a job of the retailer';
const counting = 'numbers for operators, bounded, at most every few seconds';

export const allowed: readonly Allowed[] = [
  { statement: '… from … where bucket = $1 and customer_id = $2', why: erasing },

  { statement: 'select … from consent_refs where … order by id desc limit', why: auditing },
  { statement: 'select … from retailers where … or id = any( … disclosures d', why: auditing },
  { statement: 'select n.text from notices n', why: auditing },
  { statement: 'select pseudonym, customer_id from audit_subjects where pseudonym = any($1)', why: auditing },

  { statement: 'select d.bucket, d.customer_id, d.checked_at … from disclosures d left join', why: monitoring },
  { statement: 'select customer_id from subject_keys where', why: monitoring },
  { statement: 'select id, retailer_id as retailerId from consents where status in', why: monitoring },
  {
    statement: 'select … from disclosures where checked_at >= $1::date',
    why: 'a day of all customers becomes one file',
  },

  { statement: 'select number from generate_series … from audit_pending', why: sequencing },
  { statement: 'select bucket, id, leaf_hash, commitment from audit_pending where bucket between', why: sequencing },

  { statement: '… from outbox_deliveries where', why: dispatching },
  { statement: 'with waiting as … delete from outbox_events', why: sweeping },
  { statement: 'select distinct bucket, customer_id from interaction_counter_marks', why: dispatching },

  { statement: 'select … expires_at <= $1 order by … limit 500', why: sweeping },
  { statement: 'select … from delegations d where d.due_at <= $1 order by', why: sweeping },
  { statement: 'select customer_id from consents where remind_at <= $1', why: sweeping },
  { statement: 'delete from … where expires_at <= $1', why: sweeping },
  { statement: 'delete from rate_limits where window_start < $1', why: sweeping },
  { statement: 'delete from suggestion_days where day < $1::date', why: sweeping },
  { statement: 'delete from … in ( select … limit', why: sweeping },
  { statement: 'delete from imports where settled_at < $1', why: sweeping },
  { statement: 'select customer_id as customerId, months from interaction_retention', why: sweeping },
  { statement: 'select bucket, customer_id as customerId from suggestion_settings', why: sweeping },

  { statement: 'select distinct … from interaction_counters c', why: releasing },
  { statement: '… from interactions i … where i.retailer_id = $1 and i.occurred_at >= $2::date', why: releasing },

  { statement: 'select … from consents c where c.retailer_id = $1 and c.use =', why: snapshotting },
  { statement: 'select … from snapshot_entries e join snapshots s', why: snapshotting },

  { statement: 'select count(*)::int as count … from audit_pending limit', why: counting },

  {
    statement: 'update suggestion_settings set due_at = $1 where enabled_at is not null',
    why: 'a new vocabulary or new base rates change what is suggested to anybody',
  },
  {
    statement: 'select d.bucket, d.customer_id as customerId, d.category',
    why: 'a draft of the vocabulary is checked against all that is stated',
  },
  { statement: 'select count(*) from preference_documents', why: 'how far that check has come' },
  {
    statement: 'select count(*)::int as count from subject_keys',
    why: 'how many keys there are, and how many an earlier KEK has wrapped: on demand',
  },
  {
    statement: 'select array[bucket::text, customer_id::text] as key',
    why: 'all keys are wrapped anew when the KEK is replaced',
  },
  {
    statement: 'select id_hash … from oauth_artifacts where uid_hash = $1',
    why: 'the engine looks a session up by its second name, on pages where people sign in and decide',
  },
  {
    statement: 'select * from ( select d.id … from dispute_refs',
    why: 'a retailer lists what its customers dispute; each row is found by its own bucket',
  },
  {
    statement: 'select exists (select from customers where xmin = pg_current_xact_id()',
    why: 'a test asks what its own transaction has written',
  },
  {
    statement: 'select c.customer_id from unnest … for no key update of c',
    why: 'customers whose reports are counted together are held together: on a cluster, docs/operator/scale.md',
    kind: 'locks',
  },
  {
    statement: 'select c.customer_id as customerId … for no key update of c',
    why: 'a report about several customers holds the consents of all of them: on a cluster, docs/operator/scale.md',
    kind: 'locks',
  },
];
