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

/** How things stood, told by no more than what tells whether they have changed. */
export interface Pulse {
  /** The database's time of the statement. A change of a consent acts on every statement that starts after its commit. */
  readonly checkedAt: Date;
  /** Of all that an answer is made from: equal states, equal answers for as long as time alone changes nothing. */
  readonly state: string;
}

/** How things stood at the instant of the statement: whether the reader is served, and what it may look at. */
export interface Standing extends Pulse {
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

// What has a version is told by it, everything else stands there itself. A document is told by its version and by the tag
// of its seal, should a version ever have come to nothing and been used again. The menu comes last: it alone is free
// text, so that no two states are ever written alike.
const state = `
       concat(c.version, '|', c.status, '|', c.expires_at, '|', c.max_reads_per_day, '|', cc.token_epoch, '|',
              k.customer_id is null, '|', d.state, '|', cl.status, '|', cl.touchpoints, '|', r.status, '|', r.sectors, '|',
              r.menu_attributes) as state`;

// What is said of a consent whenever all of it is wanted. Which of the documents' attributes may be seen is decided by
// `view()`. The sealed ones come one after the other: an array of them would be taken apart letter by letter.
const columns = `
       statement_timestamp() as checked_at, r.status = 'active' and cl.status = 'active' as serving, r.sectors,
       r.menu_attributes, cl.touchpoints, c.id as consent_id, c.version, c.status, c.details, c.expires_at, c.max_reads_per_day,
       cc.token_epoch, k.profile_key, d.documents, d.sealed, ${state}`;
// Every table is bound to the customer itself rather than to the consent, which may be missing: a cluster carries a
// constant over an outer join only in part.
const belongings = (bucket: string, customer: string, contents = '') => `
  left join consent_clients cc
         on cc.bucket = ${bucket} and cc.customer_id = ${customer} and cc.consent_id = c.id and cc.client_id = cl.id
  left join subject_keys k on k.bucket = ${bucket} and k.customer_id = ${customer}
  left join lateral (
    select string_agg(concat(p.category, ':', p.version, ':', substr(p.sealed, length(p.sealed) - 15)), ' ') as state
           ${contents}
      from preference_documents p
     where p.bucket = ${bucket} and p.customer_id = ${customer}
  ) d on true`;
const covered = `
    filter (where c.status = 'active'
              and jsonb_path_exists(c.details, '$[*].attributes[*] ? (@ starts with $category)',
                                    jsonb_build_object('category', p.category || '.')))`;
const DOCUMENTS = `
    , json_agg(json_build_array(p.category, p.version, p.vocabulary_version, length(p.sealed))) ${covered} as documents,
    string_agg(p.sealed, ''::bytea) ${covered} as sealed`;

// The one customer that is asked about, with the consent that this is true of.
const ofOne = (consent: string) => `
  from clients cl
  join retailers r on r.id = cl.retailer_id
  left join consents c on c.bucket = $3 and c.customer_id = $4 and c.retailer_id = r.id and ${consent}`;
const OF_TOKEN = ofOne('c.id = $5');
const READ = `select ${columns} ${OF_TOKEN} ${belongings('$3', '$4', DOCUMENTS)} where cl.id = $1 and r.id = $2`;
const PULSE = `
select statement_timestamp() as checked_at, ${state} ${OF_TOKEN} ${belongings('$3', '$4')} where cl.id = $1 and r.id = $2`;

// One-time consents are for the one token that they were given for, so that they are not looked up.
const LOOKED_UP = `c.use = 'standing' and c.status in ('active', 'paused')`;
// What is planned for a list is planned anew each time; for one customer, which is what a till asks about, once.
const LOOKUP_ONE = `
select ${columns} ${ofOne(LOOKED_UP)} ${belongings('$3', '$4', DOCUMENTS)} where cl.id = $1 and r.id = $2`;
const LOOKUP = `
select ${columns}, asked.position
  from clients cl
  join retailers r on r.id = cl.retailer_id
  left join unnest($3::int[], $4::uuid[]) with ordinality as asked (bucket, customer_id, position) on true
  left join consents c
         on c.bucket = asked.bucket and c.customer_id = asked.customer_id and c.retailer_id = r.id and ${LOOKED_UP}
${belongings('asked.bucket', 'asked.customer_id', DOCUMENTS)}
 where cl.id = $1 and r.id = $2
 order by asked.position`;

/** How it stands with the consent of a token. Null when there is no such client of this retailer. */
export async function readStanding(
  database: Database,
  reader: Reader,
  customer: CustomerKey,
  consentId: string,
): Promise<Standing | null> {
  const values = ofToken(reader, customer, consentId);
  const [row] = await database.readNamed<StandingRow>('disclosures.read', READ, values);
  return row ? toStanding(row) : null;
}

/**
 * The same, told by no more than what tells whether it has changed: half the work of {@link readStanding}, for whoever
 * still knows what follows from it.
 */
export async function takePulse(
  database: Database,
  reader: Reader,
  customer: CustomerKey,
  consentId: string,
): Promise<Pulse | null> {
  const values = ofToken(reader, customer, consentId);
  const [row] = await database.readNamed<PulseRow>('disclosures.pulse', PULSE, values);
  return row ? { checkedAt: row.checked_at, state: row.state } : null;
}

function ofToken({ retailerId, clientId }: Reader, { bucket, customerId }: CustomerKey, consentId: string): unknown[] {
  return [clientId, retailerId, bucket, customerId, consentId];
}

/** How it stands with the open consents of many customers, in their order; one without a consent when none is asked for. */
export async function lookUpStandings(
  database: Database,
  { retailerId, clientId }: Reader,
  customers: readonly CustomerKey[],
): Promise<Standing[]> {
  const [one] = customers;
  if (one && customers.length === 1) {
    const values = [clientId, retailerId, one.bucket, one.customerId];
    return (await database.readNamed<StandingRow>('disclosures.lookup-one', LOOKUP_ONE, values)).map(toStanding);
  }
  const values = [
    clientId,
    retailerId,
    customers.map(({ bucket }) => bucket),
    customers.map(({ customerId }) => customerId),
  ];
  return (await database.named<StandingRow>('disclosures.lookup', LOOKUP, values)).map(toStanding);
}

interface PulseRow {
  checked_at: Date;
  state: string;
}

interface StandingRow extends PulseRow {
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
  /** Of each document: category, version, release and length. */
  documents: [string, number, string, number][] | null;
  /** The documents themselves, one after the other. */
  sealed: Buffer | null;
}

function toStanding(row: StandingRow): Standing {
  return {
    checkedAt: row.checked_at,
    state: row.state,
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
    documents: toDocuments(row),
  };
}

function toDocuments({ documents, sealed }: StandingRow): SealedDocument[] {
  let from = 0;
  return (documents ?? []).map(([category, version, vocabularyVersion, length]) => ({
    category,
    version,
    vocabularyVersion,
    sealed: sealed!.subarray(from, (from += length)),
  }));
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
