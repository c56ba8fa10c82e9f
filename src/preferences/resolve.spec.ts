import type { JsonValue } from '../platform/json.js';
import { documentsOf, vocabulary } from '../../test/support/arbitrary-preferences.js';
import type { Preference } from './preference.js';
import { type Question, resolve } from './resolve.js';

const GROCER = 'a0000000-0000-7000-8000-00000000000a';
const TAILOR = 'b0000000-0000-7000-8000-00000000000b';

type Extra = Partial<Omit<Preference, 'id' | 'attribute' | 'key' | 'value' | 'strength'>>;

/** A preference as a sentence: `says('p1', 'food.allergen', { code: 'AP' }, 'never')`. */
function says(id: string, attribute: string, value: JsonValue, strength: Preference['strength'], extra: Extra = {}) {
  const key = vocabulary.keyOf(attribute, value);
  const at = '2026-01-01T00:00:00.000Z';
  const provenance = { kind: 'stated', source: 'customer', at } as const;
  const rest = { provenance, status: 'active', version: 1, recorded_at: at, updated_at: at } as const;
  return { id, attribute, key, value, strength, applies_to: { level: 'everyone' }, ...rest, ...extra } as Preference;
}

const atGrocer: Extra = { applies_to: { level: 'retailer', retailer_id: GROCER } };
const atGroceries: Extra = { applies_to: { level: 'sector', sector: 'grocery' } };

const somewhere: Question = {
  retailer: GROCER,
  sectors: ['grocery'],
  touchpoint: 'till',
  stage: 'shopping',
  place: { country: 'DE', region: 'DE-BY', store: '42' },
  occasion: null,
  at: new Date('2026-07-06T12:00:00Z'),
};

const ask = (stated: Preference[], asked: Partial<Question> = {}) =>
  resolve(documentsOf(stated), vocabulary, { ...somewhere, ...asked });
const held = (stated: Preference[], asked: Partial<Question> = {}) =>
  ask(stated, asked).effective.map(({ value, strength }) => [value, strength]);
const told = (stated: Preference[], asked: Partial<Question> = {}) =>
  Object.fromEntries(ask(stated, asked).explain.map(({ preference_id, reason }) => [preference_id, reason]));

describe('to whom a preference applies', () => {
  const paper = says('everyone', 'receipt.delivery', { form: 'paper' }, 'want');
  const email = says('groceries', 'receipt.delivery', { form: 'email' }, 'want', atGroceries);
  const app = says('grocer', 'receipt.delivery', { form: 'app' }, 'want', atGrocer);

  it.each([
    ['a retailer of another sector', { retailer: TAILOR, sectors: ['fashion'] }, 'paper'],
    ['a retailer of the sector', { retailer: TAILOR, sectors: ['fashion', 'grocery'] }, 'email'],
    ['the retailer itself', {}, 'app'],
    ['nobody in particular', { retailer: null, sectors: [] }, 'paper'],
  ])('%s gets %s', (_, asked, form) => {
    expect(held([app, paper, email], asked)).toEqual([[{ form }, 'want']]);
  });

  it('is explained', () => {
    expect(told([app, paper, email])).toEqual({
      everyone: 'less_specific',
      groceries: 'less_specific',
      grocer: 'most_specific',
    });
    expect(told([app, paper, email], { retailer: TAILOR, sectors: [] })).toEqual({
      everyone: 'only',
      groceries: 'other_sector',
      grocer: 'other_retailer',
    });
  });

  it('counts for more than any context', () => {
    const everywhere = says('context', 'receipt.delivery', { form: 'none' }, 'want', {
      context: { stage: ['shopping'], touchpoint: ['till'], place: { country: 'DE' } },
    });
    expect(held([app, everywhere])).toEqual([[{ form: 'app' }, 'want']]);
  });
});

