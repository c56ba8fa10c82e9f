import fc from 'fast-check';

import { type Journey, journeysOf, type Step } from './journey.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
const noon = Date.parse('2026-11-20T12:00:00Z');

interface NamedStep extends Step {
  readonly id: string;
}

function step(id: string, minutes: number, more: Partial<Step> = {}): NamedStep {
  const occurredAt = new Date(noon + minutes * MINUTE);
  return { id, retailerId: 'grocer', occurredAt, correlation: null, clock: null, ...more };
}

const told = (journeys: readonly Journey<NamedStep>[]) =>
  journeys.map(({ steps }) => steps.map(({ step: { id }, joined }) => `${id} ${joined}`).join(', '));

describe('a journey', () => {
  it('goes on while no more than half an hour passes between two events, at whichever retailer', () => {
    const events = [step('a', 0), step('b', 30, { retailerId: 'tailor' }), step('c', 60), step('d', 91)];
    expect(told(journeysOf(events))).toEqual(['d first', 'a first, b time, c time']);
  });

  it('takes in what the same retailer tied to it, days later', () => {
    const tied = { correlation: 'spring' };
    const events = [step('mail', 0, tied), step('other', 3 * 1440), step('till', 4 * 1440, tied)];
    expect(told(journeysOf(events))).toEqual(['mail first, till correlation', 'other first']);
  });

  it('takes in all that was near what was tied', () => {
    const tied = { correlation: 'spring' };
    const events = [step('mail', 0, tied), step('web', 5), step('till', 1440, tied), step('card', 1441)];
    expect(told(journeysOf(events))).toEqual(['mail first, web time, till correlation, card time']);
  });

  it('is not tied by the code of another retailer, nor by one that comes again after three months', () => {
    const code = { correlation: '17' };
    const elsewhere = [step('a', 0, code), step('b', 1440, { ...code, retailerId: 'tailor' })];
    expect(told(journeysOf(elsewhere))).toEqual(['b first', 'a first']);
    const within = [step('a', 0, code), step('b', 90 * 1440, code), step('c', 180 * 1440, code)];
    expect(told(journeysOf(within))).toEqual(['a first, b correlation, c correlation']);
    expect(told(journeysOf([step('a', 0, code), step('b', 90 * 1440 + 1, code)]))).toHaveLength(2);
  });

  it('is not joined by an event of a clock that cannot be right, unless a code ties it', () => {
    const suspect = { clock: 'suspect' };
    expect(told(journeysOf([step('a', 0), step('b', 1, suspect), step('c', 20)]))).toEqual([
      'a first, c time',
      'b first',
    ]);
    const tied = [step('a', 0, { correlation: 'x' }), step('b', 1, { ...suspect, correlation: 'x' }), step('c', 31)];
    expect(told(journeysOf(tied))).toEqual(['c first', 'a first, b correlation']);
  });

  it('is the same whatever the order of the events, and has each of them once', () => {
    const anEvent = fc.record({
      id: fc.uuid(),
      retailerId: fc.constantFrom('grocer', 'tailor'),
      occurredAt: fc.integer({ min: 0, max: 200 * DAY }).map((after) => new Date(noon + after)),
      correlation: fc.option(fc.constantFrom('a', 'b')),
      clock: fc.constantFrom(null, null, null, 'corrected', 'suspect'),
    });
    const events = fc.uniqueArray(anEvent, { selector: ({ id }) => id, maxLength: 40 });
    const shuffled = events.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        const journeys = journeysOf(all);
        expect(told(journeysOf(other))).toEqual(told(journeys));
        const ids = journeys.flatMap(({ steps }) => steps.map(({ step: { id } }) => id));
        expect(ids.toSorted()).toEqual(all.map(({ id }) => id).toSorted());
      }),
    );
  });
});
