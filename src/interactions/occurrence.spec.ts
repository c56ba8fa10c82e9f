import { clockWarning, occurrenceOf } from './occurrence.js';

const now = new Date('2026-11-21T12:00:00Z');
const minutes = (count: number) => new Date(now.getTime() + count * 60_000);
const hours = (count: number) => minutes(count * 60);
const days = (count: number) => minutes(count * 1_440);

describe('when an event happened', () => {
  it('is what it says, without a word about the clock that said so', () => {
    expect(occurrenceOf({ time: days(-3) }, now)).toEqual({ at: days(-3), clock: null });
  });

  it('is left alone by the delay of a network', () => {
    const event = { time: minutes(-10), sentTime: minutes(-1) };
    expect(occurrenceOf(event, now)).toEqual({ at: minutes(-10), clock: null });
  });

  it.each([
    ['drifts by minutes', { time: minutes(-13), sentTime: minutes(-3) }, minutes(-10)],
    ['shows local time as if it were UTC', { time: hours(7), sentTime: hours(8) }, hours(-1)],
    ['has not heard of summer time', { time: hours(-5), sentTime: hours(-1) }, hours(-4)],
  ])('is moved by as much as a clock is off that %s', (_, event, at) => {
    expect(occurrenceOf(event, now)).toEqual({ at, clock: 'corrected' });
  });

  it.each([
    [
      'began again at 1970',
      { time: new Date('1970-01-01T02:00:00Z'), sentTime: new Date('1970-01-01T05:00:00Z') },
      hours(-3),
    ],
    ['is a year ahead', { time: days(363), sentTime: days(365) }, days(-2)],
    ['is off by more than a day', { time: days(-4), sentTime: days(-2) }, days(-2)],
    ['was put back before it sent', { time: minutes(4), sentTime: minutes(0) }, minutes(4)],
  ])('is suspect by a clock that %s', (_, event, at) => {
    expect(occurrenceOf(event, now)).toEqual({ at, clock: 'suspect' });
  });

  it('cannot be in the future by more than five minutes', () => {
    expect(occurrenceOf({ time: minutes(5) }, now)).toEqual({ at: minutes(5), clock: null });
    expect(occurrenceOf({ time: minutes(6) }, now)).toEqual({ refused: 'event-in-future' });
  });

  it('cannot be more than 400 days ago', () => {
    expect(occurrenceOf({ time: days(-400) }, now)).toEqual({ at: days(-400), clock: null });
    expect(occurrenceOf({ time: days(-401) }, now)).toEqual({ refused: 'event-too-old' });
  });
});

describe('what the sender is told of its clock', () => {
  it('is nothing, unless there is something to see to', () => {
    expect(clockWarning({ at: now, clock: null })).toEqual([]);
    expect(clockWarning({ at: now, clock: 'corrected' })).toEqual([
      expect.stringContaining('2026-11-21T12:00:00.000Z'),
    ]);
    expect(clockWarning({ at: now, clock: 'suspect' })).toEqual([expect.stringContaining('cannot be right')]);
  });
});
