import { fromLondon } from './london.js';

describe('the time in London', () => {
  it.each([
    ['2010-12-01T08:26', '2010-12-01T08:26:00.000Z', 'in winter'],
    ['2011-07-01T08:26', '2011-07-01T07:26:00.000Z', 'in summer'],
    ['2011-03-27T00:59', '2011-03-27T00:59:00.000Z', 'before the clocks go forward'],
    ['2011-03-27T02:00', '2011-03-27T01:00:00.000Z', 'after that'],
    ['2011-03-27T01:30', '2011-03-27T01:30:00.000Z', 'in the hour that there is not'],
    ['2011-10-30T01:30', '2011-10-30T01:30:00.000Z', 'in the hour that there is twice'],
    ['2011-10-30T00:30', '2011-10-29T23:30:00.000Z', 'before the clocks go back'],
  ])('%s is %s %#', (local, utc) => {
    expect(new Date(fromLondon(local)).toISOString()).toBe(utc);
  });
});
