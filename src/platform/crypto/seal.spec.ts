import fc from 'fast-check';

import { Kek, UnknownKekError } from './kek.js';
import { normaliseEmail, Pepper } from './pepper.js';
import { open, seal, SealBrokenError } from './seal.js';

const key = Buffer.alloc(32, 3);
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));

describe('a sealed value', () => {
  it('opens to what was sealed', () => {
    fc.assert(
      fc.property(bytes, fc.string(), (text, aad) => expect(open(key, seal(key, text, aad), aad)).toEqual(text)),
    );
  });

  it('does not open under another key, for another row, or with one bit changed', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), (text, place) => {
        const sealed = seal(key, text, 'row');
        expect(() => open(Buffer.alloc(32, 4), sealed, 'row')).toThrow(SealBrokenError);
        expect(() => open(key, sealed, 'other row')).toThrow(SealBrokenError);
        const at = place % sealed.length;
        sealed[at] = (sealed[at] ?? 0) ^ 1;
        expect(() => open(key, sealed, 'row')).toThrow(SealBrokenError);
      }),
    );
  });

  it('does not open when it is cut short', () => {
    const sealed = seal(key, 'text', 'row');
    expect(() => open(key, sealed.subarray(0, 20), 'row')).toThrow(SealBrokenError);
    expect(() => open(key, Buffer.alloc(0), 'row')).toThrow(SealBrokenError);
  });

  it('never looks the same twice', () => {
    expect(seal(key, 'text', 'row')).not.toEqual(seal(key, 'text', 'row'));
  });
});

describe('the KEK', () => {
  it('wraps a key for one use only', () => {
    const kek = new Kek(key);
    const wrapped = kek.wrap(Buffer.alloc(32, 9), 'profile:a');
    expect(kek.unwrap(wrapped, 'profile:a')).toEqual(Buffer.alloc(32, 9));
    expect(() => kek.unwrap(wrapped, 'profile:b')).toThrow(SealBrokenError);
  });

  it('opens what the one before it wrapped, with and without the name of a KEK, and wraps no more with that', () => {
    const [before, kek] = [new Kek(key), new Kek(Buffer.alloc(32, 5), key)];
    for (const wrapped of [before.wrap(Buffer.alloc(32, 9), 'a'), seal(key, Buffer.alloc(32, 9), 'a')])
      expect(kek.unwrap(wrapped, 'a')).toEqual(Buffer.alloc(32, 9));
    expect(() => before.unwrap(kek.wrap(Buffer.alloc(32, 9), 'a'), 'a')).toThrow(new UnknownKekError(kek.id));
    expect(kek.wrap(Buffer.alloc(32, 9), 'a').subarray(0, 9)).toEqual(kek.prefix);
  });

  it('opens what has no name under the wrong key as little as anything else', () => {
    const kek = new Kek(Buffer.alloc(32, 5), Buffer.alloc(32, 6));
    expect(() => kek.unwrap(seal(key, Buffer.alloc(32, 9), 'a'), 'a')).toThrow(SealBrokenError);
  });

  it('has 32 bytes', () => {
    expect(() => new Kek(Buffer.alloc(16))).toThrow(TypeError);
  });
});

describe('a login identity', () => {
  it('does not depend on case, surrounding space or Unicode form', () => {
    const pepper = new Pepper(key);
    expect(pepper.identity(' Ada@Example.org ')).toEqual(pepper.identity('ada@example.org'));
    expect(normaliseEmail('ﬁ@example.org')).toBe('fi@example.org');
  });

  it('cannot be computed without the pepper', () => {
    expect(new Pepper(Buffer.alloc(32, 5)).identity('a@b.c')).not.toEqual(new Pepper(key).identity('a@b.c'));
  });
});
