import { occurrenceOf } from './occurrence.js';

const now = new Date('2026-11-21T12:00:00Z');
const minutes = (count: number) => new Date(now.getTime() + count * 60_000);
const days = (count: number) => minutes(count * 1_440);

describe('when an event happened', () => {
  it('is what it says, without a word about the clock that said so', () => {
    expect(occurrenceOf({ time: days(-3) }, now)).toEqual({ at: days(-3) });
  });

  it('is moved by as much as the clock of the sender is off', () => {
    expect(occurrenceOf({ time: minutes(55), sentTime: minutes(60) }, now)).toEqual({ at: minutes(-5) });
    expect(occurrenceOf({ time: days(-4), sentTime: days(-1) }, now)).toEqual({ at: days(-3) });
  });

  it('is left alone by the delay of a network', () => {
    expect(occurrenceOf({ time: minutes(-10), sentTime: minutes(-1) }, now)).toEqual({ at: minutes(-10) });
  });

  it('cannot be in the future by more than five minutes', () => {
    expect(occurrenceOf({ time: minutes(5) }, now)).toEqual({ at: minutes(5) });
    expect(occurrenceOf({ time: minutes(6) }, now)).toEqual({ refused: 'event-in-future' });
  });

  it('cannot be more than 400 days ago', () => {
    expect(occurrenceOf({ time: days(-400) }, now)).toEqual({ at: days(-400) });
    expect(occurrenceOf({ time: days(-401) }, now)).toEqual({ refused: 'event-too-old' });
  });
});
