import { ccxCore100 } from '../vocabulary/ccx-core/1.0.0.js';
import { touchpoints } from '../vocabulary/code-lists.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';
import { InvalidAuthorizationDetailsError, SpecialAttributesError } from './consents.errors.js';
import { detailTypes, isSpecialDetail } from './detail.js';
import { assertOnePart, parseDetails, splitForDecision } from './details.js';

const vocabulary = new Vocabulary(ccxCore100);
const now = new Date('2026-11-21T09:30:00Z');

const parse = (value: unknown, ofClient: readonly string[] = touchpoints) => {
  let ids = 0;
  return parseDetails(value, { vocabulary, touchpoints: ofClient, now, newId: () => `line-${++ids}` });
};

const reading = {
  type: 'ccx_preferences',
  attributes: ['size.footwear'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till'],
};
const reporting = {
  type: 'ccx_interactions',
  event_types: ['transaction.completed'],
  purposes: ['dpv:PersonalisedBenefits'],
  touchpoints: ['till'],
};

/** The faults of something that is refused. */
function faultsOf(value: unknown, ofClient?: readonly string[]) {
  try {
    parse(value, ofClient);
  } catch (error) {
    if (error instanceof InvalidAuthorizationDetailsError || error instanceof SpecialAttributesError)
      return error.errors;
    throw error;
  }
  return [];
}

describe('authorization details', () => {
  it('are read with what was left out filled in', () => {
    expect(parse([reading, reporting])).toEqual([
      {
        ...reading,
        id: 'line-1',
        stages: ['awareness', 'exploring', 'shopping', 'post_shopping'],
        delivery: ['live'],
        retention: 'P30D',
      },
      { ...reporting, id: 'line-2', late_reporting: 'P3D' },
    ]);
  });

  it('have their codes once and in the order of the lists', () => {
    const [detail] = parse([{ ...reading, touchpoints: ['web', 'till', 'web'], stages: ['shopping', 'exploring'] }]);
    expect(detail).toMatchObject({ touchpoints: ['till', 'web'], stages: ['exploring', 'shopping'] });
  });

  it('have categories expanded to attributes', () => {
    const [detail] = parse([{ ...reading, attributes: ['contact', 'size.footwear', 'contact.service'] }]);
    expect(detail).toMatchObject({ attributes: ['contact.marketing', 'contact.service', 'size.footwear'] });
  });

  it('keep how far back and how late events may be reported', () => {
    const [detail] = parse([{ ...reporting, since: 'P400D', late_reporting: 'P14D' }]);
    expect(detail).toMatchObject({ since: 'P400D', late_reporting: 'P14D' });
  });

  it('are refused with every fault at once, by pointers into the request', () => {
    const faults = faultsOf([
      { ...reading, attributes: ['size.hat'], purposes: [], color: 'red', retention: '30 days' },
      { ...reporting, event_types: ['transaction.completed', 'web.hacked'], since: 'P500D' },
      { type: 'payment_initiation' },
      'preferences',
    ]);
    expect(faults).toEqual([
      { pointer: '/authorization_details/0/color', detail: 'is not a member of this type of detail' },
      {
        pointer: '/authorization_details/0/attributes/0',
        detail: 'is neither an attribute nor a category of ccx-core 1.0.0',
      },
      { pointer: '/authorization_details/0/purposes', detail: 'must be a list with at least one entry' },
      { pointer: '/authorization_details/0/retention', detail: 'must be an ISO 8601 duration such as P30D' },
      { pointer: '/authorization_details/1/since', detail: 'must not reach back more than 400 days' },
      {
        pointer: '/authorization_details/1/event_types/1',
        detail: expect.stringContaining('must be one of') as string,
      },
      {
        pointer: '/authorization_details/2/type',
        detail: `must be one of ${detailTypes.join(', ')}`,
      },
      { pointer: '/authorization_details/3', detail: 'must be an object' },
      {
        pointer: '/authorization_details/3/type',
        detail: `must be one of ${detailTypes.join(', ')}`,
      },
    ]);
  });

  it.each([undefined, null, {}, [], 'ccx_preferences', Array.from({ length: 11 }, () => reading)])(
    'cannot be %j',
    (value) => {
      expect(faultsOf(value)).toMatchObject([{ pointer: '/authorization_details' }]);
    },
  );

  it.each([
    ['attributes', 'size.footwear'],
    ['attributes', [null]],
    ['attributes', Array(101).fill('size')],
    ['touchpoints', ['sofa']],
    ['stages', []],
    ['delivery', ['carrier pigeon']],
    ['retention', 'P2Y'],
    ['retention', 30],
  ])('cannot have %s %j', (member, value) => {
    const [fault] = faultsOf([{ ...reading, [member]: value }]) ?? [];
    expect(fault?.pointer).toMatch(new RegExp(`^/authorization_details/0/${member}`));
  });

  it('stay within the touchpoints of the client', () => {
    expect(faultsOf([{ ...reading, touchpoints: ['till', 'web'] }], ['till'])).toEqual([
      {
        pointer: '/authorization_details/0/touchpoints',
        detail: 'must be among those of the client; web is not',
      },
    ]);
  });

  it('name those to whom it may be passed on, once and in order', () => {
    const [detail] = parse([
      { ...reading, recipients: ['Review House', 'Paketdienst Müller & Söhne', 'Review House'] },
    ]);
    expect(detail).toMatchObject({ recipients: ['Paketdienst Müller & Söhne', 'Review House'] });
  });

  it.each([
    ['/recipients', []],
    ['/recipients', 'Review House'],
    ['/recipients', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['/recipients/0', ['']],
    ['/recipients/0', [' Review House']],
    ['/recipients/0', ['x'.repeat(101)]],
    ['/recipients/1', ['Review House', 'Review\nHouse']],
    ['/recipients/0', ['esuoH \u202Eweiver']],
  ])('are refused at %s for the recipients %j', (pointer, recipients) => {
    expect(faultsOf([{ ...reading, recipients }])).toMatchObject([{ pointer: `/authorization_details/0${pointer}` }]);
  });

  it('never reach what no retailer sees', () => {
    expect(faultsOf([{ ...reading, attributes: ['price.sensitivity'] }])).toEqual([
      { pointer: '/authorization_details/0/attributes/0', detail: 'is never shown to retailers' },
    ]);
  });
});

const special = { ...reading, type: 'ccx_preferences_special', attributes: ['food.allergen'] };

function refusal(value: unknown): SpecialAttributesError {
  try {
    parse(value);
  } catch (error) {
    return error as SpecialAttributesError;
  }
  throw new Error('They were not refused.');
}

describe('special attributes', () => {
  it('are refused by name', () => {
    const error = refusal([{ ...reading, attributes: ['food.diet', 'size.footwear', 'food.allergen'] }]);
    expect(error).toBeInstanceOf(SpecialAttributesError);
    expect(error.extensions).toEqual({ attributes: ['food.allergen', 'food.diet'] });
    expect(error.errors?.map(({ pointer }) => pointer)).toEqual([
      '/authorization_details/0/attributes/0',
      '/authorization_details/0/attributes/2',
    ]);
  });

  it('are refused as a category of nothing else', () => {
    expect(refusal([{ ...reading, attributes: ['food'] }]).extensions).toEqual({
      attributes: ['food.allergen', 'food.diet'],
    });
  });

  it('are refused with how to ask for them', () => {
    expect(refusal([{ ...reading, attributes: ['food.allergen'] }]).errors).toEqual([
      {
        pointer: '/authorization_details/0/attributes/0',
        detail:
          'is a special attribute: ask for it in a detail of type ccx_preferences_special, one attribute for one purpose',
      },
    ]);
  });

  it('are asked for one by one, in details of a type of their own', () => {
    expect(parse([special])).toEqual([
      {
        ...special,
        id: 'line-1',
        stages: ['awareness', 'exploring', 'shopping', 'post_shopping'],
        delivery: ['live'],
        retention: 'P30D',
      },
    ]);
  });

  it.each([
    ['/attributes', { attributes: ['food.allergen', 'food.diet'] }],
    ['/attributes', { attributes: [] }],
    ['/attributes/0', { attributes: ['food'] }],
    ['/attributes/0', { attributes: ['size.footwear'] }],
    ['/attributes/0', { attributes: ['food.colour'] }],
    ['/purposes', { purposes: ['dpv:ServicePersonalisation', 'dpv:Marketing'] }],
    ['/delivery/0', { delivery: ['bulk'] }],
    ['/delivery', { delivery: ['live', 'offline'] }],
    ['/recipients', { recipients: ['Review House'] }],
    ['/touchpoints/0', { touchpoints: ['sofa'] }],
    ['/retention', { retention: 'P2Y' }],
  ])('are refused at %s when asked for as %j', (pointer, other) => {
    const [fault, ...more] = faultsOf([{ ...special, ...other }]) ?? [];
    expect(fault?.pointer).toBe(`/authorization_details/0${pointer}`);
    expect(more).toEqual([]);
  });

  it('are not asked for by the dozen', () => {
    expect(faultsOf(Array.from({ length: 4 }, () => special))).toEqual([
      {
        pointer: '/authorization_details',
        detail: 'must not have more than 3 special details',
      },
    ]);
  });

  const medicines = {
    type: 'ccx_interactions_special',
    products: ['pharmacy'],
    event_types: ['transaction.completed'],
    purposes: ['dpv:ServicePersonalisation'],
    touchpoints: ['till'],
  };

  it('count together with special products', () => {
    expect(parse([medicines])).toEqual([{ ...medicines, id: 'line-1', late_reporting: 'P3D' }]);
    expect(faultsOf([special, special, medicines, medicines])).toHaveLength(1);
    const parts = splitForDecision(parse([medicines, reporting, special]));
    expect(parts.map((part) => part.map(({ id }) => id))).toEqual([['line-2'], ['line-1'], ['line-3']]);
  });

  it('are decided one by one, after the ordinary lines together', () => {
    const diet = { ...special, attributes: ['food.diet'] };
    const parts = splitForDecision(parse([special, reading, diet, reporting]));
    expect(parts.map((part) => part.map(({ id }) => id))).toEqual([['line-2', 'line-4'], ['line-1'], ['line-3']]);
    expect(parts.map((part) => part.some(isSpecialDetail))).toEqual([false, true, true]);
  });

  it('are not part of a request that is one decision, unless they are all of it', () => {
    expect(() => assertOnePart(parse([special]))).not.toThrow();
    expect(() => assertOnePart(parse([reading, reporting]))).not.toThrow();
    expect(() => assertOnePart(parse([reading, special]))).toThrow(
      '/authorization_details/1 must be asked for separately, in a request of its own',
    );
    expect(() => assertOnePart(parse([special, special]))).toThrow(InvalidAuthorizationDetailsError);
  });

  it('never come along with a category', () => {
    for (const category of vocabulary.categories().filter((name) => vocabulary.expand(name).length > 0)) {
      if (category === 'price') continue; // no retailer sees anything of it
      const [detail] = parse([{ ...reading, attributes: [category] }]);
      const attributes = detail?.type === 'ccx_preferences' ? detail.attributes : [];
      expect(attributes.map((path) => vocabulary.attribute(path)?.sensitivity)).not.toContainEqual(
        expect.stringMatching(/^special:/),
      );
    }
  });
});
