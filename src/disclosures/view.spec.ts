import * as fc from 'fast-check';

import { documentsOf, instant, preferences, question, vocabulary } from '../../test/support/arbitrary-preferences.js';
import { type Circumstances, covers } from '../consents/covers.js';
import type { ConsentDetail, PreferencesDetail, SpecialDetail } from '../consents/detail.js';
import type { Preference } from '../preferences/preference.js';
import type { Question } from '../preferences/resolve.js';
import { isSpecial } from '../vocabulary/attribute.js';
import { stages, touchpoints } from '../vocabulary/code-lists.js';
import { type NotSharedReason, type Permission, type View, view, whyNotShared } from './view.js';

const AT = new Date('2026-11-21T09:30:00Z');
const LATER = '2027-01-01T00:00:00.000Z';
const EARLIER = '2026-01-01T00:00:00.000Z';

const paths = vocabulary.attributes().map(({ path }) => path);

function line(some: Partial<PreferencesDetail> = {}): PreferencesDetail {
  return {
    id: 'line',
    type: 'ccx_preferences',
    attributes: ['size.footwear'],
    purposes: ['dpv:ServicePersonalisation'],
    touchpoints: ['till', 'web'],
    stages: [...stages],
    delivery: ['live'],
    retention: 'P30D',
    expires_at: LATER,
    ...some,
  };
}

const allergens: SpecialDetail = {
  ...line({ attributes: ['food.allergen'] }),
  type: 'ccx_preferences_special',
  statement: 'the hash of the statement',
};

const some = <T>(...all: T[]) => fc.subarray(all, { minLength: 1 });

const lines: fc.Arbitrary<ConsentDetail[]> = fc.array(
  fc
    .record({
      type: fc.constantFrom('ccx_preferences', 'ccx_preferences', 'ccx_preferences_special', 'ccx_interactions'),
      attributes: fc.subarray(paths),
      purposes: some('dpv:ServicePersonalisation', 'dpv:DeliveryOfGoods'),
      touchpoints: some('till', 'web', 'beacon'),
      stages: fc.oneof(some('exploring', 'shopping'), fc.constant([...stages])),
      delivery: some('live', 'bulk'),
      expires_at: fc.constantFrom(LATER, LATER, EARLIER, '2026-10-25T01:00:00.000Z'),
    })
    .map((members) => line(members as Partial<PreferencesDetail>) as ConsentDetail),
  { maxLength: 4 },
);

const permission: fc.Arbitrary<Permission> = fc.record({
  details: lines,
  touchpoints: fc.subarray(['till', 'web', 'app', 'beacon']),
  menu: fc.record({ till: fc.subarray(paths), beacon: fc.subarray(paths) }, { requiredKeys: [] }),
  withheld: fc.constantFrom([], [], [], ['paused' as const]),
});

interface Look {
  permission: Permission;
  circumstances: Circumstances;
  question: Question;
}

const look: fc.Arbitrary<Look> = fc
  .record({
    permission,
    purpose: fc.constantFrom('dpv:ServicePersonalisation', 'dpv:DeliveryOfGoods'),
    touchpoint: fc.constantFrom('till', 'web', 'beacon'),
    question,
  })
  .map(({ permission: allowed, purpose, touchpoint, question: asked }) => ({
    permission: allowed,
    circumstances: { purpose, touchpoint, stage: asked.stage, delivery: 'live' },
    question: { ...asked, touchpoint },
  }));

/** Where nothing stands in the way but what the lines are about. */
const openHanded: fc.Arbitrary<Look> = look.map(({ permission: { details }, circumstances, question: asked }) => ({
  permission: {
    details: details.map((detail) => ({
      ...detail,
      purposes: [circumstances.purpose],
      touchpoints: ['till', 'web'],
      stages: [...stages],
      delivery: ['live'],
      expires_at: LATER,
    })) as ConsentDetail[],
    touchpoints: ['till', 'web'],
    menu: { till: paths },
    withheld: [],
  },
  circumstances,
  question: asked,
}));

function seen(all: readonly Preference[], { permission: allowed, circumstances, question: asked }: Look): View {
  return view(documentsOf(all), vocabulary, allowed, circumstances, asked);
}

