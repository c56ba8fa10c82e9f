import { sha256 } from '../../platform/crypto/seal.js';

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** RFC 6962 §2.1: the hash of a leaf. */
export function leafHash(leaf: Buffer): Buffer {
  return sha256(LEAF, leaf);
}

/** RFC 6962 §2.1: the hash of a node. */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  return sha256(NODE, left, right);
}

/** The root of a tree without leaves. */
export const emptyRoot = sha256();

/**
 * A tree that only grows, as the roots of the perfect subtrees that it consists of, the largest first: all that is
 * needed to add to it and to tell its root.
 */
export class GrowingTree {
  private readonly peaks: Buffer[] = [];
  private leaves = 0;

  get size(): number {
    return this.leaves;
  }

  add(hash: Buffer): void {
    let node = hash;
    for (let rest = this.leaves; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      node = nodeHash(this.peaks.pop() as Buffer, node);
    }
    this.peaks.push(node);
    this.leaves++;
  }

  root(): Buffer {
    if (this.leaves === 0) return emptyRoot;
    return this.peaks.reduceRight((right, left) => nodeHash(left, right));
  }
}

/** The root that a leaf and its audit path lead to (RFC 9162 §2.1.3.2), or null when no such leaf has such a path. */
export function rootOfInclusion(leaf: Buffer, index: number, size: number, path: readonly Buffer[]): Buffer | null {
  if (index >= size) return null;
  let [fn, sn, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (sn === 0) return null;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 ? hash : null;
}

/** Whether the second tree begins with all of the first (RFC 9162 §2.1.4.2). */
export function isConsistent(
  first: { size: number; root: Buffer },
  second: { size: number; root: Buffer },
  proof: readonly Buffer[],
): boolean {
  if (first.size > second.size) return false;
  if (first.size === second.size) return proof.length === 0 && first.root.equals(second.root);
  if (first.size === 0) return proof.length === 0 && first.root.equals(emptyRoot);
  // A first tree that is one perfect subtree is its own first node of the proof.
  const path = perfectHeight(first.size) === null ? proof : [first.root, ...proof];
  let [fn, sn] = [first.size - 1, second.size - 1];
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  const [start] = path;
  if (!start) return false;
  let [firstRoot, secondRoot] = [start, start];
  for (const node of path.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      firstRoot = nodeHash(node, firstRoot);
      secondRoot = nodeHash(node, secondRoot);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      secondRoot = nodeHash(secondRoot, node);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && firstRoot.equals(first.root) && secondRoot.equals(second.root);
}

/** Sizes go beyond 2³², where bit operators do not. */
function half(value: number): number {
  return Math.floor(value / 2);
}

/** The height of a perfect tree of that many leaves, or null where it is not one. */
export function perfectHeight(size: number): number | null {
  const height = Math.round(Math.log2(size));
  return 2 ** height === size ? height : null;
}

/** Where RFC 6962 §2.1 splits a tree: at the largest power of two below its size. */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}
