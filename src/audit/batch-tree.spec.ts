import { createHash } from 'node:crypto';

import fc from 'fast-check';

import { batchTree } from './batch-tree.js';
import { leafHashOf, rootFrom } from './tree.js';

const hashOf = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const node = (left: Buffer, right: Buffer) => hashOf(Buffer.of(1), left, right);
const hashesOf = (size: number) => Array.from({ length: size }, (_, index) => leafHashOf(`leaf ${index}`));

/** MTH as RFC 6962 §2.1 writes it: split at the largest power of two below the size, and recur. */
function rootByDefinition(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 1) return hashes[0]!;
  const split = 2 ** Math.floor(Math.log2(hashes.length - 1));
  return node(rootByDefinition(hashes.slice(0, split)), rootByDefinition(hashes.slice(split)));
}

describe('the tree of a batch', () => {
  it('hashes a leaf and a node as the test vectors of the reference implementation do', () => {
    // From the tests of google/certificate-transparency: the leaf of no bytes, and the roots over its first leaves.
    expect(leafHashOf('').toString('hex')).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const hashes = leaves.map((leaf) => leafHashOf(Buffer.from(leaf, 'hex')));
    const rootOfFirst = (count: number) => batchTree(hashes.slice(0, count)).root.toString('hex');
    expect(rootOfFirst(1)).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(rootOfFirst(2)).toBe('fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125');
    expect(rootOfFirst(3)).toBe('aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77');
    expect(rootOfFirst(5)).toBe('4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4');
    expect(rootOfFirst(8)).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  it('of five leaves is the one drawn by hand', () => {
    const [a, b, c, d, e] = hashesOf(5) as [Buffer, Buffer, Buffer, Buffer, Buffer];
    const [ab, cd] = [node(a, b), node(c, d)];
    const abcd = node(ab, cd);
    const tree = batchTree([a, b, c, d, e]);

    expect(tree.root).toEqual(node(abcd, e));
    expect(tree.pathOf(0)).toEqual([b, cd, e]);
    expect(tree.pathOf(3)).toEqual([c, ab, e]);
    expect(tree.pathOf(4)).toEqual([abcd]);
  });

  it('of one leaf is that leaf, with an empty path', () => {
    const [only] = hashesOf(1) as [Buffer];
    const tree = batchTree([only]);
    expect(tree.root).toEqual(only);
    expect(tree.pathOf(0)).toEqual([]);
    expect(rootFrom(only, 0, 1, [])).toEqual(only);
  });

  it('of nothing is refused', () => {
    expect(() => batchTree([])).toThrow(RangeError);
  });

  it('agrees with the definition, and each leaf leads to the root, for every size of a batch', () => {
    for (let size = 1; size <= 70; size++) {
      const hashes = hashesOf(size);
      const tree = batchTree(hashes);
      expect(tree.root).toEqual(rootByDefinition(hashes));
      hashes.forEach((hash, index) => expect(rootFrom(hash, index, size, tree.pathOf(index))).toEqual(tree.root));
    }
  });

  it('does not lead from another leaf, another place or another path to the root', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 500 }), fc.nat(), fc.nat(), (size, some, other) => {
        const hashes = hashesOf(size);
        const { root, pathOf } = batchTree(hashes);
        const [index, elsewhere] = [some % size, other % size];
        fc.pre(index !== elsewhere);
        expect(rootFrom(hashes[elsewhere]!, index, size, pathOf(index))).not.toEqual(root);
        expect(rootFrom(hashes[index]!, elsewhere, size, pathOf(index))).not.toEqual(root);
        expect(rootFrom(hashes[index]!, index, size, pathOf(index).slice(1))).not.toEqual(root);
        expect(rootFrom(hashes[index]!, index, size, [...pathOf(index), root])).not.toEqual(root);
      }),
      { numRuns: 100 },
    );
  });

  it('has no path for a place outside of it', () => {
    const [only] = hashesOf(1) as [Buffer];
    expect(rootFrom(only, 1, 1, [])).toBeNull();
    expect(rootFrom(only, -1, 1, [])).toBeNull();
  });
});