describe('the context of a preference', () => {
  it.each<[string, Preference['context'], Partial<Question>, string | null]>([
    ['its touchpoint', { touchpoint: ['till', 'kiosk'] }, {}, null],
    ['another touchpoint', { touchpoint: ['web'] }, {}, 'other_touchpoint'],
    ['no touchpoint', { touchpoint: ['web'] }, { touchpoint: null }, 'other_touchpoint'],
    ['its stage', { stage: ['shopping'] }, {}, null],
    ['another stage', { stage: ['exploring'] }, {}, 'other_stage'],
    ['its country', { place: { country: 'DE' } }, {}, null],
    ['another region', { place: { country: 'DE', region: 'DE-BE' } }, {}, 'other_place'],
    ['an unknown place', { place: { country: 'DE' } }, { place: null }, 'other_place'],
    ['its occasion', { occasion: 'gift' }, { occasion: 'gift' }, null],
    ['no occasion', { occasion: 'gift' }, {}, 'other_occasion'],
    ['its hours', { time: { time_zone: 'Europe/Berlin', from: '12:00', to: '15:00' } }, {}, null],
    ['other hours', { time: { time_zone: 'Europe/Berlin', from: '21:00', to: '08:00' } }, {}, 'other_time'],
    ['one match and one mismatch', { stage: ['shopping'], occasion: 'gift' }, {}, 'other_occasion'],
  ])('at %s', (_, context, asked, mismatch) => {
    const stated = says('p', 'receipt.delivery', { form: 'none' }, 'want', { context });
    expect(told([stated], asked)).toEqual({ p: mismatch ?? 'only' });
    expect(held([stated], asked)).toHaveLength(mismatch ? 0 : 1);
  });

  it('makes it more specific with each predicate, and each part of a place is one', () => {
    const stated = (id: string, form: string, context?: Preference['context']) =>
      says(id, 'receipt.delivery', { form }, 'want', { context });
    const general = stated('general', 'paper');
    const country = stated('country', 'email', { place: { country: 'DE' } });
    const store = stated('store', 'app', { place: { country: 'DE', store: '42' } });
    expect(held([store, country, general])).toEqual([[{ form: 'app' }, 'want']]);
    expect(held([store, country, general], { place: { country: 'DE' } })).toEqual([[{ form: 'email' }, 'want']]);
    expect(held([store, country, general], { place: null })).toEqual([[{ form: 'paper' }, 'want']]);
  });

  it('being equal, the newer wins, then the greater id', () => {
    const till = says('a', 'receipt.delivery', { form: 'paper' }, 'want', { context: { touchpoint: ['till'] } });
    const shopping = says('b', 'receipt.delivery', { form: 'app' }, 'want', { context: { stage: ['shopping'] } });
    expect(told([till, shopping])).toEqual({ a: 'older', b: 'newest' });
    const newer = { ...till.provenance, at: '2026-02-01T00:00:00.000Z' };
    expect(told([{ ...till, provenance: newer }, shopping])).toEqual({ a: 'newest', b: 'older' });
  });

  it('is no newer for having been confirmed, nor for having been stated at another broker first', () => {
    const till = says('a', 'receipt.delivery', { form: 'paper' }, 'want', { context: { touchpoint: ['till'] } });
    const shopping = says('b', 'receipt.delivery', { form: 'app' }, 'want', { context: { stage: ['shopping'] } });
    const later = '2026-02-01T00:00:00.000Z';
    expect(told([{ ...till, updated_at: later }, shopping])).toEqual({ a: 'older', b: 'newest' });
    const provenance = { ...till.provenance, at: later, original: till.provenance };
    expect(told([{ ...till, provenance }, shopping])).toEqual({ a: 'older', b: 'newest' });
  });
});

describe('an allergy', () => {
  const never = says('never', 'food.allergen', { code: 'AP' }, 'never');
  const avoid = says('avoid', 'food.allergen', { code: 'AP' }, 'avoid', atGrocer);

  it('is not weakened by something softer and narrower', () => {
    expect(held([avoid, never])).toEqual([[{ code: 'AP' }, 'never']]);
    expect(told([avoid, never])).toEqual({ never: 'hardest', avoid: 'softer' });
  });

  it('is, when that overrides', () => {
    expect(held([{ ...avoid, override: true }, never])).toEqual([[{ code: 'AP' }, 'avoid']]);
    expect(told([{ ...avoid, override: true }, never])).toEqual({ never: 'overridden', avoid: 'overrides' });
  });

  it('adds to others', () => {
    expect(held([never, says('eggs', 'food.allergen', { code: 'AE' }, 'avoid', atGrocer)])).toEqual([
      [{ code: 'AE' }, 'avoid'],
      [{ code: 'AP' }, 'never'],
    ]);
  });
});

describe('a brand that is disliked in general', () => {
  it('may be wanted at one retailer: want and avoid are equally hard', () => {
    const avoid = says('avoid', 'brand.affinity', { brand: 'Acme' }, 'avoid');
    const want = says('want', 'brand.affinity', { brand: 'ACME' }, 'want', { ...atGrocer, weight: 80 });
    expect(ask([avoid, want]).effective).toEqual([
      {
        attribute: 'brand.affinity',
        key: 'acme',
        value: { brand: 'ACME' },
        strength: 'want',
        weight: 80,
        sources: ['want'],
      },
    ]);
  });
});