/** Whether an attribute may be seen, said in other words than the view's own. */
function maySee(path: string, { permission: allowed, circumstances, question: { at } }: Look): boolean {
  const attribute = vocabulary.attribute(path)!;
  const places: readonly string[] = attribute.touchpoints;
  const { touchpoint } = circumstances;
  const published = allowed.menu[touchpoint];
  const usual = touchpoint === 'web' || /^(language|loyalty|receipt|returns)\./.test(path);
  return (
    (touchpoint !== 'beacon' || path === 'contact.marketing') &&
    (published ? published.includes(path) : usual || touchpoint === 'beacon') &&
    allowed.withheld.length === 0 &&
    places.includes(circumstances.touchpoint) &&
    allowed.touchpoints.includes(circumstances.touchpoint) &&
    allowed.details.some(
      (detail) =>
        isSpecial(attribute) === (detail.type === 'ccx_preferences_special') && covers(detail, path, circumstances, at),
    )
  );
}

const runs = { numRuns: 500 };

describe('what a retailer gets', () => {
  it('is of exactly those attributes that one single line gives, at their touchpoint and the client’s', () => {
    fc.assert(
      fc.property(preferences, look, (all, asked) => {
        const { attributes, preferences: told } = seen(all, asked);
        expect(attributes).toEqual(paths.filter((path) => maySee(path, asked)));
        for (const { attribute } of told) expect(maySee(attribute, asked)).toBe(true);
      }),
      runs,
    );
  });

  it('never has a special attribute but by a line for it alone, of the type for special ones', () => {
    let told = 0;
    fc.assert(
      fc.property(preferences, openHanded, (all, asked) => {
        const consented = asked.permission.details.flatMap((detail) =>
          detail.type === 'ccx_preferences_special' ? detail.attributes : [],
        );
        const answer = seen(all, asked);
        const about = [...answer.attributes, ...answer.told, ...answer.preferences.map(({ attribute }) => attribute)];
        const special = about.filter((path) => isSpecial(vocabulary.attribute(path)!));
        expect(special.filter((path) => !consented.includes(path))).toEqual([]);
        told += answer.preferences.filter(({ attribute }) => special.includes(attribute)).length;
      }),
      { numRuns: 9_000 },
    );
    // It would be easy to tell nothing special by telling nothing.
    expect(told).toBeGreaterThan(50);
  });

  it('shows nothing of what is not shared, not even when it changes', () => {
    fc.assert(
      fc.property(preferences, look, (all, asked) => {
        const answer = seen(all, asked);
        const shared = all.filter(({ attribute }) => answer.attributes.includes(attribute));
        expect(seen(shared, asked)).toEqual(answer);
      }),
      runs,
    );
  });

  it('stays the same until its time is up', () => {
    fc.assert(
      fc.property(preferences, look, instant, (all, asked, other) => {
        const answer = seen(all, asked);
        const { at } = asked.question;
        expect(answer.validUntil?.getTime() ?? Infinity).toBeGreaterThan(at.getTime());
        fc.pre(at < other && (!answer.validUntil || other < answer.validUntil));
        expect(seen(all, { ...asked, question: { ...asked.question, at: other } })).toEqual(answer);
      }),
      { numRuns: 200 },
    );
  });

  it('is never more for a client that reaches less far, nor for a question about fewer attributes', () => {
    fc.assert(
      fc.property(look, fc.subarray(['till', 'web']), fc.subarray(paths), (asked, reach, wanted) => {
        const whole = seen([], asked).attributes;
        const reached = asked.permission.touchpoints.filter((place) => reach.includes(place));
        const narrower = seen([], { ...asked, permission: { ...asked.permission, touchpoints: reached } }).attributes;
        const fewer = seen([], { ...asked, question: { ...asked.question, attributes: new Set(wanted) } }).attributes;
        expect(whole).toEqual(expect.arrayContaining([...narrower]));
        expect(fewer).toEqual(whole.filter((path) => wanted.includes(path)));
      }),
      runs,
    );
  });
});

