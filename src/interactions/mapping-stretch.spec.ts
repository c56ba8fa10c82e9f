import { BEGINNING, type LineRead } from './mapping.js';
import { type FileFormat, readOn, type Stretch } from './mapping-stretch.js';

const line = (id: number, padding = '') =>
  `${JSON.stringify({
    specversion: '1.0',
    id: `${id}`,
    source: '/tills/17',
    type: 'org.ccx.interaction.loyalty.enrolled.v1',
    time: '2026-11-20T17:42:00Z',
    ccxtouchpoint: 'app',
    data: { programme: 'green-card' },
  })}${padding}\n`;

/** All stretches of a file, read from blocks of so many bytes. */
async function stretchesOf(file: Buffer, format: FileFormat = 'ndjson', block = 262_144): Promise<Stretch[]> {
  async function* from(offset: number) {
    for (let start = offset; start < file.length; start += block) yield file.subarray(start, start + block);
  }
  const stretches: Stretch[] = [];
  let next = BEGINNING;
  do {
    stretches.push(await readOn(from(next.offset), { format, options: {} }, next));
    next = stretches.at(-1)!.next;
  } while (!stretches.at(-1)!.isLast);
  return stretches;
}
const idsOf = (reads: readonly LineRead[]) => reads.map(({ id }) => Number(id));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('a stretch of a file', () => {
  it.each([262_144, 1_000, 7])('has at most 500 events, in blocks of %d bytes, and misses none', async (block) => {
    const file = Buffer.from(
      upTo(1_201)
        .map((id) => line(id))
        .join(''),
    );
    const stretches = await stretchesOf(file, 'ndjson', block);
    expect(stretches.map(({ reads }) => reads.length)).toEqual([500, 500, 201]);
    expect(idsOf(stretches.flatMap(({ reads }) => reads))).toEqual(upTo(1_201));
    expect(stretches.at(-1)!.next).toMatchObject({ offset: file.length, line: 1_202 });
  });

  it('ends the file also when that is exactly full', async () => {
    const stretches = await stretchesOf(
      Buffer.from(
        upTo(500)
          .map((id) => line(id))
          .join(''),
      ),
    );
    expect(stretches.map(({ reads, isLast }) => [reads.length, isLast])).toEqual([
      [500, false],
      [0, true],
    ]);
  });

  it('has at most some megabytes', async () => {
    const stretches = await stretchesOf(
      Buffer.from(
        upTo(100)
          .map((id) => line(id, ' '.repeat(200_000)))
          .join(''),
      ),
    );
    expect(Math.max(...stretches.map(({ reads }) => reads.length))).toBeLessThan(30);
    expect(idsOf(stretches.flatMap(({ reads }) => reads))).toEqual(upTo(100));
  });

  it('goes on through what is no event, however long that is', async () => {
    const stretches = await stretchesOf(Buffer.from(`${' '.repeat(9_000_000)}\n${line(1)}`));
    expect(idsOf(stretches.flatMap(({ reads }) => reads).slice(-1))).toEqual([1]);
  });

  it('of a file that is empty is the last', async () => {
    await expect(stretchesOf(Buffer.alloc(0))).resolves.toEqual([{ reads: [], next: BEGINNING, isLast: true }]);
  });

  it('answers what comes before a fault of the file, and then the fault', async () => {
    const content = (text: string) =>
      (async function* () {
        yield Buffer.from(text);
      })();
    const head = '<POSLog><Transaction><ControlTransaction/></Transaction>';
    const at = { format: 'poslog', options: {} } as const;
    const first = await readOn(content(`${head}</POSLog`), at, BEGINNING);
    expect([first.reads.length, first.isLast]).toEqual([1, false]);
    await expect(readOn(content('</POSLog'), at, first.next)).rejects.toThrow('is not well-formed XML');
  });
});
