import { parentsOf } from './tree.js';

/** The Merkle tree of RFC 6962 §2.1 over the leaves of one batch, small enough to be built at once. */
export interface BatchTree {
  readonly root: Buffer;
  readonly size: number;
  /** The audit path of a leaf (§2.1.1), from its sibling up. */
  pathOf(index: number): Buffer[];
}

/** @param leafHashes At least one, in the order of the batch. */
export function batchTree(leafHashes: readonly Buffer[]): BatchTree {
  const levels = [leafHashes];
  for (let below = leafHashes; below.length > 1;) levels.push((below = parentsOf(below)));
  const root = levels.at(-1)?.[0];
  if (!root) throw new RangeError('A batch has at least one leaf.');
  return {
    root,
    size: leafHashes.length,
    pathOf: (index) =>
      // A node without a sibling has moved up as it is: nothing is hashed with it on that level.
      levels.flatMap((level, height) => level[(index >> height) ^ 1] ?? []),
  };
}
