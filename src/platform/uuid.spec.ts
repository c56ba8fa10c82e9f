import { validate, version } from 'uuid';

import { uuidGenerator } from './uuid.js';

describe('an id', () => {
  it('is a UUIDv7 of this moment', () => {
    const before = Date.now();
    const id = uuidGenerator()();
    expect([validate(id), version(id)]).toEqual([true, 7]);
    const madeAt = Number.parseInt(id.replace('-', '').slice(0, 12), 16);
    expect(madeAt).toBeGreaterThanOrEqual(before);
    expect(madeAt).toBeLessThanOrEqual(Date.now() + 1);
  });

  it('comes after all those before it, also within a millisecond, and is there once', () => {
    const uuidv7 = uuidGenerator();
    const ids = Array.from({ length: 5_000 }, () => uuidv7());
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('comes after those before it when the clock has been put back', () => {
    const next = uuidGenerator();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(2_000);
    const before = next();
    clock.mockReturnValue(1_000);
    const after = next();
    clock.mockRestore();
    expect(after > before).toBe(true);
  });
});
