import fc from 'fast-check';

import { decodeCursor, encodeCursor, InvalidCursorError, pageOf } from './paging.js';

const id = '019a9f3e-7b1c-7d20-9f5e-1c2d3e4f5a6b';

describe('a cursor', () => {
  it('is read back as it was made', () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') }),
        fc.uuid(),
        fc.integer(),
        (at, uuid, count) => {
          expect(decodeCursor(encodeCursor(at, uuid, count), ['time', 'uuid', 'int'])).toEqual([at, uuid, count]);
        },
      ),
    );
    expect(decodeCursor(undefined, ['time'])).toBeUndefined();
  });

  it.each([
    ['nonsense', 'x'],
    ['of another list', encodeCursor('text')],
    ['too short', encodeCursor(new Date())],
    ['too long', encodeCursor(new Date(), id, id)],
    ['no time', encodeCursor('yesterday', id)],
    ['a time beyond all calendars', encodeCursor(new Date(8.64e15), id)],
    ['an hour that never was', encodeCursor('2026-02-31T25:00:00.000Z', id)],
    ['no UUID', encodeCursor(new Date(), `${id}' or 1=1`)],
    ['no list', Buffer.from('{"length":2}').toString('base64url')],
  ])('is refused when it is %s', (_, cursor) => {
    expect(() => decodeCursor(cursor, ['time', 'uuid'])).toThrow(InvalidCursorError);
  });

  it('is refused when its number is wider than the column', () => {
    const beyond = encodeCursor(2 ** 31);
    expect(() => decodeCursor(beyond, ['int'])).toThrow(InvalidCursorError);
    expect(decodeCursor(beyond, ['bigint'])).toEqual([2 ** 31]);
    expect(() => decodeCursor(encodeCursor(2 ** 53), ['bigint'])).toThrow(InvalidCursorError);
  });

  it('is refused whatever else it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeCursor(text, ['time', 'uuid'])).toThrow(InvalidCursorError);
      }),
    );
  });
});

describe('a page', () => {
  const rows = [{ at: new Date(3) }, { at: new Date(2) }, { at: new Date(1) }];
  const key = ({ at }: { at: Date }) => [at];

  it('says where the next one begins, when there is more', () => {
    const page = pageOf(rows, 2, key);
    expect(page.items).toEqual(rows.slice(0, 2));
    expect(decodeCursor(page.next_cursor ?? '', ['time'])).toEqual([new Date(2)]);
  });

  it('is the last one when there is no more', () => {
    expect(pageOf(rows, 3, key)).toEqual({ items: rows, next_cursor: null });
    expect(pageOf([], 3, key)).toEqual({ items: [], next_cursor: null });
  });
});
