import fc from 'fast-check';

import type { JsonValue } from '../platform/json.js';
import { type MemberUpcast, type Upcast, upcast, upcastValue } from './upcast.js';

describe('a value under the next release', () => {
  it.each<[string, MemberUpcast[], JsonValue, JsonValue]>([
    ['has its codes mapped', [{ at: '/form', map: { fax: 'email' } }], { form: 'fax' }, { form: 'email' }],
    ['keeps a code that is not named', [{ at: '/form', map: { fax: 'email' } }], { form: 'paper' }, { form: 'paper' }],
    [
      'keeps a code that an object happens to have',
      [{ at: '/form', map: {} }],
      { form: 'toString' },
      { form: 'toString' },
    ],
    [
      'has the codes of a list mapped, each once',
      [{ at: '/needs', map: { a: 'c', b: 'c' } }],
      { needs: ['a', 'b', 'd'] },
      { needs: ['c', 'd'] },
    ],
    ['has a member moved', [{ at: '/form', move_to: '/way' }], { form: 'fax', gift: true }, { way: 'fax', gift: true }],
    ['has a member moved deeper', [{ at: '/form', move_to: '/how/form' }], { form: 'fax' }, { how: { form: 'fax' } }],
    ['loses a member', [{ at: '/how/form', drop: true }], { how: { form: 'fax', n: 1 } }, { how: { n: 1 } }],
    [
      'gets a member that is missing',
      [{ at: '/gift', otherwise: false }],
      { form: 'fax' },
      { form: 'fax', gift: false },
    ],
    ['keeps a member that is there', [{ at: '/gift', otherwise: false }], { gift: true }, { gift: true }],
    ['is as it was where there is nothing to change', [{ at: '/x/y', drop: true }], { form: 'fax' }, { form: 'fax' }],
    [
      'is changed step by step',
      [
        { at: '/form', map: { fax: 'email' }, move_to: '/way' },
        { at: '/way', map: { email: 'app' } },
      ],
      { form: 'fax' },
      { way: 'app' },
    ],
  ])('%s', (_, steps, before, after) => {
    expect(upcastValue(before, steps)).toEqual(after);
  });
});

describe('a statement under the next release', () => {
  const statement = { attribute: 'receipt.delivery', value: { form: 'fax' }, strength: 'avoid', id: '1' } as const;

  it('has its name and its strength, and keeps everything else', () => {
    const renamed = {
      attribute: 'receipt.delivery',
      rename_to: 'receipt.form',
      strengths: { avoid: 'never' },
    } as const;
    expect(upcast(statement, [renamed])).toEqual({ ...statement, attribute: 'receipt.form', strength: 'never' });
  });

  it('is nothing where it is dropped, and itself where nothing is said about it', () => {
    expect(upcast(statement, [{ attribute: 'receipt.delivery', drop: true }])).toBeNull();
    expect(upcast(statement, [{ attribute: 'receipt.other', drop: true }])).toBe(statement);
  });
});

const pointer = fc.constantFrom('/a', '/b', '/a/b', '/c');
const anyStep: fc.Arbitrary<MemberUpcast> = fc.record(
  {
    at: pointer,
    map: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('y', 'z')),
    otherwise: fc.constantFrom<JsonValue>('x', 1, {}),
    move_to: pointer,
    drop: fc.constant(true as const),
  },
  { requiredKeys: ['at'] },
);
const anyUpcast: fc.Arbitrary<Upcast> = fc.record(
  {
    attribute: fc.constantFrom('s.t', 's.u'),
    rename_to: fc.constant('s.v'),
    value: fc.array(anyStep, { maxLength: 4 }),
  },
  { requiredKeys: ['attribute'] },
);
const anyValue = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(fc.constantFrom('x', 'y', 'q'), fc.array(fc.constantFrom('x', 'y')), fc.constant({ b: 'x' })),
) as fc.Arbitrary<JsonValue>;

describe('an upcast', () => {
  it('is pure: it changes nothing that it is given, and answers the same each time', () => {
    fc.assert(
      fc.property(anyValue, fc.array(anyUpcast, { maxLength: 3 }), (value, upcasts) => {
        const statement = deepFreeze({ attribute: 's.t', value, strength: 'want' as const });
        const once = upcast(statement, deepFreeze(upcasts));
        expect(upcast(statement, upcasts)).toEqual(once);
      }),
      { numRuns: 2000 },
    );
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
