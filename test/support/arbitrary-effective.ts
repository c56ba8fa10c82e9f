import * as fc from 'fast-check';

import type { JsonValue } from '../../src/platform/json.js';
import type { Rendered } from '../../src/preferences/rendering.js';
import { vocabulary } from './arbitrary-preferences.js';

type Preference = Rendered['preferences'][number];

/** Some or all of the members, at least one. */
const some = (members: Record<string, fc.Arbitrary<unknown>>, required: string[] = []) =>
  fc.record(members, { requiredKeys: required }).filter((value) => Object.keys(value).length > 0);

const codesOf = (list: string) => vocabulary.release.code_lists[list]!.codes.map(({ code }) => code);
const oneOf = (list: string) => fc.constantFrom(...codesOf(list));
const severalOf = (list: string) => fc.subarray(codesOf(list));
const channels = Object.fromEntries(['email', 'sms', 'phone', 'post', 'push'].map((name) => [name, fc.boolean()]));
const word = fc.constantFrom('Acme', 'Green Points', 'Garden tools', 'Weleda');

const values: Record<string, fc.Arbitrary<unknown>> = {
  'accessibility.display': fc.record({ needs: severalOf('display_need') }),
  'assistance.style': fc.record({ style: oneOf('assistance_style') }),
  'brand.affinity': fc.record({ brand: word }),
  'category.interest': fc.record({ name: word }),
  'contact.marketing': some({
    ...channels,
    social: fc.boolean(),
    in_person: fc.boolean(),
    topics: severalOf('marketing_topic'),
    max_per_week: fc.constantFrom(0, 1, 7),
  }),
  'contact.service': some(channels),
  'food.allergen': fc.record({ code: fc.constantFrom('AP', 'AE', 'AM') }),
  'food.diet': fc.record({ code: oneOf('gs1_diet') }),
  'fulfilment.delivery': fc.record({ method: oneOf('delivery_method') }),
  'language.spoken': fc.record({ language: fc.constantFrom('de', 'en', 'zh-Hant', 'es-419') }),
  'loyalty.membership': some({ programme: word, member_id: fc.constantFrom('4711', '0815') }, ['programme']),
  'payment.preference': fc.record({ method: oneOf('payment_method') }),
  'price.sensitivity': fc.record({ style: oneOf('price_style') }),
  'recommendations.personalised': some({ allowed: fc.boolean() }, ['allowed']),
  'returns.method': fc.record({ method: oneOf('return_method') }),
  'size.apparel': fc.record({ garment: oneOf('garment'), system: oneOf('gs1_size_system'), size: fc.constant('M') }),
  'size.footwear': fc.record({ system: oneOf('gs1_size_system'), size: fc.constantFrom('42.5', '8') }),
};

const preference = fc.constantFrom(...Object.keys(values)).chain((attribute) =>
  fc
    .record({
      value: values[attribute]! as fc.Arbitrary<JsonValue>,
      strength: fc.constantFrom(...vocabulary.attribute(attribute)!.strengths),
      weight: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
    })
    .map(({ value, strength, weight }): Preference => {
      const key = vocabulary.keyOf(attribute, value);
      return { attribute, key, value, strength, ...(weight !== undefined && { weight }) };
    }),
);

/** What may hold of everything together: one value for each attribute and key, in their order. */
export const effectivePreferences: fc.Arbitrary<Preference[]> = fc
  .uniqueArray(preference, { maxLength: 20, selector: ({ attribute, key }) => `${attribute} ${key}` })
  .map((all) => all.toSorted((a, b) => (`${a.attribute} ${a.key}` < `${b.attribute} ${b.key}` ? -1 : 1)));
