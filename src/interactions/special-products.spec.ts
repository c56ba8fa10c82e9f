import fc from 'fast-check';

import { type SpecialClass, specialClasses } from '../consents/special-products.js';
import type { JsonObject } from '../platform/json.js';
import { readEvent } from './cloud-event.js';
import { cloudEventType, eventTypes } from './event-types.js';
import { exampleOf } from './interactions.examples.js';
import { hasWithheld, NO_SPECIAL, specialClassOf, withheld } from './special-products.js';

const bread = { scheme: 'retailer', code: 'B-1', label: 'Rye bread', category: 'bakery' };
const tablets = { scheme: 'gtin', code: '4006381333931', label: 'Tablets', brand_name: 'Relief', gpc: '10000857' };
const crutches = { scheme: 'retailer', code: 'C-9', special: 'mobility_aid' };
const only = (...classes: SpecialClass[]) => new Set(classes);
const sale = (...products: JsonObject[]): { data: JsonObject } => ({
  data: {
    currency: 'GBP',
    total: 4200,
    lines: products.map((product) => ({ product, quantity: '2', unit: 'EA', unit_price: 700, discount: 10 })),
  },
});
const lineOf = (product: JsonObject) => sale(product).data.lines;

describe('a special product', () => {
  it('leaves nothing behind but that there was one, how many, and the total', () => {
    expect(withheld(sale(bread, tablets), NO_SPECIAL)).toEqual({
      data: {
        currency: 'GBP',
        total: 4200,
        lines: [...(lineOf(bread) as JsonObject[]), { product: { category: 'withheld' }, quantity: '2' }],
      },
      withheld: ['pharmacy'],
    });
  });

  it('is kept where the customer has consented to its class, and only there', () => {
    const event = sale(tablets, crutches);
    expect(withheld(event, only('pharmacy', 'mobility_aid'))).toEqual({ ...event, withheld: [] });
    expect(withheld(event, only('pharmacy'))).toMatchObject({
      data: { lines: [{ product: tablets, unit_price: 700 }, { product: { category: 'withheld' } }] },
      withheld: ['mobility_aid'],
    });
    expect(withheld(event, only('test')).withheld).toEqual(['pharmacy', 'mobility_aid']);
  });

  it('is of the class that the retailer names, whatever its classification', () => {
    expect(specialClassOf({ ...tablets, special: 'maternity' })).toBe('maternity');
    expect(specialClassOf(bread)).toBeNull();
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['a page', { page: 'product', product: tablets }, { page: 'product', product: { category: 'withheld' } }],
    [
      'a department',
      { store: 's', department: { category: 'rx', gpc: '51000000' } },
      { store: 's', department: { category: 'withheld' } },
    ],
    [
      'a list',
      { task: 'find', products: [bread, tablets] },
      { task: 'find', products: [bread, { category: 'withheld' }] },
    ],
    [
      'a fitting',
      { items: [{ product: crutches, fit: 'too_small', outcome: 'left' }] },
      { items: [{ product: { category: 'withheld' }, outcome: 'left' }] },
    ],
    ['a rating', { rating: 2, product: tablets }, { rating: 2, product: { category: 'withheld' } }],
  ])('is withheld in %s, too', (_, data, kept) => {
    expect(withheld({ data }, NO_SPECIAL).data).toEqual(kept);
    expect(hasWithheld(kept)).toBe(true);
    expect(hasWithheld(data)).toBe(false);
  });
});

describe('what is withheld', () => {
  const product = fc.record(
    {
      scheme: fc.constant('retailer'),
      code: fc.constant('SECRET-CODE'),
      label: fc.constant('Secret label'),
      gpc: fc.constantFrom('10000857', '50000000', '51110000'),
      special: fc.constantFrom(...specialClasses),
    },
    { requiredKeys: ['scheme', 'code'] },
  );
  const events = fc
    .array(product, { minLength: 1, maxLength: 5 })
    .map((products) => sale(...(products as JsonObject[])));
  const consents = fc.subarray([...specialClasses]).map((classes) => only(...classes));

  it('is the same whatever was consented to before: nothing can be guessed from a hash of it', () => {
    fc.assert(
      fc.property(events, consents, (event, mayKeep) => {
        const kept = withheld(event, mayKeep);
        expect(withheld(kept, NO_SPECIAL).data).toEqual(withheld(event, NO_SPECIAL).data);
        expect(withheld(kept, mayKeep)).toEqual({ data: kept.data, withheld: [] });
      }),
    );
  });

  it('holds nothing of a special product', () => {
    fc.assert(
      fc.property(events, (event) => {
        const { data } = withheld(event, NO_SPECIAL);
        const products = (data.lines as JsonObject[]).map((line) => line.product as JsonObject);
        expect(products.filter((kept) => specialClassOf(kept) !== null)).toEqual([]);
      }),
    );
  });
});

describe('an event with something withheld', () => {
  it.each(eventTypes.map((type) => [type.name, type] as const))('of type %s can be sent in that form', (_, type) => {
    const event = exampleOf(type);
    const marked = JSON.parse(
      JSON.stringify(event).replaceAll('"scheme":', '"special":"test","scheme":'),
    ) as JsonObject;
    expect(readEvent(marked).errors).toEqual([]);
    const { data } = withheld({ data: marked.data as JsonObject }, NO_SPECIAL);
    expect(readEvent({ ...event, data }).errors).toEqual([]);
  });

  it('names either a product or nothing of it', () => {
    const pointers = (data: JsonObject) =>
      readEvent({
        ...exampleOf(eventTypes[0]!),
        type: cloudEventType('review.posted'),
        data: { rating: 1, product: data },
      }).errors.map(({ pointer }) => pointer);
    expect(pointers({ category: 'withheld' })).toEqual([]);
    expect(pointers({ category: 'bakery' })).toEqual(['/data/product/scheme', '/data/product/code']);
    expect(pointers({ category: 'withheld', label: 'Tablets' })).toEqual([
      '/data/product/scheme',
      '/data/product/code',
    ]);
    expect(pointers({ ...bread, special: 'secret' })).toEqual(['/data/product/special']);
  });
});
