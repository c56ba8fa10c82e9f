import type { Anchor } from './anchors.js';
import { type Checkpoint, parseCheckpoint } from './checkpoint.js';
import type { Context } from './context.js';
import { distrust, type Fault, quoted, tampering, unreadable } from './fault.js';
import { decodeUtf8, parseJson } from './json.js';
import { LONGEST_NOTE } from './note.js';
import { done, type Report } from './report.js';
import type { LogSource } from './source.js';
import { Tiles } from './tiles.js';
import { isConsistent } from './tree.js';
import { checkSameTree, type ListedKey, parseListedKeys, Trust } from './trust.js';

const LONGEST_LIST = 4 * 1024 * 1024;

/** A log as it is found at a place. */
interface Head {
  readonly checkpoint: Checkpoint;
  readonly trust: Trust;
  /** Whether the checkpoint is what the log has signed. */
  readonly isSigned: boolean;
}

/** Reads how far a log has got at a place, and checks that it says so itself. */
export async function headOf({ report, policy }: Context, source: LogSource): Promise<Head | undefined> {
  const listed = await report.run('keys of the log', async () => {
    const keys = await listedKeysAt(source);
    return done(`${keys.length} listed`, keys);
  });
  const checkpoint = await report.run('latest checkpoint', async () => {
    const latest = await checkpointAt(source);
    return done(`of ${quoted(latest.origin)}`, latest);
  });
  if (!checkpoint) return undefined;
  const trust = new Trust(policy, listed ?? []);
  return { checkpoint, trust, isSigned: await trust.check(report, checkpoint, 'checkpoint') };
}

/** @throws Fault */
async function checkpointAt(source: LogSource): Promise<Checkpoint> {
  const bytes = await source.read('checkpoint', LONGEST_NOTE);
  if (!bytes) throw unreadable(`${source.name} has no checkpoint`);
  return parseCheckpoint(decodeUtf8(bytes, 'the checkpoint'), 'the checkpoint');
}

/** The keys that a log lists at a place; none where it lists none. @throws Fault */
async function listedKeysAt(source: LogSource): Promise<ListedKey[]> {
  const bytes = await source.read('keys', LONGEST_LIST);
  return bytes ? parseListedKeys(parseJson(decodeUtf8(bytes, 'the list of keys'), 'the list of keys')) : [];
}

/** The log as it is seen at a place, against which other checkpoints of it can be held. */
export class SeenLog {
  private readonly tiles: Tiles;

  constructor(
    private readonly source: LogSource,
    readonly checkpoint: Checkpoint,
  ) {
    this.tiles = new Tiles(source, checkpoint.size);
  }

  /** @param what Which checkpoint it is. @throws Fault when the log does not begin with its tree */
  async demand(earlier: Checkpoint, what: string): Promise<void> {
    checkSameTree(this.checkpoint, earlier);
    if (earlier.size > this.checkpoint.size) throw shorter(this.source, this.checkpoint.size, earlier.size, what);
    const proof = await this.tiles.consistencyProof(earlier.size);
    if (!isConsistent(earlier, this.checkpoint, proof))
      throw tampering(`the log does not begin with the tree of ${what}: it was rewritten`);
  }
}

/** The log as it is seen at a place, if what it shows there is signed. @throws Fault */
export async function seenAt(source: LogSource, trust: Trust): Promise<SeenLog> {
  const checkpoint = await checkpointAt(source);
  trust.verify(checkpoint, 'the checkpoint of the log elsewhere');
  return new SeenLog(source, checkpoint);
}

/** What it means that a log has fewer entries than somebody has seen. */
export function shorter({ isLive }: LogSource, size: number, seen: number, what: string): Fault {
  return isLive
    ? tampering(`${what} had ${seen} entries, the log has ${size}: it was cut back`)
    : distrust(`${what} had ${seen} entries, this copy of the log has ${size}: fetch what has come since`);
}

/**
 * Compares a checkpoint with what others have seen of the log: a log that shows one tree to one and another to another
 * is found out as soon as two of its checkpoints come together.
 *
 * @param known earlier checkpoints that have been proved to lead to this one
 */
export async function compareElsewhere(
  { report, log, anchors }: Context,
  trust: Trust,
  checkpoint: Checkpoint,
  known: readonly Checkpoint[] = [],
): Promise<void> {
  if (!log && !anchors) {
    if (trust.isWitnessed(checkpoint)) return;
    return report.skipped('other views', 'none was given (--anchors, --log): a fork would not be seen');
  }
  const seen =
    log &&
    (await report.run('the log elsewhere', async () => {
      const found = await seenAt(log, trust);
      await found.demand(checkpoint, 'this checkpoint');
      return done(`${quoted(log.name)}, size ${found.checkpoint.size}, begins with this of ${checkpoint.size}`, found);
    }));
  if (anchors) await compareAnchors(report, anchors, { trust, seen, proved: [checkpoint, ...known] });
}

/** Checks a checkpoint that comes without the keys of its log: nothing but a policy says whose it is. */
export async function checkLoneCheckpoint(context: Context, checkpoint: Checkpoint): Promise<void> {
  const { report, policy } = context;
  if (!policy) {
    return report.skipped(
      'checkpoint',
      'no policy was given (--policy): it is not known whether the log has signed it',
    );
  }
  const trust = new Trust(policy, []);
  await trust.check(report, checkpoint, 'checkpoint');
  await compareElsewhere(context, trust, checkpoint);
}

/** What anchors are held against: checkpoints of one tree, and where it can be seen, the log itself. */
interface Compared {
  readonly trust: Trust;
  readonly seen: SeenLog | undefined;
  readonly proved: readonly Checkpoint[];
}

/** Compares what others have kept. */
export async function compareAnchors(
  report: Report,
  anchors: readonly Anchor[],
  { trust, seen, proved }: Compared,
): Promise<void> {
  let open = 0;
  const checked = await report.run('anchors', async () => {
    for (const { at, checkpoint: anchor } of anchors) {
      trust.verify(anchor, `the anchor of ${at}`);
      const same =
        proved.find(({ size }) => size === anchor.size) ?? proved.find(({ origin }) => origin !== anchor.origin);
      if (same) checkSameTree(same, anchor);
      else if (seen) await seen.demand(anchor, `the anchor of ${at}`);
      else open++;
    }
    return done(`${anchors.length - open} of ${anchors.length} are of the same tree`, true);
  });
  if (checked && open > 0)
    report.skipped('other anchors', `${open} are of sizes that only the log itself can be compared at (--log)`);
}
