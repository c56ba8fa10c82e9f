import type { ConsentDetail } from '../consents/detail.js';
import type { ConsentStatus } from '../consents/consent.entity.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { Database } from '../platform/database/database.js';
import type { MenuAttributes } from '../retailers/menu.js';

/** Who reads: a retailer through one of its clients. */
export interface Reader {
  readonly retailerId: string;
  readonly clientId: string;
  /** The lines that its token is good for, when it was made for a part of the consent only. */
  readonly narrowedTo?: readonly object[];
}

/** How things stood at the instant of the statement: whether the reader is served, and what it may look at. */
export interface Standing {
  /** The database's time of the statement. A change of a consent acts on every statement that starts after its commit. */
  readonly checkedAt: Date;
  /** Whether retailer and client are both active. */
  readonly serving: boolean;
  readonly sectors: readonly string[];
  /** The touchpoints of the client. */
  readonly touchpoints: readonly string[];
  /** What the retailer has published for its touchpoints. */
  readonly menu: MenuAttributes;
  readonly consent: StandingConsent | null;
}

export interface StandingConsent {
  readonly id: string;
  readonly version: number;
  readonly status: ConsentStatus;
  readonly details: readonly ConsentDetail[];
  readonly expiresAt: Date;
  readonly maxReadsPerDay: number | null;
  /** The epoch of this client's tokens; null when it was never enrolled. */
  readonly tokenEpoch: number | null;
  /** Wrapped; null once the customer is erased. */
  readonly profileKey: Buffer | null;
  /** The sealed documents of the categories that the consent names; none unless it is active. */
  readonly documents: readonly SealedDocument[];
}

export interface SealedDocument {
  readonly category: string;
  readonly version: number;
  readonly vocabularyVersion: string;
  readonly sealed: Buffer;
}

// What both statements say of a consent. Which of the documents' attributes may be seen is decided by `view()`.
const columns = `
       statement_timestamp() as checked_at, r.status = 'active' and cl.status = 'active' as serving, r.sectors,
       r.menu_attributes, cl.touchpoints, c.id as consent_id, c.version, c.status, c.details, c.expires_at, c.max_reads_per_day,
       cc.token_epoch, k.profile_key, d.categories, d.versions, d.vocabulary_versions, d.sealed`;
const belongings = `
  left join consent_clients cc
         on cc.bucket = c.bucket and cc.customer_id = c.customer_id and cc.consent_id = c.id and cc.client_id = cl.id
  left join subject_keys k on k.bucket = c.bucket and k.customer_id = c.customer_id
  left join lateral (
    select array_agg(p.category) as categories, array_agg(p.version) as versions,
           array_agg(p.vocabulary_version) as vocabulary_versions, array_agg(p.sealed) as sealed
      from preference_documents p
     where p.bucket = c.bucket and p.customer_id = c.customer_id and c.status = 'active'
       and jsonb_path_exists(c.details, '$[*].attributes[*] ? (@ starts with $category)',
                             jsonb_build_object('category', p.category || '.'))
  ) d on true`;

const READ = `
select ${columns}
  from clients cl
  join retailers r on r.id = cl.retailer_id
  left join consents c on c.bucket = $3 and c.customer_id = $4 and c.id = $5 and c.retailer_id = r.id
${belongings}
 where cl.id = $1 and r.id = $2`;

// One-time consents are for the one token that they were given for, so that they are not looked up.
const LOOKUP = `
select ${columns}, asked.position
  from clients cl
  join retailers r on r.id = cl.retailer_id
  left join unnest($3::int[], $4::uuid[]) with ordinality as asked (bucket, customer_id, position) on true
  left join consents c
         on c.bucket = asked.bucket and c.customer_id = asked.customer_id and c.retailer_id = r.id
        and c.use = 'standing' and c.status in ('active', 'paused')
${belongings}
 where cl.id = $1 and r.id = $2
 order by asked.position`;

/** How it stands with the consent of a token. Null when there is no such client of this retailer. */
export async function readStanding(
  database: Database,
  { retailerId, clientId }: Reader,
  customer: CustomerKey,
  consentId: string,
): Promise<Standing | null> {
  const values = [clientId, retailerId, customer.bucket, customer.customerId, consentId];
  const [row] = await database.named<StandingRow>('disclosures.read', READ, values);
  return row ? toStanding(row) : null;
}

/** How it stands with the open consents of many customers, in their order; one without a consent when none is asked for. */
export async function lookUpStandings(
  database: Database,
  { retailerId, clientId }: Reader,
  customers: readonly CustomerKey[],
): Promise<Standing[]> {
  const values = [
    clientId,
    retailerId,
    customers.map(({ bucket }) => bucket),
    customers.map(({ customerId }) => customerId),
  ];
  return (await database.named<StandingRow>('disclosures.lookup', LOOKUP, values)).map(toStanding);
}

interface StandingRow {
  checked_at: Date;
  serving: boolean;
  sectors: string[];
  touchpoints: string[];
  menu_attributes: MenuAttributes;
  consent_id: string | null;
  version: number;
  status: ConsentStatus;
  details: ConsentDetail[];
  expires_at: Date;
  max_reads_per_day: number | null;
  token_epoch: number | null;
  profile_key: Buffer | null;
  categories: string[] | null;
  versions: number[];
  vocabulary_versions: string[];
  sealed: Buffer[];
}

function toStanding(row: StandingRow): Standing {
  return {
    checkedAt: row.checked_at,
    serving: row.serving,
    sectors: row.sectors,
    touchpoints: row.touchpoints,
    menu: row.menu_attributes,
    consent: row.consent_id === null ? null : toConsent(row.consent_id, row),
  };
}

function toConsent(id: string, row: StandingRow): StandingConsent {
  return {
    id,
    version: row.version,
    status: row.status,
    details: row.details,
    expiresAt: row.expires_at,
    maxReadsPerDay: row.max_reads_per_day,
    tokenEpoch: row.token_epoch,
    profileKey: row.profile_key,
    documents: (row.categories ?? []).map((category, index) => ({
      category,
      version: row.versions[index]!,
      vocabularyVersion: row.vocabulary_versions[index]!,
      sealed: row.sealed[index]!,
    })),
  };
}

/** Counts one more read of the consent on this day (in UTC); false when it has none left. */
export async function countRead(
  database: Database,
  customer: CustomerKey,
  consentId: string,
  at: Date,
): Promise<boolean> {
  const rows = await database.named(
    'disclosures.count-read',
    `update consents
        set reads_day = $4::date, reads_count = case when reads_day = $4::date then reads_count + 1 else 1 end
      where bucket = $1 and customer_id = $2 and id = $3
        and (reads_day is distinct from $4::date or max_reads_per_day is null or reads_count < max_reads_per_day)
      returning 1`,
    [customer.bucket, customer.customerId, consentId, at.toISOString().slice(0, 10)],
  );
  return rows.length > 0;
}
