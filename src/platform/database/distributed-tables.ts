/**
 * How each table lies on a cluster of several machines (Citus). `ccx migrate --distributed` prepares the schema by this,
 * `npm run check:sql` judges statements by it, and a test demands that each table stands here exactly once. Partitions
 * lie as their parent does.
 */

export type Placement =
  | {
      readonly kind: 'distributed';
      readonly by: string;
      /** The table whose shards its own stand beside, so that a foreign key or a join stays on one machine. */
      readonly beside?: string;
    }
  | { readonly kind: 'reference' }
  | { readonly kind: 'local' };

/** What belongs to a customer, with what is written beside it: one shard holds all rows of a bucket. */
const byBucket = [
  'acknowledgements',
  'audit_pending',
  'audit_subjects',
  'consent_clients',
  'consent_receipts',
  'consent_requests',
  'consent_rules',
  'consent_versions',
  'consents',
  'customer_passwords',
  'customers',
  'delegations',
  'disclosures',
  'held_delegations',
  'imports',
  'interaction_corrections',
  'interaction_counter_marks',
  'interaction_counters',
  'interaction_disputes',
  'interaction_keys',
  'interaction_notes',
  'interaction_retention',
  'interaction_voids',
  'interactions',
  'notices',
  'outbox_deliveries',
  'outbox_events',
  'passkeys',
  'personal_tokens',
  'preference_documents',
  'preference_versions',
  'recovery_codes',
  'sessions',
  'snapshot_entries',
  'subject_keys',
  'suggestion_days',
  'suggestion_settings',
  'suggestions',
] as const;

/** What is looked up before anybody knows whose it is, or belongs to nobody: spread by the key that it is asked by. */
const byOwnKey: Readonly<Record<string, Placement>> = {
  consent_refs: by('id'),
  dispute_refs: by('retailer_id'),
  dpop_proofs: by('jti_hash'),
  idempotency_keys: by('caller_hash'),
  login_identities: by('identity_hash'),
  oauth_artifacts: by('id_hash'),
  oauth_replays: by('id_hash'),
  rate_limits: by('key_hash'),
  till_codes: by('code_hash'),
  webauthn_challenges: by('challenge_hash'),
};

/** Small, read with everything and seldom written: a copy on every machine. */
const reference = [
  'clients',
  'retailers',
  'signing_keys',
  'snapshots',
  'suggestion_prior_versions',
  'suggestion_priors',
  'vocabulary_extensions',
  'vocabulary_prefixes',
  'vocabulary_releases',
] as const;

/** One of its kind, in one order, or work at hand that is leased row by row: on the coordinator alone. */
const local = [
  'audit_anchors',
  'audit_checkpoints',
  'audit_days',
  'audit_findings',
  'audit_log',
  'audit_log_keys',
  'audit_monitor',
  'audit_state',
  'audit_tiles',
  'ccx_partitioned_tables',
  'demand_releases',
  'disclosure_segments',
  'erasing_customers',
  'erasure_notices',
  'erasure_register',
  'erasures',
  'interaction_job_blocks',
  'interaction_job_results',
  'interaction_jobs',
  'job_leases',
  'long_jobs',
  'migrations',
  'reidentifications',
  'staff_enrolments',
  'staff_factors',
  'staff_invitations',
  'staff_members',
  'staff_sessions',
] as const;

/** The table that the others of a customer stand beside. */
const FIRST = 'customers';

/** How every table lies. */
export const placements: ReadonlyMap<string, Placement> = new Map<string, Placement>([
  ...reference.map((table) => [table, { kind: 'reference' }] as const),
  [FIRST, by('bucket')],
  ...byBucket.filter((table) => table !== FIRST).map((table) => [table, by('bucket', FIRST)] as const),
  ...Object.entries(byOwnKey),
  ...local.map((table) => [table, { kind: 'local' }] as const),
]);

/** Every name that stands in one of the lists, as often as it stands there. */
export const placedTables: readonly string[] = [...byBucket, ...Object.keys(byOwnKey), ...reference, ...local];

/** How a table or a partition of it lies; not set for a table that nobody has placed. */
export function placementOf(table: string): Placement | undefined {
  return placements.get(table) ?? placements.get(table.replace(/_(default|\d+|\d{4}_\d{2}(_\d{2})?)$/, ''));
}

function by(column: string, beside?: string): Placement {
  return { kind: 'distributed', by: column, ...(beside && { beside }) };
}
