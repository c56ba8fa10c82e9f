import { createHash } from 'node:crypto';

import fc from 'fast-check';

import { extended, type Tile, TiledHashes } from './tiles.js';
import {
  consistencyProof,
  EMPTY_ROOT,
  type HashReader,
  inclusionProof,
  leafHashOf,
  nodeHashOf,
  rootAt,
  rootFrom,
  rootOf,
  type TreeNode,
  verifyConsistency,
  verifyInclusion,
} from './tree.js';

/**
 * The tree of RFC 6962 §2.1.3 with the seven leaves `d0` to `d6`, under the names that it has there:
 *
 *            hash
 *           /    \
 *          k      l
 *         / \    / \
 *        g   h   i  j = d6
 *       a b c d e f
 *
 * Worked out step by step with OpenSSL, one hash after the other, and written down:
 *   a: printf '\0d0' | openssl dgst -sha256
 *   g: (printf '\1'; <the bytes of a>; <the bytes of b>) | openssl dgst -sha256
 */
const vector = {
  a: 'c67f9ffe68e0761021341dd516428f42fbdea633731cbdada03bea6b84c652f7',
  b: '49b717e4d6ecdd82f6f6648cf8f86fdf4a912600a4557398e1733186fa952c1d',
  c: 'f366df4718ef75064317794ff5300e0963e96dd93fe24203118055fa5a00be13',
  d: '5e0c4e1130dfa84d27437ba073eb817e1896643d42ea100a0940f8752d496783',
  e: '39298be94337336fc5515e7a34de6ef23c9a1bff66378b71918ae2d105d684c8',
  f: '6d1bb6bbb111af4a1e9ec0b9fb2613cc2bcb394141cee8c2cd462b5ad3803d78',
  j: 'd750ca922fabc5422eec469d4370779b61d5488186cb871eeea299d8113d20bc',
  g: '46c78708413a23175f51faf1c22604bccb44482d553b45943b189130ea8221c8',
  h: 'c59e9a6d9575777ba3bdbd3e3086516196cf87ec9760861362aba5cd0f78df1d',
  i: 'a4f2a847cce0dce0519b1d6b83e4ca15166193dbb0c8f864e736665edbde1994',
  k: '8df3870b33fae650e81938994f98eb4551b143b86c95d3dae4e6444e00715016',
  l: '3cf05ff16d26c024828e93b3a14c5656e5abcbc5e6f0bce2cf8a169720599674',
  hash: '73a590fb266b81557040b146b9d479e2a1b5849b125167642f5b64866f1d5c7d',
} as const;
/** The roots of the smaller trees over the same leaves: node(g, c), k, node(k, e) and node(k, i). */
const rootsOfFirst: Readonly<Record<number, string>> = {
  1: vector.a,
  2: vector.g,
  3: 'c64c5b9326951a2db82d5462565696286659d1c7a4a26a92703568f63462f7ba',
  4: vector.k,
  5: '2b650a5633502111de1a865b3581e012a91dc1f8b780ddf646a44873dec93163',
  6: 'b65368cd1f024732c21e9db86bcde27d7de95dc2c40d728dd979ffcf943556e3',
  7: vector.hash,
};

const bytes = (...names: (keyof typeof vector)[]) => names.map((name) => Buffer.from(vector[name], 'hex'));
const hashesOf = (size: number) => Array.from({ length: size }, (_, index) => leafHashOf(`d${index}`));

/** Roots of complete subtrees, worked out from the leaves when they are asked for, and kept. */
class Subtrees implements HashReader {
  private readonly known = new Map<string, Buffer>();

  constructor(private readonly leafHashes: readonly Buffer[]) {}

  hashesOf(nodes: readonly TreeNode[]): Buffer[] {
    return nodes.map((node) => this.hashOf(node));
  }

  private hashOf({ level, index }: TreeNode): Buffer {
    if (level === 0) return this.leafHashes[index]!;
    const name = `${level}/${index}`;
    const hash =
      this.known.get(name) ??
      nodeHashOf(
        this.hashOf({ level: level - 1, index: 2 * index }),
        this.hashOf({ level: level - 1, index: 2 * index + 1 }),
      );
    this.known.set(name, hash);
    return hash;
  }
}

const seven = new Subtrees(hashesOf(7));
const one = (hash: Buffer) => {
  const changed = Buffer.from(hash);
  changed[0]! ^= 1;
  return changed;
};