describe('contact by field', () => {
  const general = says('general', 'contact.marketing', { email: true, sms: false, max_per_week: 2 }, 'must');
  const quiet = says('quiet', 'contact.marketing', { email: false, push: false }, 'must', {
    context: { time: { time_zone: 'Europe/Berlin', from: '21:00', to: '08:00' } },
  });
  const grocer = says('grocer', 'contact.marketing', { sms: true, max_per_week: 5 }, 'want', atGrocer);

  it('keeps the strictest of each field', () => {
    expect(held([grocer, general])).toEqual([[{ email: true, sms: false, max_per_week: 2 }, 'must']]);
    expect(told([grocer, general])).toEqual({ grocer: 'combined', general: 'combined' });
  });

  it('lets an override loosen the fields that it names, and no others', () => {
    expect(held([{ ...grocer, value: { sms: true }, override: true }, general])).toEqual([
      [{ email: true, sms: true, max_per_week: 2 }, 'must'],
    ]);
  });

  it('loses whoever is overridden in every field', () => {
    const all = { ...grocer, value: { email: true, sms: true, max_per_week: 9 }, override: true } as Preference;
    expect(held([all, general])).toEqual([[all.value, 'want']]);
    expect(told([all, general])).toEqual({ general: 'overridden', grocer: 'overrides' });
  });

  it('closes e-mail in quiet hours and says until when that holds', () => {
    const day = ask([general, quiet]);
    expect(day.effective[0]?.value).toEqual({ email: true, sms: false, max_per_week: 2 });
    expect(day.valid_until).toEqual(new Date('2026-07-06T19:00:00Z'));
    const night = ask([general, quiet], { at: new Date('2026-07-06T19:00:00Z') });
    expect(night.effective[0]?.value).toEqual({ email: false, sms: false, push: false, max_per_week: 2 });
    expect(night.valid_until).toEqual(new Date('2026-07-07T06:00:00Z'));
  });

  it('intersects topics down to none', () => {
    const offers = says('offers', 'contact.marketing', { topics: ['offers', 'events'] }, 'want');
    const surveys = says('surveys', 'contact.marketing', { topics: ['surveys'] }, 'want', atGrocer);
    expect(held([offers, surveys])).toEqual([[{ topics: [] }, 'want']]);
  });
});

describe('a substitution', () => {
  it('must keep all that any statement wants kept', () => {
    const brand = says('brand', 'fulfilment.substitution', { allowed: true, keep: ['brand'] }, 'want');
    const diet = says('diet', 'fulfilment.substitution', { allowed: true, keep: ['diet'] }, 'must', atGroceries);
    expect(held([brand, diet])).toEqual([[{ allowed: true, keep: ['brand', 'diet'] }, 'must']]);
  });
});

describe('the life of a preference', () => {
  const summer: Extra = { valid_from: '2026-07-01T00:00:00Z', valid_until: '2026-08-01T00:00:00Z' };
  const stated = says('p', 'receipt.delivery', { form: 'app' }, 'want', summer);

  it.each([
    ['2026-06-30T23:59:59.999Z', 'not_yet_valid', '2026-07-01T00:00:00.000Z'],
    ['2026-07-01T00:00:00.000Z', 'only', '2026-08-01T00:00:00.000Z'],
    ['2026-07-31T23:59:59.999Z', 'only', '2026-08-01T00:00:00.000Z'],
    ['2026-08-01T00:00:00.000Z', 'no_longer_valid', undefined],
  ])('at %s it is %s', (at, reason, until) => {
    const { explain, valid_until } = ask([stated], { at: new Date(at) });
    expect(explain[0]?.reason).toBe(reason);
    expect(valid_until?.toISOString()).toBe(until);
  });

  it('begins when it is confirmed', () => {
    expect(told([{ ...stated, status: 'pending' }])).toEqual({ p: 'pending' });
    expect(held([{ ...stated, status: 'pending' }])).toEqual([]);
  });

  it('bounds no answer to which it cannot belong', () => {
    const elsewhere = { ...stated, applies_to: { level: 'retailer', retailer_id: TAILOR } } as Preference;
    expect(ask([elsewhere]).valid_until).toBeNull();
  });
});

describe('what was never stated', () => {
  it('is nothing', () => {
    expect(ask([])).toEqual({ effective: [], explain: [], valid_until: null });
  });

  it('nor is what the vocabulary does not know', () => {
    const unknown = { ...says('p', 'receipt.delivery', {}, 'want'), attribute: 'receipt.colour' };
    expect(told([unknown])).toEqual({ p: 'unknown_attribute' });
  });
});
