import { ccxCore110 } from '../vocabulary/ccx-core/1.1.0.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';
import {
  covers,
  type DelegationTerms,
  faultsOfNarrowing,
  faultsOfTerms,
  specialAttributes,
} from './delegation-terms.js';

const vocabulary = new Vocabulary(ccxCore110);
const now = new Date('2026-11-22T09:30:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
const terms = (more: Partial<DelegationTerms> = {}): DelegationTerms => ({
  scopes: ['preferences.read', 'preferences.write'],
  attributes: null,
  expiresAt: inDays(30),
  ...more,
});
const pointers = (faults: readonly { pointer: string }[]) => faults.map(({ pointer }) => pointer);

describe('what a delegation reaches', () => {
  const special = specialAttributes([ccxCore110]);

  it('is every attribute that is not special, where none is named', () => {
    const paths = vocabulary.attributes().map(({ path }) => path);
    expect(special.length).toBeGreaterThan(2);
    expect(paths.filter((path) => !covers(terms(), path, vocabulary)).toSorted()).toEqual(special.toSorted());
  });

  it.each([
    ['an attribute by its name', ['size.footwear'], 'size.footwear', true],
    ['no other attribute of its category', ['size.footwear'], 'size.apparel', false],
    ['an attribute by its category', ['size'], 'size.apparel', true],
    ['a special attribute by its name', ['food.allergen'], 'food.allergen', true],
    ['no special attribute by its category', ['food'], 'food.allergen', false],
    ['no attribute that nobody knows', ['size.hat'], 'size.hat', false],
  ])('is %s', (_, attributes, path, expected) => {
    expect(covers(terms({ attributes }), path, vocabulary)).toBe(expected);
  });
});

describe('terms', () => {
  it('are sound within a year and the vocabulary', () => {
    expect(faultsOfTerms(terms({ attributes: ['size', 'food.diet'] }), vocabulary, now)).toEqual([]);
    expect(pointers(faultsOfTerms(terms({ expiresAt: inDays(365) }), vocabulary, now))).toEqual([]);
    expect(pointers(faultsOfTerms(terms({ expiresAt: inDays(366) }), vocabulary, now))).toEqual(['/expires_at']);
    expect(pointers(faultsOfTerms(terms({ expiresAt: now }), vocabulary, now))).toEqual(['/expires_at']);
    expect(pointers(faultsOfTerms(terms({ attributes: ['size', 'hat'] }), vocabulary, now))).toEqual(['/attributes/1']);
  });

  it.each([
    ['nothing', {}, []],
    ['fewer scopes', { scopes: ['preferences.read'] }, []],
    ['attributes instead of all', { attributes: ['size'] }, []],
    ['an earlier end', { expiresAt: inDays(1) }, []],
    ['another scope', { scopes: ['consents.read'] }, ['/scopes/0']],
    ['a special attribute', { attributes: ['size', 'food.diet'] }, ['/attributes/1']],
    ['a later end', { expiresAt: inDays(31) }, ['/expires_at']],
    ['an end that is over', { expiresAt: now }, ['/expires_at']],
  ])('can be changed by %s only to take away', (_, change, expected) => {
    expect(pointers(faultsOfNarrowing(terms(), change, vocabulary, now))).toEqual(expected);
  });

  it.each([
    ['it was held itself', ['size'], []],
    ['everything was held', null, []],
    ['each of its attributes was held, and no more', vocabulary.expand('size'), ['/attributes/0']],
  ])('can keep a category where %s', (_, attributes, expected) => {
    expect(pointers(faultsOfNarrowing(terms({ attributes }), { attributes: ['size'] }, vocabulary, now))).toEqual(
      expected,
    );
  });

  it('name nothing that retailers have added, and do not tell whether there is such a thing', () => {
    const wrap = { ...ccxCore110.attributes[0]!, path: 'com.example.wrap', category: 'com.example', owner: 'florist' };
    const extended = new Vocabulary(ccxCore110, { extensions: [wrap] });
    for (const held of [terms(), terms({ attributes: ['size'] })]) {
      const faultsOf = (name: string) => {
        const attributes = ['size', name];
        return [
          faultsOfTerms(terms({ attributes }), extended, now),
          faultsOfNarrowing(held, { attributes }, extended, now),
        ];
      };
      const unknown = faultsOf('com.example.ribbon');
      expect(unknown.map(pointers)).toEqual([['/attributes/1'], ['/attributes/1']]);
      for (const name of ['com.example.wrap', 'com.example']) expect(faultsOf(name)).toEqual(unknown);
    }
  });

  it('of which some attributes are gone can be narrowed all the same', () => {
    const held = terms({ attributes: ['size', 'size.hat'] });
    expect(faultsOfNarrowing(held, { scopes: ['preferences.read'] }, vocabulary, now)).toEqual([]);
  });
});