describe('the tree', () => {
  it('hashes leaves, nodes and nothing at all as RFC 6962 says', () => {
    expect(EMPTY_ROOT).toEqual(createHash('sha256').digest());
    expect(hashesOf(7)).toEqual(bytes('a', 'b', 'c', 'd', 'e', 'f', 'j'));
    const [a, b] = bytes('a', 'b') as [Buffer, Buffer];
    expect(nodeHashOf(a, b)).toEqual(bytes('g')[0]);
  });

  it.each(Object.entries(rootsOfFirst))(
    'of %s leaves has the root that was worked out by hand',
    async (count, root) => {
      expect((await rootAt(Number(count), seven)).toString('hex')).toBe(root);
      expect(rootOf(hashesOf(Number(count))).toString('hex')).toBe(root);
    },
  );

  it.each([
    [0, ['b', 'h', 'l']],
    [3, ['c', 'g', 'l']],
    [4, ['f', 'j', 'k']],
    [6, ['i', 'k']],
  ] as const)('has the path of d%i that RFC 6962 gives', async (index, path) => {
    expect(await inclusionProof(index, 7, seven)).toEqual(bytes(...path));
  });

  it.each([
    [3, ['c', 'd', 'g', 'l']],
    [4, ['l']],
    [6, ['i', 'j', 'k']],
    [7, []],
    [0, []],
  ] as const)('has the proof from size %i that RFC 6962 gives', async (from, proof) => {
    expect(await consistencyProof(from, 7, seven)).toEqual(bytes(...proof));
  });

  it('has no proof of what is not in it', async () => {
    await expect(inclusionProof(7, 7, seven)).rejects.toThrow(RangeError);
    await expect(inclusionProof(-1, 7, seven)).rejects.toThrow(RangeError);
    await expect(consistencyProof(8, 7, seven)).rejects.toThrow(RangeError);
    expect(rootFrom(bytes('a')[0]!, 7, 7, [])).toBeNull();
  });

  it('proves every leaf and every smaller tree, for every size up to 300', async () => {
    const leaves = hashesOf(300);
    const subtrees = new Subtrees(leaves);
    const roots = await Promise.all(Array.from({ length: 301 }, (_, size) => rootAt(size, subtrees)));
    let [wrong, proofs] = [0, 0];
    for (let size = 1; size <= 300; size++) {
      expect(roots[size]).toEqual(rootOf(leaves.slice(0, size)));
      for (let place = 0; place < size; place++) {
        const path = await inclusionProof(place, size, subtrees);
        if (!verifyInclusion(leaves[place]!, { index: place, size, root: roots[size]! }, path)) wrong++;
        const [earlier, later] = [place, size].map((at) => ({ size: at, root: roots[at]! })) as [Tree, Tree];
        const proof = await consistencyProof(place, size, subtrees);
        if (!verifyConsistency(earlier, later, proof)) wrong++;
        proofs += 2;
      }
    }
    expect([wrong, proofs]).toEqual([0, 90_300]);
  });

  it('of any size proves any leaf and any smaller tree, and nothing else', async () => {
    const largest = 5_000;
    const leaves = hashesOf(largest);
    const subtrees = new Subtrees(leaves);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 301, max: largest }), fc.nat(), fc.nat(), async (size, some, part) => {
        const [index, from] = [some % size, 1 + (part % (size - 1))];
        const [root, before] = [await rootAt(size, subtrees), await rootAt(from, subtrees)];
        const path = await inclusionProof(index, size, subtrees);
        expect(verifyInclusion(leaves[index]!, { index, size, root }, path)).toBe(true);
        expect(verifyInclusion(one(leaves[index]!), { index, size, root }, path)).toBe(false);
        expect(verifyInclusion(leaves[index]!, { index, size, root: one(root) }, path)).toBe(false);
        expect(verifyInclusion(leaves[index]!, { index, size, root }, path.with(0, one(path[0]!)))).toBe(false);
        expect(verifyInclusion(leaves[index]!, { index, size, root }, path.slice(1))).toBe(false);
        expect(verifyInclusion(leaves[index]!, { index, size, root }, [...path, root])).toBe(false);

        const [earlier, later] = [
          { size: from, root: before },
          { size, root },
        ];
        const proof = await consistencyProof(from, size, subtrees);
        expect(verifyConsistency(earlier, later, proof)).toBe(true);
        expect(verifyConsistency({ ...earlier, root: one(before) }, later, proof)).toBe(false);
        expect(verifyConsistency(earlier, { ...later, root: one(root) }, proof)).toBe(false);
        expect(verifyConsistency(later, earlier, proof)).toBe(false);
        expect(verifyConsistency(earlier, later, proof.slice(1))).toBe(false);
        expect(verifyConsistency(earlier, later, [...proof, root])).toBe(false);
        for (const place of proof.keys()) {
          expect(verifyConsistency(earlier, later, proof.with(place, one(proof[place]!)))).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is consistent with nothing, and with itself, by an empty proof only', () => {
    const tree = { size: 7, root: bytes('hash')[0]! };
    const empty = { size: 0, root: EMPTY_ROOT };
    expect(verifyConsistency(empty, tree, [])).toBe(true);
    expect(verifyConsistency(empty, tree, bytes('l'))).toBe(false);
    expect(verifyConsistency({ size: 0, root: tree.root }, tree, [])).toBe(false);
    expect(verifyConsistency(tree, tree, [])).toBe(true);
    expect(verifyConsistency(tree, tree, bytes('l'))).toBe(false);
    expect(verifyConsistency(tree, { ...tree, root: bytes('l')[0]! }, [])).toBe(false);
  });
});