describe('why an attribute is not shared', () => {
  const menu = { till: ['size.footwear', 'size.apparel', 'food.allergen', 'food.diet', 'price.sensitivity'] };
  const allowed = (...details: ConsentDetail[]): Permission => ({
    details,
    touchpoints: [...touchpoints],
    menu,
    withheld: [],
  });
  const asked = { purpose: 'dpv:ServicePersonalisation', touchpoint: 'till', stage: 'shopping' };
  const why = (path: string, given: Permission, about: object = asked): NotSharedReason[] =>
    whyNotShared(vocabulary.attribute(path)!, given, about, AT);

  it('is nothing when it is shared', () => {
    expect(why('size.footwear', allowed(line()))).toEqual([]);
    expect(why('food.allergen', allowed(allergens))).toEqual([]);
  });

  const footwear = 'size.footwear';
  const substitution = 'fulfilment.substitution';
  const only = (attribute: string) => allowed(line({ attributes: [attribute] }));

  it.each<{ when: string; path?: string; given: Permission; about?: object; because: NotSharedReason[] }>([
    { when: 'there is no consent', given: allowed(), because: ['no_consent'] },
    { when: 'no line names it', path: 'size.apparel', given: allowed(line()), because: ['no_consent'] },
    { when: 'the line has ended', given: allowed(line({ expires_at: EARLIER })), because: ['no_consent'] },
    {
      when: 'it is special and in an ordinary line',
      path: 'food.allergen',
      given: only('food.allergen'),
      because: ['no_consent', 'special'],
    },
    {
      when: 'another special one is given',
      path: 'food.diet',
      given: allowed(allergens),
      because: ['no_consent', 'special'],
    },
    {
      when: 'it is ordinary and in a special line',
      given: allowed({ ...allergens, attributes: [footwear] }),
      because: ['no_consent'],
    },
    {
      when: 'it is special and given for another purpose',
      path: 'food.allergen',
      given: allowed({ ...allergens, purposes: ['dpv:DeliveryOfGoods'] }),
      because: ['purpose'],
    },
    {
      when: 'no retailer ever sees it',
      path: 'price.sensitivity',
      given: only('price.sensitivity'),
      because: ['private'],
    },
    {
      when: 'it is another purpose',
      given: allowed(line({ purposes: ['dpv:DeliveryOfGoods'] })),
      because: ['purpose'],
    },
    { when: 'it is another touchpoint', given: allowed(line({ touchpoints: ['web'] })), because: ['touchpoint'] },
    { when: 'it is not for this touchpoint', path: substitution, given: only(substitution), because: ['touchpoint'] },
    {
      when: 'the retailer has no use for it there',
      given: { ...allowed(line()), menu: { till: [] } },
      because: ['view'],
    },
    { when: 'a till usually has no use for it', given: { ...allowed(line()), menu: {} }, because: ['view'] },
    {
      when: 'it is special and not asked live',
      path: 'food.allergen',
      given: allowed({ ...allergens, delivery: ['live', 'offline'] }),
      about: { ...asked, delivery: 'offline' },
      because: ['special'],
    },
    { when: 'the client is elsewhere', given: { ...allowed(line()), touchpoints: ['web'] }, because: ['touchpoint'] },
    { when: 'it is another stage', given: allowed(line({ stages: ['exploring'] })), because: ['stage'] },
    {
      when: 'no stage is named and the line is for some',
      given: allowed(line({ stages: ['shopping'] })),
      about: { ...asked, stage: null },
      because: ['stage'],
    },
    { when: 'the line is for copies alone', given: allowed(line({ delivery: ['offline'] })), because: ['delivery'] },
    { when: 'the consent is paused', given: { ...allowed(line()), withheld: ['paused'] }, because: ['paused'] },
    {
      when: 'several things are wrong',
      given: { ...allowed(line({ stages: ['exploring'] })), withheld: ['retailer_suspended'] },
      because: ['stage', 'retailer_suspended'],
    },
  ])('is said when $when', ({ path = footwear, given, about = asked, because }) => {
    expect(why(path, given, about)).toEqual(because);
  });

  it('is told of the line that comes nearest, since lines are never combined', () => {
    const otherPurpose = line({ purposes: ['dpv:DeliveryOfGoods'] });
    const otherEverything = line({ touchpoints: ['web'], stages: ['exploring'] });
    expect(why('size.footwear', allowed(otherEverything, otherPurpose))).toEqual(['purpose']);
  });

  it('leaves open what is not asked: shared somewhere is shared', () => {
    const given = allowed(line({ touchpoints: ['web'], stages: ['exploring'] }));
    expect(why('size.footwear', given, {})).toEqual([]);
    expect(
      why(
        'fulfilment.substitution',
        allowed(line({ attributes: ['fulfilment.substitution'], touchpoints: ['till'] })),
        {},
      ),
    ).toEqual(['touchpoint']);
  });
});
