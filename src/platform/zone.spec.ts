import { instantIn } from './zone.js';

describe('a time on the wall', () => {
  it.each([
    ['Europe/Berlin', '2026-07-01T12:00', '2026-07-01T10:00:00.000Z', 'in summer'],
    ['America/New_York', '2026-07-01T12:00:30', '2026-07-01T16:00:30.000Z', 'west of Greenwich'],
    ['Asia/Kathmandu', '2026-07-01T12:00', '2026-07-01T06:15:00.000Z', 'where the offset has quarters'],
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T01:30:00.000Z', 'the later of two'],
    ['America/New_York', '2026-11-01T01:30', '2026-11-01T06:30:00.000Z', 'the later of two, west of Greenwich'],
    ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:30:00.000Z', 'which was skipped'],
    ['America/New_York', '2026-03-08T02:30', '2026-03-08T07:30:00.000Z', 'which was skipped, west of Greenwich'],
  ])('in %s, %s is %s: %s', (zone, local, utc) => {
    expect(new Date(instantIn(zone, local)).toISOString()).toBe(utc);
  });

  it.each([
    ['Nowhere/Land', '2026-07-01T12:00'],
    ['Europe/Berlin', '2026-02-30T12:00Z'],
  ])('is none in %s at %s', (zone, local) => {
    expect(instantIn(zone, local)).toBeNaN();
  });
});