interface Tree {
  readonly size: number;
  readonly root: Buffer;
}

describe('the tiles', () => {
  /** Tiles as they are stored: what has grown takes the place of what was there. */
  class Store {
    private readonly tiles = new Map<string, Tile>();
    readonly hashes = new TiledHashes((wanted) =>
      wanted.flatMap(({ level, index }) => this.tiles.get(`${level}/${index}`) ?? []),
    );
    size = 0;

    add(leafHashes: readonly Buffer[]): void {
      // All tiles but the last of each level are full, and none of these is at the edge.
      const edge = [...this.tiles.values()].filter(({ hashes }) => hashes.length < 8192);
      for (const tile of extended(this.size, edge, leafHashes)) {
        const before = this.tiles.get(`${tile.level}/${tile.index}`)?.hashes ?? Buffer.alloc(0);
        if (!tile.hashes.subarray(0, before.length).equals(before)) throw new Error('A stored hash has changed.');
        this.tiles.set(`${tile.level}/${tile.index}`, tile);
      }
      this.size += leafHashes.length;
    }

    /** `level/index` with the number of hashes. */
    shape(): string[] {
      return [...this.tiles].map(([name, { hashes }]) => `${name} ${hashes.length / 32}`).toSorted();
    }
  }

  it.each([
    [1, ['0/0 1']],
    [256, ['0/0 256', '1/0 1']],
    [257, ['0/0 256', '0/1 1', '1/0 1']],
  ])('of %i leaves are these', (size, shape) => {
    const store = new Store();
    store.add(hashesOf(size));
    expect(store.shape()).toEqual(shape);
  });

  it('reach a third level at 65 536 leaves', () => {
    const store = new Store();
    const leaf = leafHashOf('always the same');
    store.add(Array.from({ length: 65_537 }, () => leaf));
    const shape = store.shape();
    expect(shape).toHaveLength(259);
    expect(shape).toEqual(expect.arrayContaining(['0/256 1', '1/0 256', '2/0 1']));
  });

  it('give the same roots and proofs as the leaves, in whatever portions these came', async () => {
    const leaves = hashesOf(3_000);
    const subtrees = new Subtrees(leaves);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 5 }), async (portions) => {
        const store = new Store();
        for (const portion of portions) store.add(leaves.slice(store.size, store.size + portion));
        const { size, hashes } = store;
        expect(await rootAt(size, hashes)).toEqual(await rootAt(size, subtrees));
        for (const place of [0, Math.floor(size / 2), size - 1]) {
          expect(await inclusionProof(place, size, hashes)).toEqual(await inclusionProof(place, size, subtrees));
          expect(await consistencyProof(place, size, hashes)).toEqual(await consistencyProof(place, size, subtrees));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are missed when they have too few hashes', async () => {
    const store = new Store();
    store.add(hashesOf(300));
    await expect(rootAt(301, store.hashes)).rejects.toThrow('Tile 0/1 of the log has fewer than 45 hashes.');
  });
});
