import * as fc from 'fast-check';

import { askedDetails, linesOf } from '../../test/support/arbitrary-details.js';
import { purposes, touchpoints } from '../vocabulary/code-lists.js';
import { ccxCore100 } from '../vocabulary/ccx-core/1.0.0.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';
import { type AskedDetail, type AskedPreferences, isSpecialDetail } from './detail.js';
import { applyRules, type AskingRetailer, type Rule, type Verdict } from './rule.js';

const vocabulary = new Vocabulary(ccxCore100);
const albatross: AskingRetailer = {
  id: '019aa6a0-7c00-7000-8000-00000000a1b2',
  sectors: ['grocery', 'home'],
  isActive: true,
  takenBackAt: null,
};
const other = '019aa6a0-7c00-7000-8000-00000000c3d4';

const substitution: AskedPreferences = {
  id: '019aa7c2-5d11-7b60-a4d2-0c9e5f713b28',
  type: 'ccx_preferences',
  attributes: ['fulfilment.substitution'],
  purposes: ['dpv:DeliveryOfGoods'],
  touchpoints: ['web', 'app'],
  stages: ['shopping'],
  delivery: ['live'],
  retention: 'P30D',
};
const shoes: AskedPreferences = {
  ...substitution,
  id: '019aa7c2-5d12-7c41-b9f3-51e7a2d6c804',
  attributes: ['size.footwear'],
  purposes: ['dpv:ServicePersonalisation', 'dpv:Marketing'],
};
const shared: AskedPreferences = { ...substitution, recipients: ['Parcel Service'] };
const sales: AskedDetail = {
  id: '019aa7c2-5d13-7d58-8a16-3f60b1c9e725',
  type: 'ccx_interactions',
  event_types: ['transaction.completed'],
  purposes: ['dpv:DeliveryOfGoods'],
  touchpoints: ['web'],
  late_reporting: 'P3D',
};
const allergens: AskedDetail = {
  ...substitution,
  type: 'ccx_preferences_special',
  attributes: ['food.allergen'],
};

const made = new Date('2026-11-21T10:00:00Z');
let count = 0;
const aRule = (terms: Partial<Rule>): Rule => {
  const id = `019aa7d3-41c0-7f25-b6a8-${String(++count).padStart(12, '0')}`;
  const name = `Rule ${count}`;
  return { id, name, effect: 'refuse', when: {}, lifetimeDays: null, enabled: true, updatedAt: made, ...terms };
};
const refusing = (when: Rule['when'] = {}) => aRule({ when });
const allowing = (when: Rule['when'] = {}, lifetimeDays: number | null = null) =>
  aRule({
    effect: 'allow',
    when: { attributes: ['fulfilment.substitution'], purposes: ['dpv:DeliveryOfGoods'], ...when },
    lifetimeDays,
  });

const asking = (details: readonly AskedDetail[]) => ({
  details: [...details],
  use: 'standing' as const,
  action: 'merge' as const,
});
const judge = (rules: readonly Rule[], details: readonly AskedDetail[], retailer = albatross): Verdict =>
  applyRules(rules, asking(details), retailer, vocabulary);
const struckIn = ({ struck }: Verdict) => struck.map(({ detail }) => detail.id);

describe('a rule that refuses', () => {
  it.each([
    ['everything, when it names nothing', {}, substitution],
    ['a sector', { sectors: ['home' as const] }, substitution],
    ['a retailer', { retailer_ids: [other, albatross.id] }, substitution],
    ['one of the purposes', { purposes: ['dpv:Marketing' as const] }, shoes],
    ['one of the touchpoints', { touchpoints: ['app' as const] }, substitution],
    ['an attribute', { attributes: ['size.footwear'] }, shoes],
    ['a category', { attributes: ['size'] }, shoes],
    ['a special attribute', { attributes: ['food.allergen'] }, allergens],
    ['a category with its special attributes', { attributes: ['food'] }, allergens],
    ['reports for a purpose', { purposes: ['dpv:DeliveryOfGoods' as const] }, sales],
    ['what is passed on', { third_party_sharing: true as const }, shared],
  ])('meets %s', (_, when, detail) => {
    const rule = refusing(when);
    const ref = { id: rule.id, name: rule.name };
    expect(judge([rule], [detail])).toEqual({ outcome: 'refuse', struck: [{ detail, rule: ref }], rule: ref });
  });

  it.each([
    ['another sector', { sectors: ['fashion' as const] }, substitution],
    ['another retailer', { retailer_ids: [other] }, substitution],
    ['another purpose', { purposes: ['dpv:CustomerCare' as const] }, shoes],
    ['another touchpoint', { touchpoints: ['till' as const] }, substitution],
    ['another attribute', { attributes: ['size.apparel'] }, shoes],
    ['attributes, when events are reported', { attributes: ['fulfilment'] }, sales],
    ['what is passed on, when nothing is', { third_party_sharing: true as const }, substitution],
    ['only some of what it names together', { attributes: ['size'], touchpoints: ['till' as const] }, shoes],
  ])('does not meet %s', (_, when, detail) => {
    expect(judge([refusing(when)], [detail])).toEqual({ outcome: 'ask', struck: [] });
  });

  it('strikes the lines that it meets, and the customer is asked for the others', () => {
    const verdict = judge([refusing({ purposes: ['dpv:Marketing'] })], [substitution, shoes, sales]);
    expect(verdict).toMatchObject({ outcome: 'ask', struck: [{ detail: shoes }] });
  });

  it('is stronger than one that allows', () => {
    expect(judge([allowing(), refusing({ touchpoints: ['web'] })], [substitution]).outcome).toBe('refuse');
  });

  it('leaves what remains to one that allows', () => {
    const allow = allowing();
    const verdict = judge([refusing({ attributes: ['size'] }), allow], [substitution, shoes]);
    expect(verdict).toMatchObject({ outcome: 'allow', rule: allow, struck: [{ detail: shoes }] });
  });

  it('is named as the oldest of those that refuse', () => {
    const [first, second] = [refusing(), refusing()];
    expect(judge([second, first], [substitution, sales])).toMatchObject({ rule: { id: first.id, name: first.name } });
  });
});

