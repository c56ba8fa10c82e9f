import { sha256 } from '../platform/crypto/seal.js';

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** The Merkle tree of RFC 6962 §2.1 over the leaves of one batch, small enough to be built at once. */
export interface BatchTree {
  readonly root: Buffer;
  readonly size: number;
  /** The audit path of a leaf (§2.1.1), from its sibling up. */
  pathOf(index: number): Buffer[];
}

export function leafHashOf(leaf: Buffer | string): Buffer {
  return sha256(LEAF, leaf);
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

/** The root that a leaf and its path lead to (RFC 9162 §2.1.3.2), or null when the path is not one of such a leaf. */
export function rootFrom(leafHash: Buffer, index: number, size: number, path: readonly Buffer[]): Buffer | null {
  if (index < 0 || index >= size) return null;
  let hash = leafHash;
  let position = index;
  let last = size - 1;
  for (const sibling of path) {
    if (last === 0) return null;
    if (position % 2 === 1 || position === last) {
      hash = nodeHashOf(sibling, hash);
      // As long as it has no right sibling, the node stands on the right edge and moves up as it is.
      while (position % 2 === 0 && position !== 0) {
        position >>= 1;
        last >>= 1;
      }
    } else {
      hash = nodeHashOf(hash, sibling);
    }
    position >>= 1;
    last >>= 1;
  }
  return last === 0 ? hash : null;
}

function parentsOf(level: readonly Buffer[]): Buffer[] {
  const parents: Buffer[] = [];
  for (let left = 0; left < level.length; left += 2) {
    const sibling = level[left + 1];
    parents.push(sibling ? nodeHashOf(level[left]!, sibling) : level[left]!);
  }
  return parents;
}

function nodeHashOf(left: Buffer, right: Buffer): Buffer {
  return sha256(NODE, left, right);
}
