import type { Anchor } from './anchors.js';
import type { Checkpoint, Tree } from './checkpoint.js';
import type { Context } from './context.js';
import { compareElsewhere, headOf, seenAt, type SeenLog, shorter } from './elsewhere.js';
import { tampering } from './fault.js';
import { readHistory } from './history.js';
import { done, type Report } from './report.js';
import type { LogSource } from './source.js';
import { Tiles } from './tiles.js';
import { checkSameTree, type Trust } from './trust.js';
import { rootsOf } from './whole-log.js';

/** Verifies a whole log, in a mirror's folder or at its address: every entry, tile and earlier checkpoint. */
export async function verifyLog(context: Context, source: LogSource): Promise<void> {
  const { report, anchors = [] } = context;
  const head = await headOf(context, source);
  if (!head) return;
  const { trust, checkpoint } = head;
  const history = await report.run('history', async () => {
    const trees = await readHistory(source, trust, checkpoint);
    return done(`${trees.length} checkpoints, each signed by the log`, trees);
  });
  // Itself is no other view of it.
  const log = context.log?.name === source.name ? undefined : context.log;
  const elsewhere = log && (await lookElsewhere(report, log, trust));

  const earlier = [...(history ?? []), ...anchors.map((anchor) => anchor.checkpoint)];
  if (elsewhere) earlier.push(elsewhere.checkpoint);
  const whole = await readWhole(context, source, checkpoint, earlier);
  if (!whole) return;
  if (history && history.length > 0) await checkHistory(report, whole, history);
  if (context.anchors) await checkAnchors(report, whole, anchors, trust);
  if (elsewhere) await checkElsewhere(report, whole, elsewhere);
  if (!log && !context.anchors) await compareElsewhere({ ...context, log }, trust, checkpoint);
}

/** A log that was read from end to end. */
class WholeLog {
  constructor(
    private readonly source: LogSource,
    readonly checkpoint: Checkpoint,
    private readonly roots: ReadonlyMap<number, Buffer>,
  ) {}

  /** @param what Whose tree it is. @throws Fault when the log does not begin with it */
  demand(tree: Tree, what: string): void {
    const { checkpoint, roots, source } = this;
    checkSameTree(checkpoint, tree);
    if (tree.size > checkpoint.size) throw shorter(source, checkpoint.size, tree.size, what);
    if (!roots.get(tree.size)?.equals(tree.root))
      throw tampering(`the log does not begin with the tree of ${what}: it was rewritten`);
  }
}

function readWhole(
  { report, progress }: Context,
  source: LogSource,
  checkpoint: Checkpoint,
  earlier: readonly Tree[],
): Promise<WholeLog | undefined> {
  const { size, root } = checkpoint;
  return report.run('entries and tiles', async () => {
    const bar = progress('Verifying', size, 'entries');
    try {
      const sizes = earlier.map((tree) => tree.size).filter((wanted) => wanted <= size);
      const roots = await rootsOf(new Tiles(source, size), sizes, (count) => bar.add(count));
      if (!roots.get(size)?.equals(root)) throw tampering(`the ${size} entries have another root than the checkpoint`);
      const whole = new WholeLog(source, checkpoint, roots);
      return done(`${size} entries have the root of the checkpoint, by way of every tile`, whole);
    } finally {
      bar.end();
    }
  });
}

async function checkHistory(report: Report, whole: WholeLog, history: readonly Tree[]): Promise<void> {
  await report.run('earlier checkpoints', () => {
    for (const tree of history) whole.demand(tree, `its own checkpoint of size ${tree.size}`);
    return done(`${history.length}, each the beginning of the latest`);
  });
}

async function checkAnchors(report: Report, whole: WholeLog, anchors: readonly Anchor[], trust: Trust): Promise<void> {
  await report.run('anchors', () => {
    for (const { at, checkpoint } of anchors) {
      trust.verify(checkpoint, `the anchor of ${at}`);
      whole.demand(checkpoint, `the anchor of ${at}`);
    }
    return done(`${anchors.length}, each the beginning of the latest`);
  });
}

function lookElsewhere(report: Report, log: LogSource, trust: Trust): Promise<SeenLog | undefined> {
  return report.run('checkpoint elsewhere', async () => {
    const seen = await seenAt(log, trust);
    return done(`size ${seen.checkpoint.size}, signed by the log`, seen);
  });
}

async function checkElsewhere(report: Report, whole: WholeLog, elsewhere: SeenLog): Promise<void> {
  await report.run('the log elsewhere', async () => {
    // Whichever has more of it shows whether the other is its beginning.
    if (elsewhere.checkpoint.size > whole.checkpoint.size) await elsewhere.demand(whole.checkpoint, 'this checkpoint');
    else whole.demand(elsewhere.checkpoint, 'the log elsewhere');
    return done('it is one log with this');
  });
}
