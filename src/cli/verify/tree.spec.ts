import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';

import { WrittenLog } from '../../../test/support/written-log.js';
import { logSource } from './source.js';
import { isLeaf, Tiles } from './tiles.js';
import { emptyRoot, GrowingTree, isConsistent, leafHash, rootOfInclusion } from './tree.js';

const log = new WrittenLog();
log.fill(300);
const hashes = log.leaves.map(leafHash);
const trees = Array.from({ length: 42 }, (_, size) => ({ size, root: log.root(size) }));
const treeOf = (size: number) => trees[size]!;
/** To as many leaves as leave no case out: above and below several powers of two. */
const SIZES = Array.from({ length: 40 }, (_, index) => index + 1);

describe('the verifier’s tree', () => {
  it('has the roots of RFC 6962, of nothing and of each size', () => {
    expect(emptyRoot.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    const tree = new GrowingTree();
    expect(tree.root()).toEqual(emptyRoot);
    for (const { size, root } of trees.slice(1)) {
      tree.add(hashes[size - 1]!);
      expect(tree.root()).toEqual(root);
    }
  });

  it('takes the path of every leaf of every size to 40, and no other', () => {
    const wrong = SIZES.flatMap((size) =>
      Array.from({ length: size }, (_, index) => {
        const { root } = treeOf(size);
        const path = log.inclusion(index, size);
        const takes = (at: number, hash: Buffer, siblings = path) =>
          rootOfInclusion(hash, at, size, siblings)?.equals(root) ?? false;
        const hash = hashes[index]!;
        const others = [
          takes(index, hashes[size]!),
          takes(index, hash, [...path, root]),
          size > 1 && takes(index, hash, path.slice(1)),
          size > 1 && takes((index + 1) % size, hash),
          takes(size, hash),
        ];
        return takes(index, hash) && !others.includes(true) ? [] : [{ size, index }];
      }).flat(),
    );
    expect(wrong).toEqual([]);
  });

  it('takes the proof between every two sizes to 40, and no other', () => {
    const wrong = SIZES.flatMap((to) =>
      SIZES.slice(0, to).flatMap((from) => {
        const [first, second, proof] = [treeOf(from), treeOf(to), log.consistency(from, to)];
        const others = [
          isConsistent({ ...first, root: treeOf(from + 1).root }, second, proof),
          isConsistent(first, { ...second, root: treeOf(to + 1).root }, proof),
          isConsistent(first, second, [...proof, hashes[0]!]),
          proof.length > 0 && isConsistent(first, second, proof.slice(0, -1)),
          from < to && isConsistent(second, first, proof),
        ];
        return isConsistent(first, second, proof) && !others.includes(true) ? [] : [{ from, to }];
      }),
    );
    expect(wrong).toEqual([]);
    expect(isConsistent(treeOf(0), treeOf(9), [])).toBe(true);
    expect(isConsistent({ size: 0, root: treeOf(1).root }, treeOf(9), [])).toBe(false);
  });

  it('makes the proofs between any two sizes of tiles alone', async () => {
    const longer = new WrittenLog();
    longer.fill(1_500);
    const folder = mkdtempSync(join(tmpdir(), 'ccx-tiles-'));
    longer.mirror(folder);
    const tiles = new Tiles(logSource(folder), longer.size);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: longer.size }), async (from) => {
        expect(await tiles.consistencyProof(from)).toEqual(longer.consistency(from));
      }),
      { numRuns: 30, examples: [[1], [255], [256], [257], [512], [1_024], [1_499], [1_500]] },
    );
    rmSync(folder, { recursive: true });
  });

  it('knows a leaf by its form', () => {
    expect(isLeaf(log.leaves[0]!)).toBe(true);
    for (const other of ['{"c":"","v":1}', `{"c":"${'A'.repeat(43)}","v":2}`, `{"v":1,"c":"${'A'.repeat(43)}"}`, '']) {
      expect(isLeaf(Buffer.from(other))).toBe(false);
    }
  });
});
