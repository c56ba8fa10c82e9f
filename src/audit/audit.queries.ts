import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader } from '../platform/database/database.js';

/** One numbered entry as the log keeps it. */
export interface LoggedEntry {
  index: number;
  id: string;
  type: string;
  at: Date;
  leafHash: Buffer;
  /** What the leaf is made of. Whatever the tree has taken in has it. */
  commitment: Buffer;
  sealed: Buffer;
  pseudonym: Buffer | null;
  retailerId: string | null;
  purposes: string[];
  attributes: string[];
  consentVersion: number | null;
}

/** What to look for. Everything given must hold; a list means any of it. */
export interface EntryFilter {
  types?: readonly string[];
  exceptTypes?: readonly string[];
  retailerIds?: readonly string[];
  purposes?: readonly string[];
  attributes?: readonly string[];
  pseudonym?: Buffer;
  leafHash?: Buffer;
  /** Only those that name a version of a consent. */
  ofConsents?: true;
  /** Inclusive. */
  from?: Date;
  /** Exclusive. */
  to?: Date;
}

/** Entries newest first, after a place in that order where one is given. */
export async function findEntries(
  reader: Reader,
  filter: EntryFilter,
  { after, limit }: { after?: Pick<LoggedEntry, 'at' | 'index'> | undefined; limit: number },
): Promise<LoggedEntry[]> {
  const { conditions, values } = conditionsOf(filter);
  if (after) conditions.push(`(at, idx) < ($${values.push(after.at)}, $${values.push(after.index)})`);
  return select(reader, conditions, values, `order by at desc, idx desc limit $${values.push(limit)}`);
}

/** Entries in the order of the log, from an index to before another one. */
export async function entriesInOrder(
  reader: Reader,
  filter: EntryFilter,
  { from, to, limit }: { from: number; to: number; limit: number },
): Promise<LoggedEntry[]> {
  const { conditions, values } = conditionsOf(filter);
  conditions.push(`idx >= $${values.push(from)}`, `idx < $${values.push(to)}`);
  return select(reader, conditions, values, `order by idx limit $${values.push(limit)}`);
}

/** Where in the log the entries of a time lie: from the first index to after the last one. */
export async function indexesOf(
  reader: Reader,
  { from, to }: { from: Date; to: Date },
): Promise<{ from: number; to: number }> {
  const [row] = await reader.query<{ first: string | null; last: string | null }[]>(
    `select min(idx) as first, max(idx) as last from audit_log where at >= $1 and at < $2`,
    [from, to],
  );
  return row?.first && row.last ? { from: Number(row.first), to: Number(row.last) + 1 } : { from: 0, to: 0 };
}

function conditionsOf(filter: EntryFilter): { conditions: string[]; values: unknown[] } {
  const values: unknown[] = [];
  const conditions = Object.entries({
    'type = any(?)': filter.types,
    'type <> all(?)': filter.exceptTypes,
    'retailer_id = any(?)': filter.retailerIds,
    'purposes && ?': filter.purposes,
    'attributes && ?': filter.attributes,
    'pseudonym = ?': filter.pseudonym,
    'leaf_hash = ?': filter.leafHash,
    'at >= ?': filter.from,
    'at < ?': filter.to,
  }).flatMap(([condition, value]) => {
    if (value === undefined) return [];
    values.push(value);
    return condition.replace('?', `$${values.length}`);
  });
  if (filter.ofConsents) conditions.push('consent_version is not null');
  return { conditions, values };
}

async function select(
  reader: Reader,
  conditions: readonly string[],
  values: readonly unknown[],
  rest: string,
): Promise<LoggedEntry[]> {
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
  const rows = await reader.query<EntryRow[]>(`select ${columns} from audit_log ${where} ${rest}`, [...values]);
  return rows.map(toEntry);
}

export async function findEntry(reader: Reader, index: number): Promise<LoggedEntry | null> {
  const [row] = await reader.query<EntryRow[]>(`select ${columns} from audit_log where idx = $1`, [index]);
  return row ? toEntry(row) : null;
}

/** The entry whose leaf has this hash. There is one: each commits with a nonce of its own. */
export async function findEntryWithHash(reader: Reader, leafHash: Buffer): Promise<LoggedEntry | null> {
  const [row] = await reader.query<EntryRow[]>(`select ${columns} from audit_log where leaf_hash = $1`, [leafHash]);
  return row ? toEntry(row) : null;
}

/** The entries at these places, in the order of the log. */
export async function findEntriesAt(reader: Reader, indexes: readonly number[]): Promise<LoggedEntry[]> {
  const rows = await reader.query<EntryRow[]>(
    `select ${columns} from audit_log where idx = any($1::bigint[]) order by idx`,
    [indexes],
  );
  return rows.map(toEntry);
}

/** The entries with these ids that the log has a place for already, by their ids. */
export async function findEntriesWithIds(reader: Reader, ids: readonly string[]): Promise<Map<string, LoggedEntry>> {
  const rows = await reader.query<EntryRow[]>(`select ${columns} from audit_log where id = any($1::uuid[])`, [ids]);
  return new Map(rows.map((row) => [row.id, toEntry(row)]));
}

/** Who is behind these pseudonyms, as far as their keys have not been destroyed. The key of the map is hexadecimal. */
export async function customersBehind(reader: Reader, pseudonyms: readonly Buffer[]): Promise<Map<string, string>> {
  if (pseudonyms.length === 0) return new Map();
  const rows = await reader.query<{ pseudonym: Buffer; customer_id: string }[]>(
    `select pseudonym, customer_id from audit_subjects where pseudonym = any($1)`,
    [pseudonyms],
  );
  return new Map(rows.map(({ pseudonym, customer_id }) => [pseudonym.toString('hex'), customer_id]));
}

/** By what the log names these customers, as far as their keys have not been destroyed: by customer id. */
export async function pseudonymsOf(reader: Reader, customers: readonly CustomerKey[]): Promise<Map<string, Buffer>> {
  if (customers.length === 0) return new Map();
  const rows = await reader.query<{ customer_id: string; pseudonym: Buffer }[]>(
    `select s.customer_id, s.pseudonym
       from unnest($1::int[], $2::uuid[]) as who (bucket, customer_id)
       join audit_subjects s on s.bucket = who.bucket and s.customer_id = who.customer_id`,
    [customers.map(({ bucket }) => bucket), customers.map(({ customerId }) => customerId)],
  );
  return new Map(rows.map(({ customer_id, pseudonym }) => [customer_id, pseudonym]));
}

const columns =
  'idx, id, type, at, leaf_hash, commitment, sealed, pseudonym, retailer_id, purposes, attributes, consent_version';

interface EntryRow {
  idx: string;
  id: string;
  type: string;
  at: Date;
  leaf_hash: Buffer;
  commitment: Buffer;
  sealed: Buffer;
  pseudonym: Buffer | null;
  retailer_id: string | null;
  purposes: string[];
  attributes: string[];
  consent_version: number | null;
}

function toEntry(row: EntryRow): LoggedEntry {
  return {
    index: Number(row.idx),
    id: row.id,
    type: row.type,
    at: row.at,
    leafHash: row.leaf_hash,
    commitment: row.commitment,
    sealed: row.sealed,
    pseudonym: row.pseudonym,
    retailerId: row.retailer_id,
    purposes: row.purposes,
    attributes: row.attributes,
    consentVersion: row.consent_version,
  };
}
