import * as fc from 'fast-check';

import { instant, timeOfWeek } from '../../test/support/arbitrary-preferences.js';
import { isTimeZone } from '../platform/zone.js';
import { days, type TimeOfWeek } from './preference.js';
import { isOpen, nextEdge, timeWindow } from './time-window.js';

const MINUTE_MS = 60_000;

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit' });
  clocks.set(timeZone, format);
  return format;
}

/** The rule, told once more without arithmetic: read the clock on the wall, compare texts. */
function isOpenOnTheWall({ time_zone, from = '00:00', to = '24:00', days: named = days }: TimeOfWeek, at: number) {
  const parts = Object.fromEntries(
    clockOf(time_zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const today = days.findIndex((day) => day === parts.weekday!.toLowerCase());
  const yesterday = (today + 6) % 7;
  const now = `${parts.hour}:${parts.minute}`;
  if (from < to) return from <= now && now < to && named.includes(days[today]!);
  return (from <= now && named.includes(days[today]!)) || (now < to && named.includes(days[yesterday]!));
}

const open = (time: TimeOfWeek, at: string) => isOpen(timeWindow(time), Date.parse(at));
const edge = (time: TimeOfWeek, at: string) => {
  const next = nextEdge(timeWindow(time), Date.parse(at));
  return next === null ? null : new Date(next).toISOString();
};

const quiet: TimeOfWeek = { time_zone: 'Europe/Berlin', from: '21:00', to: '08:00' };

describe('hours that cross midnight', () => {
  it.each([
    ['2026-07-06T18:59:59.999Z', false],
    ['2026-07-06T19:00:00.000Z', true],
    ['2026-07-07T00:00:00.000Z', true],
    ['2026-07-07T05:59:59.999Z', true],
    ['2026-07-07T06:00:00.000Z', false],
  ])('at %s are open: %s', (at, expected) => expect(open(quiet, at)).toBe(expected));

  it('belong to the day on which they begin', () => {
    const mondays: TimeOfWeek = { ...quiet, days: ['mon'] };
    expect(open(mondays, '2026-07-07T02:00:00Z')).toBe(true);
    expect(open(mondays, '2026-07-06T02:00:00Z')).toBe(false);
    expect(edge(mondays, '2026-07-07T12:00:00Z')).toBe('2026-07-13T19:00:00.000Z');
  });
});

describe('a change of the clocks', () => {
  const spring = { time_zone: 'Europe/Berlin', from: '02:15', to: '02:45' };
  const autumn = { time_zone: 'Europe/Berlin', from: '02:15', to: '02:45' };

  it('skips the hour that never comes', () => {
    expect(edge(spring, '2026-03-28T12:00:00Z')).toBe('2026-03-30T00:15:00.000Z');
    expect(edge({ ...spring, days: ['sun'] }, '2026-03-28T12:00:00Z')).toBe('2026-04-05T00:15:00.000Z');
  });

  it('opens at once where the window began in the hour that was skipped', () => {
    const window = { time_zone: 'Europe/Berlin', from: '02:30', to: '04:00' };
    expect(edge(window, '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z');
  });

  it('brings the repeated hour twice', () => {
    expect(edge(autumn, '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:15:00.000Z');
    expect(edge(autumn, '2026-10-25T00:15:00Z')).toBe('2026-10-25T00:45:00.000Z');
    expect(edge(autumn, '2026-10-25T00:45:00Z')).toBe('2026-10-25T01:15:00.000Z');
  });

  it('of half an hour is known, too', () => {
    const window = { time_zone: 'Australia/Lord_Howe', from: '01:40', to: '01:50' };
    expect(edge(window, '2026-04-04T14:00:00Z')).toBe('2026-04-04T14:40:00.000Z');
    expect(edge(window, '2026-04-04T14:50:00Z')).toBe('2026-04-04T15:10:00.000Z');
  });
});

describe('a day that a zone left out', () => {
  it('is waited for until the next week', () => {
    // Samoa had no 30 December 2011, a Friday.
    const fridays: TimeOfWeek = { time_zone: 'Pacific/Apia', days: ['fri'] };
    expect(edge(fridays, '2011-12-28T12:00:00Z')).toBe('2012-01-05T10:00:00.000Z');
  });
});

describe('the next edge', () => {
  it('is none where the window is always open', () => {
    expect(edge({ time_zone: 'UTC', from: '08:00', to: '08:00' }, '2026-07-06T00:00:00Z')).toBeNull();
    expect(edge({ time_zone: 'UTC' }, '2026-07-06T00:00:00Z')).toBeNull();
  });

  it('is the minute at which the clock on the wall first says otherwise', () => {
    fc.assert(
      fc.property(timeOfWeek, instant, (time, at) => {
        const start = at.getTime();
        const now = isOpenOnTheWall(time, start);
        expect(isOpen(timeWindow(time), start)).toBe(now);
        const next = nextEdge(timeWindow(time), start);
        const end = Math.min(next ?? Infinity, start + 2 * 86_400_000);
        for (let moment = start; moment < end; moment += 5 * MINUTE_MS) {
          expect(isOpenOnTheWall(time, moment)).toBe(now);
        }
        if (next !== null) {
          expect(isOpenOnTheWall(time, next - MINUTE_MS)).toBe(now);
          expect(isOpenOnTheWall(time, next)).toBe(!now);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('a time zone', () => {
  it.each(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])('%s is known', (zone) =>
    expect(isTimeZone(zone)).toBe(true),
  );
  it.each(['Mars/Olympus', '+02:00', '', 'Europe', '\0'])('%j is none', (zone) => expect(isTimeZone(zone)).toBe(false));

  it('that has gone from the database opens nothing', () => {
    expect(isOpen(timeWindow({ time_zone: 'Mars/Olympus' }), 0)).toBe(false);
    expect(nextEdge(timeWindow({ time_zone: 'Mars/Olympus' }), 0)).toBeNull();
  });
});
