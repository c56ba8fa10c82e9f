import * as fc from 'fast-check';

import { documentsOf, preferences, question, vocabulary } from '../../test/support/arbitrary-preferences.js';
import type { JsonValue } from '../platform/json.js';
import type { FieldMerge } from '../vocabulary/attribute.js';
import type { Preference } from './preference.js';
import { byPrecedence, type Prepared } from './prepared.js';
import { type Question, resolve } from './resolve.js';

const ask = (all: readonly Preference[], asked: Question) => resolve(documentsOf(all), vocabulary, asked);

/** A preference applies when it would hold if it were the only one. */
const applies = (preference: Preference, asked: Question) => ask([preference], asked).effective.length === 1;

/** The preferences about one attribute and key that apply, the most general first. */
function applying(all: readonly Preference[], asked: Question, attribute: string, key: string | null): Prepared[] {
  return documentsOf(all)
    .flatMap(({ byAttribute }) => byAttribute.get(attribute) ?? [])
    .filter(({ preference }) => preference.key === key && applies(preference, asked))
    .toSorted(byPrecedence);
}

const isAsStrict: Record<FieldMerge, (result: never, stated: never) => boolean> = {
  and: (result: boolean, stated: boolean) => stated || !result,
  min: (result: number, stated: number) => result <= stated,
  max: (result: number, stated: number) => result >= stated,
  intersect: (result: JsonValue[], stated: JsonValue[]) => result.every((member) => stated.includes(member)),
  union: (result: JsonValue[], stated: JsonValue[]) => stated.every((member) => result.includes(member)),
};

const runs = { numRuns: 500 };

describe('resolution', () => {
  it('answers every question, with one verdict for every preference and one value for every attribute and key', () => {
    fc.assert(
      fc.property(preferences, question, (all, asked) => {
        const { effective, explain } = ask(all, asked);
        expect(explain.map(({ preference_id }) => preference_id).toSorted()).toEqual(
          all.map(({ id }) => id).toSorted(),
        );
        const held = effective.map(({ attribute, key }) => `${attribute} ${key}`);
        expect(new Set(held).size).toBe(held.length);
        const winners = explain.filter(({ outcome }) => outcome !== 'lost').map(({ preference_id }) => preference_id);
        expect(winners.toSorted()).toEqual(effective.flatMap(({ sources }) => sources).toSorted());
      }),
      runs,
    );
  });

  it('does not depend on the order of documents and preferences, nor on being asked before', () => {
    fc.assert(
      fc.property(
        preferences.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        question,
        ([all, shuffled], asked) => {
          expect(resolve(documentsOf(shuffled).toReversed(), vocabulary, asked)).toEqual(ask(all, asked));
        },
      ),
      runs,
    );
  });

  it('makes values that the vocabulary allows', () => {
    fc.assert(
      fc.property(preferences, question, (all, asked) => {
        for (const { attribute, value } of ask(all, asked).effective) {
          expect(vocabulary.checkValue(attribute, value)).toEqual([]);
        }
      }),
      runs,
    );
  });

  it('never loosens a field without an override', () => {
    fc.assert(
      fc.property(preferences, question, (all, asked) => {
        for (const { attribute, key, value } of ask(all, asked).effective) {
          const rule = vocabulary.attribute(attribute)!.merge;
          if (typeof rule === 'string') continue;
          const stated = applying(all, asked, attribute, key).map(({ preference }) => preference);
          stated.forEach((one, index) => {
            for (const [field, member] of Object.entries(one.value as object)) {
              const overridden = stated
                .slice(index + 1)
                .some((later) => later.override && field in (later.value as object));
              if (overridden) continue;
              const result = (value as Record<string, JsonValue>)[field];
              expect(isAsStrict[rule[field]!](result as never, member as never)).toBe(true);
            }
          });
        }
      }),
      runs,
    );
  });

  it('never loses a never to something softer without an override', () => {
    fc.assert(
      fc.property(preferences, question, (all, asked) => {
        for (const { attribute, key, strength } of ask(all, asked).effective) {
          if (vocabulary.attribute(attribute)!.merge !== 'union') continue;
          const stated = applying(all, asked, attribute, key).map(({ preference }) => preference);
          const last = stated.findLastIndex((one) => one.strength === 'never');
          if (last >= 0 && !stated.slice(last + 1).some((later) => later.override)) expect(strength).toBe('never');
        }
      }),
      runs,
    );
  });

  it('holds until valid_until and not a moment longer', () => {
    fc.assert(
      fc.property(
        preferences,
        question,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (all, asked, moments) => {
          const first = ask(all, asked);
          const start = asked.at.getTime();
          const end = first.valid_until?.getTime() ?? start + 30 * 86_400_000;
          expect(end).toBeGreaterThan(start);
          for (const moment of [...moments, 1]) {
            const at = new Date(Math.min(end - 1, Math.floor(start + moment * (end - start))));
            expect(ask(all, { ...asked, at })).toEqual(first);
          }
          if (first.valid_until) {
            expect(ask(all, { ...asked, at: first.valid_until }).explain).not.toEqual(first.explain);
          }
        },
      ),
      runs,
    );
  });

  it('tells nothing of attributes that were not asked for', () => {
    fc.assert(
      fc.property(preferences, question, (all, asked) => {
        const attributes = new Set(['contact.marketing', 'food.allergen']);
        const narrow = ask(all, { ...asked, attributes });
        const alone = ask(
          all.filter(({ attribute }) => attributes.has(attribute)),
          asked,
        );
        expect(narrow).toEqual(alone);
      }),
      runs,
    );
  });
});
