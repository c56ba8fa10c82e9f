import { leafBytes } from '../audit/leaf.js';
import { leafHashOf } from '../audit/tree.js';
import type { ConsentStatus } from '../consents/consent.entity.js';
import type { ConsentDetail } from '../consents/detail.js';
import { sha256 } from '../platform/crypto/seal.js';
import { canonicalJson, type JsonObject, type JsonValue } from '../platform/json.js';
import type { OpenedEntry } from './entry-reader.service.js';

/** What the monitor looks for. Each is a fault of the service or of whoever has its database, never of a caller. */
export const monitorRules = [
  'version-gap',
  'wrong-disclosure',
  'expiry-not-logged',
  'column-differs',
  'totals-differ',
  'day-not-closed',
] as const;
export type MonitorRule = (typeof monitorRules)[number];

/** It never says who: entries are named by their index, consents by a code that only the broker can undo. */
export interface Finding {
  readonly rule: MonitorRule;
  readonly about: string;
  readonly detail: string;
  readonly retailerId?: string | null;
}

/** In what an entry is not what its leaf commits to, although the tree may prove it. */
export function columnFaults({ entry, state, opening }: OpenedEntry): string[] {
  const committed = leafHashOf(leafBytes(entry.commitment)).equals(entry.leafHash) ? [] : ['commitment'];
  if (state === 'erased') return committed;
  if (!opening) return [...committed, 'sealed'];
  const { event, intact } = opening;
  const consent = objectIn(event.consent);
  const columns: Record<string, [JsonValue, JsonValue]> = {
    type: [entry.type, event.type ?? null],
    at: [entry.at.toISOString(), event.at ?? null],
    retailer_id: [entry.retailerId, event.retailer_id ?? null],
    purposes: [entry.purposes, event.purposes ?? []],
    attributes: [entry.attributes, event.attributes ?? []],
    consent_version: [entry.consentVersion, consent.version ?? null],
  };
  const differing = Object.entries(columns).filter(
    ([, [column, told]]) => canonicalJson(column) !== canonicalJson(told),
  );
  return [...committed, ...(intact ? [] : ['leaf_hash']), ...differing.map(([name]) => name)];
}

/** A version of a consent as it is kept. */
export interface KeptVersion {
  readonly version: number;
  readonly change: string;
  readonly status: ConsentStatus;
  readonly details: readonly ConsentDetail[];
}

/** A version of a consent as the log tells of it. */
export interface LoggedVersion {
  readonly version: number;
  readonly change: string;
  /** SHA-256 of the canonical JSON of its lines, in hexadecimal; entries of earlier versions of CCX do not say. */
  readonly details: string | null;
}

/** In what the history of a consent is not one that the service could have made: each change one version, one entry. */
export function versionFaults(
  consent: { readonly version: number; readonly status: ConsentStatus },
  kept: readonly KeptVersion[],
  logged: readonly LoggedVersion[],
): string[] {
  const faults: string[] = [];
  for (let version = 1; version <= consent.version; version++) {
    const row = kept.find((one) => one.version === version);
    const entries = logged.filter((one) => one.version === version);
    if (!row) faults.push(`version ${version} is not kept`);
    if (entries.length !== 1)
      faults.push(`version ${version} has ${entries.length || 'no'} entr${entries.length > 1 ? 'ies' : 'y'}`);
    const [entry] = entries;
    if (!row || !entry) continue;
    if (entry.change !== row.change)
      faults.push(`version ${version} was ${row.change}, its entry says ${entry.change}`);
    if (entry.details !== null && entry.details !== hashOf(row.details)) {
      faults.push(`version ${version} has other lines than its entry`);
    }
  }
  const beyond = [...kept, ...logged].filter(({ version }) => version > consent.version);
  if (beyond.length > 0) faults.push(`there is a version beyond ${consent.version}`);
  const last = kept.find(({ version }) => version === consent.version);
  if (last && last.status !== consent.status) faults.push(`it is ${consent.status}, its last version ${last.status}`);
  return faults;
}

function hashOf(details: readonly ConsentDetail[]): string {
  return sha256(canonicalJson(details as unknown as JsonValue)).toString('hex');
}

/** How many entries of each type there are. */
export type Totals = Readonly<Record<string, number>>;

/** Of which types the counts differ. */
export function differingTotals(told: Totals, counted: Totals): string[] {
  const types = new Set([...Object.keys(told), ...Object.keys(counted)]);
  return [...types].filter((type) => (told[type] ?? 0) !== (counted[type] ?? 0)).toSorted();
}

/** A member of an event that is an object, or an empty one. */
export function objectIn(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
