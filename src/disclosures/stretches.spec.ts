import fc from 'fast-check';

import { earliestFirst, latestFirst } from './stretches.js';

const DAY_MS = 86_400_000;
const now = new Date('2026-11-22T12:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);

describe('a time in stretches', () => {
  it('is covered once from end to end, whichever way one goes, and none is longer than 32 days', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 0, max: 900 }), (length, ended) => {
        const [from, to] = [daysAgo(ended + length), daysAgo(ended)];
        const forwards = [...earliestFirst(from, to)];
        const backwards = [...latestFirst(from, to, now)].toReversed() as typeof forwards;
        for (const pieces of [forwards, backwards]) {
          expect(pieces[0]?.from).toEqual(from);
          expect(pieces.at(-1)?.to).toEqual(to);
          pieces.slice(1).forEach((piece, index) => expect(piece.from).toEqual(pieces[index]?.to));
          for (const piece of pieces)
            expect(piece.to.getTime() - piece.from.getTime()).toBeLessThanOrEqual(32 * DAY_MS);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('without an end begins with all that is still to come', () => {
    expect([...latestFirst(daysAgo(40), undefined, now)]).toEqual([
      { from: daysAgo(32) },
      { from: daysAgo(40), to: daysAgo(32) },
    ]);
  });

  it('that begins in the future is one of which nobody knows the end', () => {
    expect([...latestFirst(daysAgo(-40), undefined, now)]).toEqual([{ from: daysAgo(-40) }]);
  });

  it('of no length has no stretches', () => {
    expect([...earliestFirst(now, now)]).toEqual([]);
  });
});
