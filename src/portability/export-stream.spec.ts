import type { ExportLines } from './export.service.js';
import { exportStream, JSON_DOCUMENT, NDJSON } from './export-stream.js';

/** Lines of about a kilobyte each, and how far they were asked for. */
function someLines(count: number, failsAfter = Infinity) {
  const progress = { made: 0, ended: false };
  async function* lines(): ExportLines {
    try {
      for (; progress.made < count; progress.made++) {
        if (progress.made >= failsAfter) throw new Error('the disk is gone');
        yield `{"kind":"made_up","record":{"n":"${String(progress.made).padStart(1000, '0')}"}}\n`;
      }
      return 'a.b.c';
    } finally {
      progress.ended = true;
    }
  }
  return { lines: lines(), progress };
}

/** Whatever goes on by itself has had the time to. */
async function idle(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
}

describe.each([NDJSON, JSON_DOCUMENT] as const)('an export as %s', (form) => {
  it('is made no faster than it is read', async () => {
    const { lines, progress } = someLines(100_000);
    const stream = exportStream(lines, form);
    const reading = stream[Symbol.asyncIterator]();
    const behind: number[] = [];
    let read = 0;
    for (let piece = 0; piece < 20; piece++) {
      read += ((await reading.next()).value as string).length;
      await idle();
      behind.push(progress.made - read / 1000);
    }
    // A piece waits, and the next one is begun.
    expect(Math.max(...behind)).toBeLessThan(3 * 66);
    await reading.return?.();
    await idle();
    expect(progress).toMatchObject({ ended: true });
    expect(progress.made).toBeLessThan(20 * 66 + 3 * 66);
  });

  it('ends with the manifest', async () => {
    const text = (await exportStream(someLines(3).lines, form).toArray()).join('');
    const records =
      form === NDJSON
        ? text
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as { kind: string })
        : [...(JSON.parse(text) as { records: { kind: string }[] }).records, { kind: 'manifest' }];
    expect(records.map(({ kind }) => kind)).toEqual(['made_up', 'made_up', 'made_up', 'manifest']);
    expect(text).toContain('a.b.c');
  });

  it('breaks off where it fails, and has no manifest then', async () => {
    const { lines, progress } = someLines(1000, 500);
    let text = '';
    const reading = async () => {
      for await (const piece of exportStream(lines, form)) text += piece as string;
    };
    await expect(reading()).rejects.toThrow('the disk is gone');
    expect(text).not.toContain('manifest');
    expect(progress.ended).toBe(true);
  });
});
