import { sha256 } from '../platform/crypto/seal.js';

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** The root of a tree without leaves (RFC 6962 §2.1). */
export const EMPTY_ROOT = sha256('');

/** The complete subtree over the leaves from `index · 2^level` to before `(index + 1) · 2^level`. Its root never changes. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/** Where the roots of complete subtrees are kept. */
export interface HashReader {
  /** The root of each of these subtrees, in their order. They are asked for at once, so that one statement may do. */
  hashesOf(nodes: readonly TreeNode[]): Promise<readonly Buffer[]> | readonly Buffer[];
}

/** Leaves from one place, inclusive, to another, exclusive. */
interface Range {
  readonly from: number;
  readonly to: number;
}

export function leafHashOf(leaf: Buffer | string): Buffer {
  return sha256(LEAF, leaf);
}

export function nodeHashOf(left: Buffer, right: Buffer): Buffer {
  return sha256(NODE, left, right);
}

/** The root over these hashes (RFC 6962 §2.1). */
export function rootOf(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 0) return EMPTY_ROOT;
  let level = hashes;
  while (level.length > 1) level = parentsOf(level);
  return level[0] as Buffer;
}

/** The nodes above these, from left to right. One without a sibling moves up as it is. */
export function parentsOf(level: readonly Buffer[]): Buffer[] {
  const parents: Buffer[] = [];
  for (let left = 0; left < level.length; left += 2) {
    const sibling = level[left + 1];
    parents.push(sibling ? nodeHashOf(level[left] as Buffer, sibling) : (level[left] as Buffer));
  }
  return parents;
}

/** The root of the tree as it was when it had so many leaves. */
export async function rootAt(size: number, reader: HashReader): Promise<Buffer> {
  if (size === 0) return EMPTY_ROOT;
  const [root] = await rootsOf([{ from: 0, to: size }], reader);
  return root as Buffer;
}

/** The audit path of a leaf in the tree of this size (RFC 6962 §2.1.1), from its sibling up. */
export async function inclusionProof(index: number, size: number, reader: HashReader): Promise<Buffer[]> {
  if (index < 0 || index >= size) throw new RangeError(`There is no leaf ${index} in a tree of ${size}.`);
  const siblings: Range[] = [];
  let range = { from: 0, to: size };
  while (range.to - range.from > 1) {
    const [left, right] = halvesOf(range);
    siblings.push(index < left.to ? right : left);
    range = index < left.to ? left : right;
  }
  return rootsOf(siblings.reverse(), reader);
}

/** The proof that the tree of one size begins with that of a smaller one (RFC 6962 §2.1.2). */
export async function consistencyProof(from: number, to: number, reader: HashReader): Promise<Buffer[]> {
  if (from < 0 || from > to) throw new RangeError(`A tree of ${to} does not begin with one of ${from}.`);
  if (from === 0 || from === to) return [];
  const parts: Range[] = [];
  let range = { from: 0, to };
  while (range.to !== from) {
    const [left, right] = halvesOf(range);
    parts.push(from <= left.to ? right : left);
    range = from <= left.to ? left : right;
  }
  // Whoever asks knows the root of the whole smaller tree, but not that of its last part.
  if (range.from > 0) parts.push(range);
  return rootsOf(parts.reverse(), reader);
}

/** Whether a leaf stands at this place of the tree with this root (RFC 9162 §2.1.3.2). */
export function verifyInclusion(
  leafHash: Buffer,
  { index, size, root }: { index: number; size: number; root: Buffer },
  proof: readonly Buffer[],
): boolean {
  return rootFrom(leafHash, index, size, proof)?.equals(root) ?? false;
}

/** The root that a leaf and its path lead to (RFC 9162 §2.1.3.2), or null when the path is not one of such a leaf. */
export function rootFrom(leafHash: Buffer, index: number, size: number, path: readonly Buffer[]): Buffer | null {
  if (index < 0 || index >= size) return null;
  let hash = leafHash;
  let edge: Edge = { position: index, last: size - 1 };
  for (const sibling of path) {
    if (edge.last === 0) return null;
    if (standsRight(edge)) {
      hash = nodeHashOf(sibling, hash);
      edge = upToSibling(edge);
    } else {
      hash = nodeHashOf(hash, sibling);
    }
    edge = up(edge);
  }
  return edge.last === 0 ? hash : null;
}

/** Whether the later tree begins with all of the earlier one (RFC 9162 §2.1.4.2). */
export function verifyConsistency(
  earlier: { size: number; root: Buffer },
  later: { size: number; root: Buffer },
  proof: readonly Buffer[],
): boolean {
  if (earlier.size < 0 || earlier.size > later.size) return false;
  if (earlier.size === later.size) return proof.length === 0 && earlier.root.equals(later.root);
  if (earlier.size === 0) return proof.length === 0 && earlier.root.equals(EMPTY_ROOT);

  let edge = upToSibling({ position: earlier.size - 1, last: later.size - 1 }, 1);
  // A tree of a power of two is a subtree of the later one: its root is known and not in the proof.
  const [first, ...rest] = edge.position === 0 ? [earlier.root, ...proof] : proof;
  if (!first) return false;
  let [earlierHash, laterHash] = [first, first];
  for (const sibling of rest) {
    if (edge.last === 0) return false;
    if (standsRight(edge)) {
      earlierHash = nodeHashOf(sibling, earlierHash);
      laterHash = nodeHashOf(sibling, laterHash);
      edge = upToSibling(edge);
    } else {
      laterHash = nodeHashOf(laterHash, sibling);
    }
    edge = up(edge);
  }
  return edge.last === 0 && earlierHash.equals(earlier.root) && laterHash.equals(later.root);
}

/** A node on its way up, and the last one of its level. */
interface Edge {
  readonly position: number;
  readonly last: number;
}

// Not shifted: places may need more than 32 bits.
const up = ({ position, last }: Edge): Edge => ({ position: Math.floor(position / 2), last: Math.floor(last / 2) });

const standsRight = ({ position, last }: Edge): boolean => position % 2 === 1 || position === last;

/** Up for as long as the node has no sibling to its left; or, with 1, for as long as it has one. */
function upToSibling(edge: Edge, whileBit: 0 | 1 = 0): Edge {
  let at = edge;
  while (at.position % 2 === whileBit && at.position !== 0) at = up(at);
  return at;
}

/** The two subtrees that a tree of more than one leaf consists of. */
function halvesOf({ from, to }: Range): [Range, Range] {
  let width = 1;
  while (width * 2 < to - from) width *= 2;
  return [
    { from, to: from + width },
    { from: from + width, to },
  ];
}

/** The largest complete subtrees that the leaves consist of, from left to right. */
function subtreesOf({ from, to }: Range): TreeNode[] {
  const nodes: TreeNode[] = [];
  for (let start = from; start < to;) {
    let level = 0;
    let width = 1;
    while (start % (width * 2) === 0 && start + width * 2 <= to) {
      width *= 2;
      level++;
    }
    nodes.push({ level, index: start / width });
    start += width;
  }
  return nodes;
}

async function rootsOf(ranges: readonly Range[], reader: HashReader): Promise<Buffer[]> {
  const parts = ranges.map(subtreesOf);
  const hashes = await reader.hashesOf(parts.flat());
  let next = 0;
  return parts.map(({ length }) =>
    hashes.slice(next, (next += length)).reduceRight((right, left) => nodeHashOf(left, right)),
  );
}
