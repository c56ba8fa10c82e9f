import { differences, filledIn } from './guide.js';

describe('an answer against what the guide prints of it', () => {
  const differ = (printed: unknown, actual: unknown, known = new Map<string, string>()) =>
    differences(printed, actual, known).length > 0;

  it('must be there word for word', () => {
    expect(differ({ a: [1, 'two', null] }, { a: [1, 'two', null] })).toBe(false);
    for (const other of [{ a: [1, 'two'] }, { a: [1, 'three', null] }, { a: [1, 'two', null], b: 1 }, {}, [], null]) {
      expect(differ({ a: [1, 'two', null] }, other)).toBe(true);
    }
  });

  it('may have more where there is an ellipsis', () => {
    expect(differ({ a: 1, '…': '…' }, { a: 1, b: 2 })).toBe(false);
    expect(differ({ a: 1, '…': '…' }, { b: 2 })).toBe(true);
    expect(differ([1, '…'], [1, 2, 3])).toBe(false);
    expect(differ([1, '…'], [2, 1])).toBe(true);
    expect(differ(['…', 2, '…'], [1, 2, 3])).toBe(false);
    expect(differ(['…', 2], [1, 2, 3])).toBe(true);
    expect(differ(['…', 2, 1], [1, 2])).toBe(true);
    expect(
      differ(
        ['…', { a: '{x}', b: 2 }],
        [
          { a: 'one', b: 1 },
          { a: 'two', b: 2 },
        ],
      ),
    ).toBe(false);
    expect(differ('2026-…Z', '2026-11-22T06:00:00Z')).toBe(false);
    expect(differ('2026-…Z', '2027-11-22T06:00:00Z')).toBe(true);
    expect(differ('…', 5)).toBe(true);
  });

  it('teaches a placeholder once', () => {
    const known = new Map<string, string>();
    expect(differ({ id: '{shoes}' }, { id: 'abc' }, known)).toBe(false);
    expect(filledIn('/v1/me/preferences/{shoes}', known)).toBe('/v1/me/preferences/abc');
    expect(differ({ id: '{shoes}' }, { id: 'abd' }, known)).toBe(true);
    expect(() => filledIn('{hats}', known)).toThrow('{hats}');
  });
});
