import { CachedHashes } from './cached-hashes.js';
import { HASH_BYTES, type Tile } from './tiles.js';

const hashes = (count: number) =>
  Buffer.concat(Array.from({ length: count }, (_, n) => Buffer.alloc(HASH_BYTES, n + 1)));

describe('hashes for many proofs in one tree', () => {
  it('are read once', async () => {
    let reads = 0;
    const cached = new CachedHashes(async () => {
      reads++;
      return Promise.resolve<Tile[]>([{ level: 0, index: 0, hashes: hashes(4) }]);
    });
    for (const index of [0, 3, 0]) {
      expect(await cached.hashesOf([{ level: 0, index }])).toEqual([Buffer.alloc(HASH_BYTES, index + 1)]);
    }
    expect(reads).toBe(1);
  });

  it('are read again where a tile was shorter than it should be', async () => {
    let count = 3;
    const cached = new CachedHashes(() => Promise.resolve<Tile[]>([{ level: 0, index: 0, hashes: hashes(count) }]));
    await expect(cached.hashesOf([{ level: 0, index: 5 }])).rejects.toThrow(/fewer than 6 hashes/);
    count = 10;
    expect(await cached.hashesOf([{ level: 0, index: 5 }])).toEqual([Buffer.alloc(HASH_BYTES, 6)]);
  });
});
