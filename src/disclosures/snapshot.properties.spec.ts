import * as fc from 'fast-check';

import { documentsOf, preferences, question, vocabulary } from '../../test/support/arbitrary-preferences.js';
import { covers } from '../consents/covers.js';
import type { ConsentDetail } from '../consents/detail.js';
import { isSpecial } from '../vocabulary/attribute.js';
import { stages } from '../vocabulary/code-lists.js';
import { view } from './view.js';

const paths = vocabulary.attributes().map(({ path }) => path);
const special = vocabulary.attributes().flatMap((attribute) => (isSpecial(attribute) ? attribute.path : []));
const some = <T>(...all: T[]) => fc.subarray(all, { minLength: 1 });

/** Lines as nobody can ask for them: with special attributes to be had offline, by themselves and among others. */
const line = fc.record({
  id: fc.uuid(),
  type: fc.constantFrom('ccx_preferences', 'ccx_preferences_special', 'ccx_interactions'),
  attributes: fc.subarray(paths),
  purposes: fc.constant(['dpv:ServicePersonalisation']),
  touchpoints: some('till', 'web'),
  stages: fc.oneof(some('exploring', 'shopping'), fc.constant([...stages])),
  delivery: fc.oneof(some('live', 'bulk', 'offline'), fc.constant(['live', 'offline'])),
  expires_at: fc.constantFrom('2027-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
}) as unknown as fc.Arbitrary<ConsentDetail>;

describe('what a snapshot may hold', () => {
  it('is never a special attribute, and nothing that not one single line allows to be had offline', () => {
    let held = 0;
    fc.assert(
      fc.property(preferences, question, fc.array(line, { maxLength: 4 }), (all, asked, details) => {
        const { stage, at } = asked;
        const circumstances = {
          purpose: 'dpv:ServicePersonalisation',
          touchpoint: 'till',
          stage,
          delivery: 'offline',
        } as const;
        const permission = { details, touchpoints: ['till', 'web'], menu: { till: paths }, withheld: [] };
        const seen = view(documentsOf(all), vocabulary, permission, circumstances, { ...asked, touchpoint: 'till' });
        const told = [...seen.attributes, ...seen.told, ...seen.preferences.map(({ attribute }) => attribute)];
        expect(told.filter((path) => special.includes(path))).toEqual([]);
        for (const path of told) {
          expect(details.some((detail) => covers(detail, path, circumstances, at))).toBe(true);
        }
        held += seen.preferences.length;
      }),
      { numRuns: 5_000 },
    );
    // It would be easy to hold nothing special by holding nothing.
    expect(special.length).toBeGreaterThan(1);
    expect(held).toBeGreaterThan(20);
  });
});
