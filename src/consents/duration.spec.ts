import { durationMs } from './duration.js';

const DAY = 86_400_000;

describe('an ISO 8601 duration', () => {
  it.each([
    ['P30D', 30 * DAY],
    ['P1W', 7 * DAY],
    ['P2M', 60 * DAY],
    ['P1Y', 365 * DAY],
    ['P1DT12H', 1.5 * DAY],
    ['PT90M', 5_400_000],
    ['PT0S', 0],
  ])('%s is understood', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(['', 'P', 'PT', 'P1DT', '30D', 'P-1D', 'P1.5D', 'p30d', 'P30D ', 'P1D1W', 'P123456D', 'PT1D'])(
    '%j is not one',
    (text) => {
      expect(durationMs(text)).toBeNull();
    },
  );
});
