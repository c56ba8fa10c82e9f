import type { JsonObject } from '../platform/json.js';
import { monthIn, SummaryTally } from './summary-tally.js';

const grocer = { id: 'g', name: 'Grocer' };
const tailor = { id: 't', name: 'Tailor' };

function reported(more: JsonObject = {}) {
  const record = {
    retailer: grocer,
    type: 'transaction.completed',
    touchpoint: 'till',
    occurred_at: '2026-11-20T12:00:00.000Z',
    standing: 'standing',
    ...more,
  };
  return { kind: 'interaction', record };
}

describe('the summary of an export', () => {
  it('counts reports by retailer, month, place, kind and standing, the most first', () => {
    const tally = new SummaryTally('UTC');
    tally.add(reported({ retailer: tailor, touchpoint: 'web', occurred_at: '2026-09-01T00:00:00.000Z' }));
    tally.add(reported());
    tally.add(reported({ standing: 'disputed' }));
    tally.add(reported({ type: 'event.voided' }));
    tally.add({ kind: 'disclosure', record: {}, recipient: 't' });
    expect(tally.summary()).toEqual({
      reporters: [
        {
          ...grocer,
          total: 2,
          byStanding: { standing: 1, disputed: 1, corrected: 0, voided: 0 },
          byMonth: new Map([['2026-11', 2]]),
        },
        {
          ...tailor,
          total: 1,
          byStanding: { standing: 1, disputed: 0, corrected: 0, voided: 0 },
          byMonth: new Map([['2026-09', 1]]),
        },
      ],
      touchpoints: [
        { code: 'till', count: 2 },
        { code: 'web', count: 1 },
      ],
      types: [{ code: 'transaction.completed', count: 3 }],
      months: ['2026-09', '2026-10', '2026-11'],
      readers: [{ code: 't', count: 1 }],
      kinds: [
        { code: 'interaction', count: 4 },
        { code: 'disclosure', count: 1 },
      ],
    });
  });

  it('is empty where there is nothing', () => {
    const { reporters, months, kinds } = new SummaryTally('UTC').summary();
    expect([reporters, months, kinds]).toEqual([[], [], []]);
  });

  it.each([
    ['UTC', '2026-10'],
    ['Europe/Berlin', '2026-11'],
    ['America/New_York', '2026-10'],
  ])('counts the months of the reader: in %s it was %s', (zone, month) => {
    expect(monthIn(zone, '2026-10-31T23:30:00Z')).toBe(month);
  });
});
