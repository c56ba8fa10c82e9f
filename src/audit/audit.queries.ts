import type { Reader } from '../platform/database/database.js';

/** One numbered entry as the log keeps it. */
export interface LoggedEntry {
  index: number;
  id: string;
  type: string;
  at: Date;
  leafHash: Buffer;
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
  retailerIds?: readonly string[];
  purposes?: readonly string[];
  attributes?: readonly string[];
  pseudonym?: Buffer;
  leafHash?: Buffer;
  /** Inclusive. */
  from?: Date;
  /** Exclusive. */
  to?: Date;
}

/** Entries newest first, after a place in that order where one is given. */
export async function findEntries(
  reader: Reader,
  filter: EntryFilter,
  { after, limit }: { after?: Pick<LoggedEntry, 'at' | 'index'>; limit: number },
): Promise<LoggedEntry[]> {
  const values: unknown[] = [];
  const conditions = Object.entries({
    'type = any(?)': filter.types,
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
  if (after) conditions.push(`(at, idx) < ($${values.push(after.at)}, $${values.push(after.index)})`);
  values.push(limit);
  const rows = await reader.query<EntryRow[]>(
    `select ${columns} from audit_log ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
      order by at desc, idx desc limit $${values.length}`,
    values,
  );
  return rows.map(toEntry);
}

export async function findEntry(reader: Reader, index: number): Promise<LoggedEntry | null> {
  const [row] = await reader.query<EntryRow[]>(`select ${columns} from audit_log where idx = $1`, [index]);
  return row ? toEntry(row) : null;
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

const columns = 'idx, id, type, at, leaf_hash, sealed, pseudonym, retailer_id, purposes, attributes, consent_version';

interface EntryRow {
  idx: string;
  id: string;
  type: string;
  at: Date;
  leaf_hash: Buffer;
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
    sealed: row.sealed,
    pseudonym: row.pseudonym,
    retailerId: row.retailer_id,
    purposes: row.purposes,
    attributes: row.attributes,
    consentVersion: row.consent_version,
  };
}
