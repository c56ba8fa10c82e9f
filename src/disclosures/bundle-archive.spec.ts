import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';

import { extract } from 'tar-stream';

import { Spool } from '../platform/spool.js';
import { BundleArchive } from './bundle-archive.js';

const madeAt = new Date('2026-11-21T09:30:00.000Z');

async function unpacked(archive: Readable): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const entry of archive.pipe(createGunzip()).pipe(extract())) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files.set(entry.header.name, Buffer.concat(chunks).toString());
  }
  return files;
}

/** Hardly to be compressed, and more than any buffer on the way. */
async function large(archive: BundleArchive): Promise<void> {
  await archive.lines(
    'large.ndjson',
    Array.from({ length: 100_000 }, () => ({ number: Math.random() })),
  );
}

describe('the archive of a bundle', () => {
  it('has each file in one folder as it was added, and lists it', async () => {
    const archive = new BundleArchive('bundle', madeAt);
    await archive.text('README.md', 'Grüße\n');
    await archive.lines('lines.ndjson', [{ b: 1, a: 2 }, { c: 3 }]);
    await archive.lines('none.ndjson', []);
    await archive.json('manifest.json', { files: archive.listed });
    const files = await unpacked(archive.stream());
    expect([...files.keys()]).toEqual(
      ['README.md', 'lines.ndjson', 'none.ndjson', 'manifest.json'].map((name) => `bundle/${name}`),
    );
    expect(files.get('bundle/README.md')).toBe('Grüße\n');
    expect(files.get('bundle/lines.ndjson')).toBe('{"a":2,"b":1}\n{"c":3}\n');
    expect(files.get('bundle/none.ndjson')).toBe('');
    expect(JSON.parse(files.get('bundle/manifest.json')!).files[1]).toEqual({
      name: 'lines.ndjson',
      size: 22,
      // `printf '{"a":2,"b":1}\n{"c":3}\n' | sha256sum`
      sha256: 'ab52ce0230cf4e59e5231649ddafd2664791938bfd60941702ff785c13fe86ee',
    });
  });

  it('takes one open file, however many it has itself', async () => {
    const open = jest.spyOn(Spool, 'open');
    const archive = new BundleArchive('bundle', madeAt);
    for (let number = 0; number < 100; number++) await archive.text(`notices/${number}.json`, `{"number":${number}}`);
    expect(open).toHaveBeenCalledTimes(1);
    expect((await unpacked(archive.stream())).get('bundle/notices/99.json')).toBe('{"number":99}');
  });

  it('may be larger than what is kept in memory', async () => {
    const archive = new BundleArchive('bundle', madeAt);
    await large(archive);
    const [{ size } = { size: 0 }] = archive.listed;
    expect((await unpacked(archive.stream())).get('bundle/large.ndjson')).toHaveLength(size);
  });

  it('lets go of its files when nobody reads on', async () => {
    const archive = new BundleArchive('bundle', madeAt);
    await large(archive);
    const stream = archive.stream();
    await once(stream, 'readable');
    stream.destroy();
    for (let waited = 0; archive.listed.length > 0 && waited < 2_000; waited += 10) await delay(10);
    expect(archive.listed).toEqual([]);
  });

  it('has nothing of a file that could not be made', async () => {
    const archive = new BundleArchive('bundle', madeAt);
    const broken = Readable.from(
      (function* () {
        yield 1;
        throw new Error('The database is away.');
      })(),
    ) as AsyncIterable<number>;
    await expect(archive.lines('broken.ndjson', broken)).rejects.toThrow('The database is away.');
    expect(archive.listed).toEqual([]);
    await archive.discard();
  });
});
