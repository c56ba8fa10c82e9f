import { Windows } from './windows.js';

describe('uses of a limit', () => {
  const windows = () => new Windows({ points: 2, seconds: 60 });

  it('are counted per key, until the window that the first one opened ends', () => {
    const counted = windows();
    expect(counted.spend('a', 1, 0)).toEqual({ spent: 1, endsAt: 60_000 });
    expect(counted.spend('a', 2, 59_999)).toEqual({ spent: 3, endsAt: 60_000 });
    expect(counted.spend('b', 1, 59_999)).toEqual({ spent: 1, endsAt: 119_999 });
    expect(counted.spend('a', 1, 60_000)).toEqual({ spent: 1, endsAt: 120_000 });
  });

  it('can be asked after without being one', () => {
    const counted = windows();
    expect(counted.secondsUntilFree('a', 0)).toBe(0);
    counted.spend('a', 1, 0);
    expect(counted.secondsUntilFree('a', 0)).toBe(0);
    counted.spend('a', 1, 0);
    expect(counted.secondsUntilFree('a', 100)).toBe(60);
    expect(counted.secondsUntilFree('a', 59_999)).toBe(1);
    expect(counted.secondsUntilFree('a', 60_000)).toBe(0);
  });
});