describe('a rule that allows', () => {
  it.each([
    ['an attribute for a purpose', {}],
    ['one of several attributes', { attributes: ['fulfilment.substitution', 'size.footwear'] }],
    ['more purposes than are asked for', { purposes: ['dpv:DeliveryOfGoods' as const, 'dpv:Marketing' as const] }],
    ['a sector of the retailer', { sectors: ['grocery' as const] }],
    ['the retailer', { retailer_ids: [albatross.id] }],
    ['all of the touchpoints', { touchpoints: ['till' as const, 'web' as const, 'app' as const] }],
  ])('approves %s', (_, when) => {
    const rule = allowing(when);
    expect(judge([rule], [substitution])).toEqual({ outcome: 'allow', struck: [], rule });
  });

  it.each([
    ['other attributes besides', {}, { ...substitution, attributes: ['fulfilment.substitution', 'size.footwear'] }],
    ['other purposes besides', { attributes: ['size.footwear'], purposes: ['dpv:Marketing' as const] }, shoes],
    ['what has joined a category that it named', { attributes: ['fulfilment'] }, substitution],
    ['other touchpoints besides', { touchpoints: ['web' as const] }, substitution],
    ['another sector', { sectors: ['fashion' as const] }, substitution],
    ['another retailer', { retailer_ids: [other] }, substitution],
    ['what is passed on, unless it says so', {}, shared],
    ['copies ahead of time', {}, { ...substitution, delivery: ['live' as const, 'bulk' as const] }],
    ['reports', {}, sales],
    ['special attributes', { attributes: ['food', 'food.allergen'] }, allergens],
  ])('leaves %s to the customer', (_, when, detail) => {
    expect(judge([allowing(when)], [detail])).toEqual({ outcome: 'ask', struck: [] });
  });

  it('approves what is passed on if it says so', () => {
    expect(judge([allowing({ third_party_sharing: true })], [shared]).outcome).toBe('allow');
  });

  it('approves all that is left or nothing, and never together with another rule', () => {
    const both = [
      allowing(),
      allowing({ attributes: ['size.footwear'], purposes: ['dpv:ServicePersonalisation', 'dpv:Marketing'] }),
    ];
    expect(judge(both, [substitution]).outcome).toBe('allow');
    expect(judge(both, [shoes]).outcome).toBe('allow');
    expect(judge(both, [substitution, shoes]).outcome).toBe('ask');
  });

  it('is the one that allows it for longest', () => {
    const rules = [allowing({}, 30), allowing({}, 90), allowing({}, 90), allowing({}, 7)];
    expect(judge(rules, [substitution])).toMatchObject({ rule: rules[1] });
    const unbounded = allowing();
    expect(judge([...rules, unbounded], [substitution])).toMatchObject({ rule: unbounded });
  });

  it('gives nothing to a retailer that is suspended', () => {
    expect(judge([allowing()], [substitution], { ...albatross, isActive: false })).toEqual({
      outcome: 'ask',
      struck: [],
    });
  });

  it('gives nothing once: for that somebody has to be there', () => {
    const asked = { ...asking([substitution]), use: 'once' as const };
    expect(applyRules([allowing()], asked, albatross, vocabulary).outcome).toBe('ask');
  });

  it('puts nothing in the place of what is given: that would end it', () => {
    const asked = { ...asking([substitution]), action: 'replace' as const };
    expect(applyRules([allowing()], asked, albatross, vocabulary).outcome).toBe('ask');
  });

  it('gives nothing again that was taken back since it says so; one that refuses is as strong as ever', () => {
    const at = (seconds: number) => ({ ...albatross, takenBackAt: new Date(made.getTime() + seconds * 1000) });
    expect(judge([allowing()], [substitution], at(-1)).outcome).toBe('allow');
    expect(judge([allowing()], [substitution], at(0)).outcome).toBe('ask');
    expect(judge([allowing(), refusing()], [substitution], at(1)).outcome).toBe('refuse');
  });
});

