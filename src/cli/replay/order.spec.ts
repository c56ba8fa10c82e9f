import { orderOf } from './order.js';

const COUNT = 1_000;
const timesOf = (order: Uint32Array) =>
  order.reduce((times, place) => times.set(place, (times.get(place) ?? 0) + 1), new Map<number, number>());

describe('an order', () => {
  it('is that of time, unless something else is said', () => {
    expect([...orderOf(4, {})]).toEqual([0, 1, 2, 3]);
  });

  it.each([{ duplicate: 0.2 }, { shuffle: 'a', duplicate: 0.2 }])(
    'has each place, and a share of them twice: %j',
    (mess) => {
      const times = timesOf(orderOf(COUNT, mess));
      expect(times.size).toBe(COUNT);
      expect([...times.values()].filter((many) => many === 2)).toHaveLength(200);
      expect([...times.values()].filter((many) => many > 2)).toEqual([]);
    },
  );

  it('has a copy after its first, where it is that of time', () => {
    const order = orderOf(COUNT, { duplicate: 0.5 });
    const firsts = [...order].filter((place, index) => order.indexOf(place) === index);
    expect(firsts).toEqual(Array.from({ length: COUNT }, (_, place) => place));
  });

  it('is the same for the same seed, another for another, and mixes all of it', () => {
    const [one, again, other] = ['a', 'a', 'b'].map((shuffle) => [...orderOf(COUNT, { shuffle })]);
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    const far = (one ?? []).filter((place, index) => Math.abs(place - index) > COUNT / 4);
    expect(far.length).toBeGreaterThan(COUNT / 2);
  });
});
