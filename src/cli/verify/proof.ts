import type { Checkpoint } from './checkpoint.js';
import { openedEvent } from './commitment.js';
import type { Context } from './context.js';
import { provedDisclosure } from './bundle-disclosures.js';
import { checkLoneCheckpoint, compareAnchors, compareElsewhere, headOf, SeenLog } from './elsewhere.js';
import { checkInclusion } from './entries.js';
import { distrust, quoted, tampering } from './fault.js';
import { Fields } from './fields.js';
import type { Json } from './json.js';
import { parseJws } from './jws.js';
import { findLeaf } from './leaf-search.js';
import { checkAgainstEvent, parseReceipt, type Receipt } from './receipt.js';
import { done } from './report.js';
import { parseTlogProof } from './tlog-proof.js';
import { leafHash } from './tree.js';
import type { LogSource } from './source.js';

/** By when what a receipt promises is in the log. */
const LOGGED_WITHIN_MS = 60_000;
/** Verifies a receipt together with the proof that its entry is in the log. */
export async function verifyReceiptWithProof(context: Context, json: Json): Promise<void> {
  const { report } = context;
  const record = new Fields(json, 'the proof');
  const receipt = await verifiedReceipt(context, record.string('receipt'));
  const leaf = record.object('leaf');
  const bytes = leaf.bytes('bytes');
  const checkpoint = await verifyInclusion(context, record, bytes, leaf.integer('index'));
  if (!receipt || !checkpoint) return;
  await report.run('promise', () => {
    if (!leafHash(bytes).equals(receipt.leafHash)) throw tampering('the receipt promises another entry than is proved');
    return done('the entry in the log is the one that the receipt promises');
  });
  if (!record.has('opening')) return report.ok('opening', 'there is none: what the entry says is not told');
  await report.run('opening', () => {
    const opening = record.object('opening');
    const event = openedEvent(bytes, opening.bytes('nonce'), opening.get('event') ?? null, 'the opening');
    checkAgainstEvent(receipt, event, 'the receipt');
    return done(`the entry says what the receipt says: ${quoted(event.type)}`);
  });
}

/** Verifies that one read is in the log. */
export async function verifyDisclosureProof(context: Context, json: Json): Promise<void> {
  const record = new Fields(json, 'the proof');
  const entry = record.object('entry');
  const leaf = entry.bytes('leaf');
  await verifyInclusion(context, record, leaf, entry.integer('index'));
  await context.report.run('disclosure', () => {
    const event = openedEvent(leaf, entry.bytes('nonce'), entry.get('event') ?? null, 'the entry');
    provedDisclosure(record, { event });
    return done('it is in the tree whose root was logged');
  });
}

/** Verifies a receipt alone: whether it is signed, and, where there is a log to look at, whether its promise was kept. */
export async function verifyReceipt(context: Context, text: string): Promise<void> {
  const { report, log } = context;
  const { typ } = parseJws(text.trim(), 'the receipt');
  if (typ === 'erasure-receipt+jwt') return verifyErasureReceipt(context, text);
  const receipt = await verifiedReceipt(context, text);
  if (!receipt) return;
  if (!log) return report.skipped('promise', 'no log was given to look for its entry in (--log)');
  await checkPromise(context, log, receipt);
}

async function verifyErasureReceipt(context: Context, text: string): Promise<void> {
  const { report, keys, log } = context;
  const jws = parseJws(text.trim(), 'the erasure receipt');
  const claims = new Fields(jws.payload, 'the erasure receipt');
  if (!keys) {
    report.skipped('erasure receipt', 'no keys were given to verify its signature with (--keys)');
  } else {
    await report.run('erasure receipt', () => {
      jws.verify(keys);
      return done(`signed with key ${quoted(jws.kid)}`);
    });
  }
  if (!log) return report.skipped('promise', 'no log was given to look for its entry in (--log)');
  const promised = claims.object('log').hash('leaf_hash');
  await checkPromise(context, log, { leafHash: promised, issuedAt: claims.integer('iat') });
}

async function checkPromise(
  context: Context,
  log: LogSource,
  { leafHash: hash, issuedAt }: Pick<Receipt, 'leafHash' | 'issuedAt'>,
): Promise<void> {
  const { report, now } = context;
  const isRecent = now.getTime() < issuedAt * 1_000 + LOGGED_WITHIN_MS;
  const head = await headOf(context, log);
  if (!head?.isSigned) return;
  const { trust, checkpoint } = head;
  const { anchors } = context;
  // The log that it is looked for in is no other view of itself.
  if (anchors)
    await compareAnchors(report, anchors, { trust, seen: new SeenLog(log, checkpoint), proved: [checkpoint] });
  else await compareElsewhere({ ...context, log: undefined }, trust, checkpoint);
  await report.run('promise', async () => {
    const index = await findLeaf(log, checkpoint, hash);
    if (index === null)
      throw isRecent
        ? distrust('its entry is not in the log yet; look again in a minute')
        : tampering(`its entry is not among the ${checkpoint.size} of the log`);
    return done(`kept: it is entry ${index} of the log`);
  });
}

async function verifiedReceipt({ report, keys }: Context, text: string): Promise<Receipt | undefined> {
  const receipt = parseReceipt(text, 'the receipt');
  if (!keys) {
    report.skipped('receipt', 'no keys were given to verify its signature with (--keys)');
    return receipt;
  }
  return report.run('receipt', () => {
    receipt.jws.verify(keys);
    return done(`signed with key ${quoted(receipt.jws.kid)}`, receipt);
  });
}

async function verifyInclusion(
  context: Context,
  record: Fields,
  leaf: Buffer,
  index: number,
): Promise<Checkpoint | undefined> {
  const { report } = context;
  const { checkpoint, ...proof } = parseTlogProof(record.string('tlog_proof'));
  await checkLoneCheckpoint(context, checkpoint);
  const included = await report.run('inclusion', () => {
    if (proof.index !== index) throw tampering(`the proof is of entry ${proof.index} and not of ${index}`);
    checkInclusion(leaf, index, proof.path, checkpoint, `entry ${index}`);
    return done(`entry ${index} is in the log of size ${checkpoint.size}`, true as const);
  });
  return included && checkpoint;
}

/** Whether JSON looks like one of the two kinds of proofs. */
export function kindOfProof(json: Json): 'receipt' | 'disclosure' | null {
  if (typeof json !== 'object' || json === null || Array.isArray(json) || !('tlog_proof' in json)) return null;
  return 'receipt' in json ? 'receipt' : 'disclosure' in json ? 'disclosure' : null;
}
