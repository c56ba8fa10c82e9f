import { createHash } from 'node:crypto';

import type { BundleFiles } from './bundle-files.js';
import { checkDisclosures } from './bundle-disclosures.js';
import { type Bundle, checkNotices, checkReceipts, checkVersions } from './bundle-records.js';
import { type Checkpoint, parseCheckpoint } from './checkpoint.js';
import type { Context } from './context.js';
import { compareElsewhere } from './elsewhere.js';
import { type Entry, EntryTally, provedEntry } from './entries.js';
import { malformed, quoted, tampering } from './fault.js';
import { Fields } from './fields.js';
import { type KeySet, parseKeySet } from './jws.js';
import { done } from './report.js';
import { isConsistent } from './tree.js';
import { parseListedKeys, Trust } from './trust.js';

const BUNDLE_FORMAT = 'ccx-bundle-1';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Verifies all that a broker says of one consent. */
export async function verifyBundle(context: Context, files: BundleFiles): Promise<void> {
  const { report } = context;
  const manifest = await report.run('manifest', () => checkManifest(files));
  if (!manifest) return;
  const listed = await report.run('keys of the log', async () => {
    const keys = files.has('log-keys.json') ? parseListedKeys(await files.json('log-keys.json')) : [];
    return done(`${keys.length} listed`, keys);
  });
  const trust = new Trust(context.policy, listed ?? []);
  const checkpoint = await report.run('latest checkpoint', async () => {
    const latest = parseCheckpoint(await files.text('checkpoint'), 'the checkpoint');
    return done(`of ${quoted(latest.origin)}`, latest);
  });
  if (!checkpoint) return;
  await trust.check(report, checkpoint, 'checkpoint');
  const older = await report.run('older checkpoints', () => checkOlder(files, trust, checkpoint));
  await compareElsewhere(context, trust, checkpoint, older);

  const checked = await report.run('entries', () => checkEntries(files, checkpoint));
  if (!checked) return;
  const { entries, tally } = checked;
  tally.tellOfSealed(report);
  tally.tellOfErased(report);
  const consentId = uuid.test(manifest) ? manifest : null;
  const bundle: Bundle = { files, entries, consentId };
  await report.run('one consent', () => checkOneConsent(bundle));
  const keys = await receiptKeys(context, files);
  const notices = await report.run('notices', () => checkNotices(bundle));
  if (keys) await report.run('receipts', () => checkReceipts(bundle, keys));
  const versions = await report.run('versions', () => checkVersions(bundle, notices ?? new Set()));
  if (versions) await checkDisclosures(report, bundle, versions);
}

async function checkManifest(files: BundleFiles) {
  const manifest = new Fields(await files.json('manifest.json'), 'the manifest');
  if (manifest.get('format') !== BUNDLE_FORMAT) throw malformed(`it is not of the format ${BUNDLE_FORMAT}`);
  const listed = manifest.objects('files');
  const names = new Set(listed.map((file) => file.string('name')));
  if (names.size < listed.length) throw malformed('it lists a file twice');
  const unlisted = files.names.filter((name) => name !== 'manifest.json' && !names.has(name));
  if (unlisted[0]) throw tampering(`${quoted(unlisted[0])} is not listed in it`);
  for (const file of listed) {
    const name = file.string('name');
    if (!files.has(name)) throw tampering(`${quoted(name)} is listed in it and not there`);
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of files.chunks(name)) {
      hash.update(chunk);
      size += chunk.length;
    }
    if (size !== file.integer('size') || hash.digest('hex') !== file.string('sha256'))
      throw tampering(`${quoted(name)} is not the file that it lists`);
  }
  return done(`${listed.length} files, each as listed`, manifest.string('consent'));
}

async function checkOlder(files: BundleFiles, trust: Trust, latest: Checkpoint) {
  const older: Checkpoint[] = [];
  if (!files.has('checkpoints.ndjson')) return done('none', older);
  for await (const json of files.records('checkpoints.ndjson')) {
    const record = new Fields(json, 'an older checkpoint');
    const checkpoint = parseCheckpoint(record.string('note'), 'an older checkpoint');
    trust.verify(checkpoint, `the checkpoint of size ${checkpoint.size}`);
    if (checkpoint.origin !== latest.origin) throw tampering(`${quoted(checkpoint.origin)} is another log`);
    if (!isConsistent(checkpoint, latest, record.hashes('consistency')))
      throw tampering(`the latest does not begin with the tree of size ${checkpoint.size}`);
    older.push(checkpoint);
  }
  return done(`${older.length}, each the beginning of the latest`, older);
}

async function checkEntries(files: BundleFiles, checkpoint: Checkpoint) {
  const entries = new Map<number, Entry>();
  const tally = new EntryTally();
  let last = -1;
  for await (const json of files.records('entries.ndjson')) {
    const entry = provedEntry(new Fields(json, 'an entry'), checkpoint);
    if (entry.index <= last) throw malformed(`entry ${entry.index} is not in order`);
    last = entry.index;
    tally.add(entry);
    entries.set(entry.index, entry);
  }
  return done(tally.found, { entries, tally });
}

/** Entries of another consent would lend their proofs to what is said of this one. */
function checkOneConsent({ entries, consentId }: Bundle) {
  const ids = new Set([...entries.values()].flatMap(({ event }) => event?.consent?.id ?? []));
  if (consentId !== null) ids.add(consentId);
  if (ids.size > 1) throw tampering('there are entries of another consent in it');
  return done(`all entries are of one consent`);
}

async function receiptKeys({ report, keys }: Context, files: BundleFiles): Promise<KeySet | undefined> {
  if (keys) return keys;
  report.skipped(
    'keys of receipts',
    'none were given (--keys): the bundle’s own are used, which anybody can have made',
  );
  return report.run('keys in the bundle', async () => {
    const own = parseKeySet(await files.json('keys.json'));
    return done(`${own.size}`, own);
  });
}
