import { canonicalJson, type JsonValue } from './json.js';

describe('canonical JSON', () => {
  it('orders members as UTF-16 does, those that look like numbers among them', () => {
    expect(canonicalJson({ '10': 1, '9': 2, '\u20ac': 3, '\r': 4, '\ud83d\ude00': 5, '\ufb33': 6 })).toBe(
      '{"\\r":4,"10":1,"9":2,"\u20ac":3,"\ud83d\ude00":5,"\ufb33":6}',
    );
  });

  it('writes times as JSON does, and leaves out what is undefined', () => {
    const value = { at: new Date(0), none: undefined, list: [undefined, -0, 1e21] } as unknown as JsonValue;
    expect(canonicalJson(value)).toBe('{"at":"1970-01-01T00:00:00.000Z","list":[null,0,1e+21]}');
  });

  it('refuses what JSON cannot hold', () => {
    for (const value of [Infinity, NaN, '\ud800', { '\udfff': 1 }]) {
      expect(() => canonicalJson(value as JsonValue)).toThrow(/is not allowed/);
    }
  });
});
