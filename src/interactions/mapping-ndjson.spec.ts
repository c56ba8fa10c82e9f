import * as fc from 'fast-check';

import { BEGINNING, type FileRecord, type LineRead, type ReadState } from './mapping.js';
import { NdjsonReader } from './mapping-ndjson.js';

const event = (id: string) => ({
  specversion: '1.0',
  id,
  source: '/tills/17',
  type: 'org.ccx.interaction.loyalty.enrolled.v1',
  subject: 'p1Zk3vQy0mBq9cJ2hT5xWnLg',
  time: '2026-11-20T17:42:00Z',
  ccxtouchpoint: 'app',
  data: { programme: 'green-card' },
});
const line = (id: string) => JSON.stringify(event(id));

function read(file: string | Buffer): FileRecord[] {
  const reader = new NdjsonReader(BEGINNING);
  return [...reader.write(Buffer.from(file as string)), ...reader.end()];
}
const readsOf = (file: string | Buffer): LineRead[] => read(file).flatMap(({ reads }) => reads);
const idsOf = (file: string | Buffer) => readsOf(file).map(({ line: at, id }) => [at, id]);
const faultOf = (file: string | Buffer) => readsOf(file).map(({ errors }) => errors[0]);

describe('a file of lines', () => {
  it.each([
    ['with line feeds', `${line('a')}\n${line('b')}\n`],
    ['with carriage returns', `${line('a')}\r\n${line('b')}\r\n`],
    ['without an end of the last line', `${line('a')}\n${line('b')}`],
    ['with a byte order mark', `\uFEFF${line('a')}\n${line('b')}\n`],
  ])('is read %s', (_, file) => {
    expect(idsOf(file)).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
  });

  it('counts blank lines and passes over them', () => {
    expect(idsOf(`\n${line('a')}\n \t\r\n\n${line('b')}`)).toEqual([
      [2, 'a'],
      [5, 'b'],
    ]);
  });

  it('may have no line at all', () => {
    expect(read('')).toEqual([]);
  });

  it.each([
    ['is not JSON', '{"id":', 'not well-formed JSON'],
    ['repeats a member', '{"id":1,"id":2}', 'repeats a member name'],
    ['is no event', '[]', 'must be an event'],
    ['is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'UTF-8'],
    ['is too long', `"${'x'.repeat(262_144)}"`, 'must not be larger than 262144 bytes'],
  ])('has a fault in a line that %s, and goes on after it', (_, bad, detail) => {
    const file = Buffer.concat([
      Buffer.from(`${line('a')}\n`),
      Buffer.from(bad as string),
      Buffer.from(`\n${line('b')}`),
    ]);
    expect(faultOf(file)).toEqual([undefined, { pointer: '', detail: expect.stringContaining(detail) }, undefined]);
    expect(readsOf(file).map(({ line: at }) => at)).toEqual([1, 2, 3]);
  });

  it('takes a line of exactly the largest size', () => {
    const padded = line('a') + ' '.repeat(262_144 - line('a').length);
    expect(idsOf(`${padded}\n`)).toEqual([[1, 'a']]);
    expect(faultOf(`${padded} \n`)).toEqual([expect.objectContaining({ pointer: '' })]);
  });
});

describe('reading a file', () => {
  const part = fc.constantFrom(line('a'), line('ä€'), '{', '', '  ', '\uFEFF', 'x'.repeat(300));
  const files = fc
    .array(fc.tuple(part, fc.constantFrom('\n', '\r\n')), { maxLength: 12 })
    .map((lines) => lines.flat().join(''));

  it('gives the same wherever it is cut', () => {
    fc.assert(
      fc.property(files, fc.array(fc.nat(2_000), { maxLength: 6 }), (file, cuts) => {
        const bytes = Buffer.from(file);
        const reader = new NdjsonReader(BEGINNING);
        const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const records = ends.flatMap((end, index) => reader.write(bytes.subarray(ends[index - 1] ?? 0, end)));
        expect([...records, ...reader.end()]).toEqual(read(bytes));
      }),
    );
  });

  it('gives the same when it is read on after any record', () => {
    fc.assert(
      fc.property(files, (file) => {
        const bytes = Buffer.from(file);
        const whole = read(bytes);
        for (const [index, { next }] of whole.entries()) expect(readFrom(bytes, next)).toEqual(whole.slice(index + 1));
      }),
    );
  });
});

function readFrom(file: Buffer, from: ReadState): FileRecord[] {
  const reader = new NdjsonReader(from);
  return [...reader.write(file.subarray(from.offset)), ...reader.end()];
}
