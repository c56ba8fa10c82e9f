import { sha256 } from '../../platform/crypto/seal.js';
import type { BundleFiles } from './bundle-files.js';
import type { Entry } from './entries.js';
import { malformed, quoted, tampering } from './fault.js';
import { Fields } from './fields.js';
import { canonical, type Json } from './json.js';
import type { KeySet } from './jws.js';
import { checkAgainstEvent, isOfDetails, parseReceipt } from './receipt.js';
import { done } from './report.js';

/** What the records of a bundle are checked against. */
export interface Bundle {
  readonly files: BundleFiles;
  /** The entries that have been proved to be in the log, by index. */
  readonly entries: ReadonlyMap<number, Entry>;
  /** The consent that it is about, where the manifest names it as the log does. */
  readonly consentId: string | null;
}

/** One version of a consent: what it let be read from then on. */
export interface Version {
  readonly version: number;
  readonly status: string;
  readonly details: readonly Fields[];
  readonly expiresAt: number;
  readonly at: number;
}

/** @throws Fault when a receipt is not the one of its entry, or a version that was logged has none */
export async function checkReceipts({ files, entries, consentId }: Bundle, keys: KeySet) {
  const promised = new Set<number>();
  for await (const json of files.records('receipts.ndjson')) {
    const record = new Fields(json, 'a receipt');
    const what = `receipt ${quoted(record.string('id'))}`;
    const receipt = parseReceipt(record.string('jws'), what);
    receipt.jws.verify(keys);
    if (receipt.id !== record.string('id')) throw tampering(`${what} is another one`);
    const entry = entries.get(record.integer('index'));
    if (!entry) throw tampering(`${what} is of an entry that is not in the bundle`);
    if (!entry.leafHash.equals(receipt.leafHash)) throw tampering(`${what} promises another entry than the log has`);
    if (consentId !== null && receipt.consent !== null && receipt.consent.id !== consentId)
      throw tampering(`${what} is of another consent`);
    if (entry.event) checkAgainstEvent(receipt, entry.event, what);
    promised.add(entry.index);
  }
  // The one that is left out may be the one that says something else than the log.
  const silent = [...loggedVersions(entries)].find(([, { index }]) => !promised.has(index));
  if (silent) throw tampering(`the receipt of version ${silent[0]} is missing`);
  return done(`${promised.size}, each signed and of the entry that it promises`);
}

/** @returns the hashes of the notices. @throws Fault */
export async function checkNotices({ files }: Bundle) {
  const names = files.names.filter((name) => name.startsWith('notices/'));
  const hashes = new Set<string>();
  for (const name of names) {
    const hash = sha256(canonical(await files.json(name))).toString('hex');
    if (name !== `notices/${hash}.json`) throw tampering(`${quoted(name)} is not the notice that its name says`);
    hashes.add(hash);
  }
  return done(`${names.length}, each of the hash that it is named by`, hashes);
}

/** @throws Fault when one is missing, or is not what was logged when it was made */
export async function checkVersions({ files, entries, consentId }: Bundle, notices: ReadonlySet<string>) {
  const logged = loggedVersions(entries);
  const versions = new Map<number, Version>();
  // What an auditor may know begins with their engagement; a customer knows all of their own consent.
  let expected = consentId === null ? undefined : 1;
  for await (const json of files.records('versions.ndjson')) {
    const record = new Fields(json, 'a version');
    const version = record.integer('version');
    if (version !== (expected ?? version)) throw tampering(`version ${expected} is missing`);
    expected = version + 1;
    const entry = logged.get(version);
    if (entry) checkVersion(record, entry, notices);
    versions.set(version, {
      version,
      status: record.string('status'),
      details: record.objects('details'),
      expiresAt: record.time('expires_at'),
      at: record.time('at'),
    });
  }
  if (versions.size === 0) throw malformed('there is no version of the consent');
  const missing = [...logged.keys()].find((version) => !versions.has(version));
  if (missing !== undefined) throw tampering(`version ${missing} was logged and is missing`);
  const unlogged = [...versions.keys()].filter((version) => !logged.has(version));
  if (unlogged[0] !== undefined && hasEveryEntry(entries))
    throw tampering(`version ${unlogged[0]} has no entry in the log`);
  return done(`${versions.size} without a gap, each as logged`, versions);
}

/** The entries that made a version, by its number. @throws Fault when two made the same one */
function loggedVersions(entries: ReadonlyMap<number, Entry>): Map<number, Entry> {
  const logged = new Map<number, Entry>();
  for (const entry of entries.values()) {
    // Only what happens to a consent makes a version of it; a disclosure names one.
    if (!entry.type.startsWith('consent.') || !entry.event?.consent) continue;
    const { version } = entry.event.consent;
    if (logged.has(version)) throw tampering(`version ${version} was logged twice`);
    logged.set(version, entry);
  }
  return logged;
}

function checkVersion(record: Fields, { event }: Entry, notices: ReadonlySet<string>): void {
  if (!event) return;
  const what = `version ${record.integer('version')}`;
  const same = (name: string, shown: Json, logged: Json) => {
    if (canonical(shown) !== canonical(logged)) throw tampering(`${what} has another ${name} than was logged`);
  };
  same('change', `consent.${record.string('change')}`, event.type);
  same('state', record.string('status'), event.data.string('status'));
  same('end', record.time('expires_at'), event.data.time('expires_at'));
  same('time', record.time('at'), Date.parse(event.at));
  same(
    'number of reads a day',
    record.integerOrNull('max_reads_per_day'),
    event.data.integerOrNull('max_reads_per_day'),
  );
  const notice = record.stringOrNull('notice_hash');
  same('notice', notice, event.data.stringOrNull('notice'));
  if (notice !== null && !notices.has(notice)) throw malformed(`the notice of ${what} is not in the bundle`);
  if (!isOfDetails(event, record.list('details'))) throw tampering(`${what} has other lines than were logged`);
}

/** Whether nothing is sealed or erased: only then does an entry that is not there say anything. */
function hasEveryEntry(entries: ReadonlyMap<number, Entry>): boolean {
  return [...entries.values()].every(({ event }) => event !== null);
}