/** Rules that often meet the lines of `askedDetails`. */
const some = <T>(from: readonly T[]) => fc.subarray([...from], { minLength: 1 });
const conditions = fc.record(
  {
    sectors: some(['grocery', 'home', 'fashion'] as const),
    retailer_ids: some([albatross.id, other]),
    purposes: some(purposes.slice(0, 4)),
    attributes: some(['contact', 'contact.marketing', 'size', 'size.footwear', 'food', 'food.allergen']),
    touchpoints: some(touchpoints.slice(0, 4)),
    third_party_sharing: fc.constant(true as const),
  },
  { requiredKeys: [] },
);
const rule: fc.Arbitrary<Rule> = fc.record({
  id: fc.uuid(),
  name: fc.constantFrom('One', 'Another'),
  effect: fc.constantFrom('allow', 'refuse'),
  when: conditions,
  lifetimeDays: fc.constantFrom(null, 30, 90),
  enabled: fc.boolean(),
  updatedAt: fc.constant(made),
});
const rules = linesOf(rule, 6);
const runs = { numRuns: 1000 };

describe('the rules of a customer', () => {
  it('say the same in whichever order they are given', () => {
    const shuffled = rules.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, askedDetails, ([all, again], details) => {
        expect(judge(again, details)).toEqual(judge(all, details));
      }),
      runs,
    );
  });

  it('strike exactly the lines that one of those that refuse would strike by itself', () => {
    fc.assert(
      fc.property(rules, askedDetails, (all, details) => {
        const alone = details.filter((detail) =>
          all.some((one) => one.effect === 'refuse' && judge([one], [detail]).outcome === 'refuse'),
        );
        expect(struckIn(judge(all, details))).toEqual(alone.map(({ id }) => id));
      }),
      runs,
    );
  });

  it('refuse a request exactly when every line of it is struck', () => {
    fc.assert(
      fc.property(rules, askedDetails, (all, details) => {
        const verdict = judge(all, details);
        expect(verdict.outcome === 'refuse').toBe(verdict.struck.length === details.length);
      }),
      runs,
    );
  });

  it('allow a request exactly when one of them allows each line that is left by itself', () => {
    fc.assert(
      fc.property(rules, askedDetails, (all, details) => {
        const verdict = judge(all, details);
        const left = details.filter(({ id }) => !struckIn(verdict).includes(id));
        const allows = (one: Rule) => left.every((detail) => judge([one], [detail]).outcome === 'allow');
        expect(verdict.outcome === 'allow').toBe(left.length > 0 && all.some(allows));
        if (verdict.outcome === 'allow') expect(allows(verdict.rule)).toBe(true);
      }),
      runs,
    );
  });

  it('never allow anything special', () => {
    const requests = askedDetails.filter((details) => details.some(isSpecialDetail));
    fc.assert(
      fc.property(rules, requests, (all, details) => {
        expect(judge(all, details).outcome).not.toBe('allow');
      }),
      runs,
    );
  });

  it('never allow anything to a retailer that is suspended', () => {
    fc.assert(
      fc.property(rules, askedDetails, (all, details) => {
        expect(judge(all, details, { ...albatross, isActive: false }).outcome).not.toBe('allow');
      }),
      runs,
    );
  });

  it('never give a line because one that refuses joins them', () => {
    fc.assert(
      fc.property(rules, rule, askedDetails, (all, joining, details) => {
        const after = judge([...all, { ...joining, effect: 'refuse' }], details);
        expect(struckIn(after)).toEqual(expect.arrayContaining(struckIn(judge(all, details))));
        const given = after.outcome === 'allow' ? details.filter(({ id }) => !struckIn(after).includes(id)) : [];
        // Each was allowed before, when asked for by itself; what kept it from being given has been struck.
        expect(given.map((detail) => judge(all, [detail]).outcome)).toEqual(given.map(() => 'allow'));
      }),
      runs,
    );
  });

  it('say the same without one that is switched off', () => {
    fc.assert(
      fc.property(rules, askedDetails, (all, details) => {
        const inForce = all.filter(({ enabled }) => enabled);
        expect(judge(all, details)).toEqual(judge(inForce, details));
      }),
      runs,
    );
  });
});
