import { scattered, sizeFor } from './scattered.js';

const key = Buffer.alloc(32, 1);
const places = (size: number, of: Buffer = key) => Array.from({ length: size }, (_, n) => scattered(n, size, of));

describe('scattering', () => {
  it.each([4, 1024, 4096])('puts %i things in as many places', (size) => {
    expect(places(size).toSorted((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, n) => n));
  });

  it('puts them elsewhere under another key', () => {
    const others = places(1024, Buffer.alloc(32, 2));
    expect(places(1024).filter((place, n) => place === others[n]).length).toBeLessThan(16);
  });

  it('puts neighbours apart', () => {
    const neighbours = places(1024).filter((place, n) => Math.abs(place - scattered((n + 1) % 1024, 1024, key)) === 1);
    expect(neighbours.length).toBeLessThan(32);
  });

  it('has no place for one too many', () => {
    expect(() => scattered(1024, 1024, key)).toThrow(RangeError);
  });

  it.each([
    [0, 1024],
    [512, 1024],
    [513, 4096],
    [100_000, 262_144],
  ])('leaves half of the places empty: %i of %i', (count, size) => {
    expect(sizeFor(count)).toBe(size);
  });
});
