import type { Bundle, Version } from './bundle-records.js';
import { leafOf } from './commitment.js';
import type { Entry } from './entries.js';
import { quoted, tampering } from './fault.js';
import { decodeBase64Url, Fields } from './fields.js';
import { done, type Report } from './report.js';
import { leafHash, rootOfInclusion } from './tree.js';

/** One read, as its record says. */
export interface Disclosure {
  readonly id: string;
  readonly consent: { readonly id: string; readonly version: number };
  readonly attributes: readonly string[];
  readonly purpose: string | null;
  readonly touchpoint: string | null;
  readonly stage: string | null;
  readonly checkedAt: number;
  readonly isRefused: boolean;
}

const everyStage = ['awareness', 'exploring', 'shopping', 'post_shopping'];
const readingTypes = ['ccx_preferences', 'ccx_preferences_special'];
/** How far the clock of the database and those of the services may be apart. */
const CLOCKS_APART_MS = 60_000;

/** Checks that every read is in the log, and was one that its version of the consent let happen. */
export async function checkDisclosures(
  report: Report,
  bundle: Bundle,
  versions: ReadonlyMap<number, Version>,
): Promise<void> {
  await report.run('disclosures', async () => {
    const seen = new Set<string>();
    for await (const json of bundle.files.records('disclosures.ndjson')) {
      const record = new Fields(json, 'a disclosure');
      const disclosure = provedDisclosure(record, bundle.entries.get(record.integer('entry_index')));
      const what = `disclosure ${quoted(disclosure.id)}`;
      if (seen.has(disclosure.id)) throw tampering(`${what} is there twice`);
      seen.add(disclosure.id);
      checkConsent(disclosure, bundle, what);
      const wrong = disclosure.isRefused ? null : whyWrong(disclosure, versions);
      if (wrong) throw tampering(`${what} ${wrong}`);
    }
    return done(`${seen.size} are in the log, none outside the version of the consent that it names`);
  });
}

/** @param entry the entry with the root of the tree that it is in. @throws Fault when it is not in that tree */
export function provedDisclosure(record: Fields, entry: Pick<Entry, 'event'> | undefined): Disclosure {
  const fields = record.object('disclosure');
  const what = `disclosure ${quoted(fields.string('id'))}`;
  const batch = entry?.event;
  if (batch?.type !== (fields.has('refused') ? 'disclosure.refused' : 'disclosures.recorded'))
    throw tampering(`${what} is of no entry that records such a thing`);
  const leaf = leafHash(leafOf(record.bytes('nonce'), record.get('disclosure') ?? null));
  const size = record.integer('leaf_count');
  const root = rootOfInclusion(leaf, record.integer('leaf_index'), size, record.hashes('path'));
  const logged = decodeBase64Url(batch.data.string('root'));
  if (!root || !logged?.equals(root) || size !== batch.data.integer('size'))
    throw tampering(`${what} is not in the tree whose root was logged`);
  return {
    id: fields.string('id'),
    consent: { id: fields.object('consent').string('id'), version: fields.object('consent').integer('version') },
    attributes: fields.strings('attributes'),
    purpose: fields.stringOrNull('purpose'),
    touchpoint: fields.stringOrNull('touchpoint'),
    stage: fields.stringOrNull('stage'),
    checkedAt: fields.time('checked_at'),
    isRefused: fields.has('refused'),
  };
}

function checkConsent({ consent }: Disclosure, { consentId, entries }: Bundle, what: string): void {
  const known = consentId ?? [...entries.values()].find(({ event }) => event?.consent)?.event?.consent?.id;
  if (known !== undefined && consent.id !== known) throw tampering(`${what} is of another consent`);
}

/** Why a read should not have been answered; null when its version of the consent lets it be. */
function whyWrong(disclosure: Disclosure, versions: ReadonlyMap<number, Version>): string | null {
  const { attributes, checkedAt } = disclosure;
  const named = versions.get(disclosure.consent.version);
  if (!named) return `names version ${disclosure.consent.version}, which there is not`;
  if (named.status !== 'active') return `names version ${named.version}, which was ${quoted(named.status)}`;
  if (checkedAt >= named.expiresAt) return `was answered after version ${named.version} had ended`;
  const next = versions.get(named.version + 1);
  if (next && checkedAt > next.at + CLOCKS_APART_MS)
    return `was answered after version ${next.version} had replaced it`;
  if (checkedAt < named.at - CLOCKS_APART_MS) return `was answered before version ${named.version} was made`;
  const lines = named.details.filter((line) => lets(line, disclosure));
  if (lines.length === 0) return `is for a purpose, touchpoint or stage that version ${named.version} does not have`;
  const outside = attributes.find((attribute) => !lines.some((line) => line.strings('attributes').includes(attribute)));
  return outside === undefined ? null : `told of ${quoted(outside)}, which version ${named.version} does not let`;
}

function lets(line: Fields, { purpose, touchpoint, stage, checkedAt }: Disclosure): boolean {
  if (!readingTypes.includes(line.string('type')) || checkedAt >= line.time('expires_at')) return false;
  const stages = line.strings('stages');
  return (
    purpose !== null &&
    line.strings('purposes').includes(purpose) &&
    touchpoint !== null &&
    line.strings('touchpoints').includes(touchpoint) &&
    (stage === null ? everyStage.every((every) => stages.includes(every)) : stages.includes(stage))
  );
}
