import { validate, version } from 'uuid';

import { uuidv7 } from './uuid.js';

describe('an id', () => {
  it('is a UUIDv7 of this moment', () => {
    const before = Date.now();
    const id = uuidv7();
    expect([validate(id), version(id)]).toEqual([true, 7]);
    const madeAt = Number.parseInt(id.replace('-', '').slice(0, 12), 16);
    expect(madeAt).toBeGreaterThanOrEqual(before);
    expect(madeAt).toBeLessThanOrEqual(Date.now() + 1);
  });

  it('comes after all those before it, also within a millisecond, and is there once', () => {
    const ids = Array.from({ length: 5_000 }, () => uuidv7());
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
  });
});
