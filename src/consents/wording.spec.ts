import { ccxCore100 } from '../vocabulary/ccx-core/1.0.0.js';
import { isSpecial } from '../vocabulary/attribute.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';
import type { AskedDetail, ConsentDetail } from './detail.js';
import { differenceOf } from './difference.js';
import { eventTypes } from './event-types.js';
import { specialClasses } from './special-products.js';
import { germanStatementExample, statementExample } from './request-examples.js';
import { noticeOf, type Worded } from './wording.js';

const vocabulary = new Vocabulary(ccxCore100);
const details: AskedDetail[] = [
  {
    id: 'shoes',
    type: 'ccx_preferences',
    attributes: ['contact.marketing', 'size.footwear'],
    purposes: ['dpv:ServicePersonalisation'],
    touchpoints: ['till', 'web'],
    stages: ['shopping'],
    delivery: ['live', 'offline'],
    retention: 'P30D',
  },
  {
    id: 'sales',
    type: 'ccx_interactions',
    event_types: ['transaction.completed'],
    purposes: ['dpv:PersonalisedBenefits'],
    touchpoints: ['till'],
    since: 'P90D',
    late_reporting: 'P3D',
  },
];
const now = new Date('2026-11-22T09:30:00Z');
const worded = (request: Partial<Worded['request']> = {}): Worded => ({
  request: { details, use: 'standing', lifetimeDays: 365, message: null, ...request },
  retailer: { id: 'a', name: 'Albatross', privacyUrl: 'https://albatross.example/privacy', incentive: null },
  difference: differenceOf({ details: request.details ?? details }, null, now),
  end: new Date('2027-11-22T09:30:00Z'),
  vocabulary,
});

const codes = (list: string) => ccxCore100.code_lists[list]?.codes.map(({ code }) => code) ?? [];

describe('a request in words', () => {
  it('says in one sentence for each item what will be shared', () => {
    const { details: lines } = noticeOf(worded(), 'en');
    expect(lines.map(({ items }) => items.map(({ sentence }) => sentence))).toEqual([
      [
        'Albatross may see what you have stated under “Marketing contact”.',
        'Albatross may see what you have stated under “Shoe size”.',
      ],
      ['Albatross may report to your CCX account what you buy.'],
    ]);
  });

  it('says where, when and for how long', () => {
    expect(noticeOf(worded(), 'en').details.map(({ conditions }) => conditions)).toEqual([
      [
        'Only here: Till and Website.',
        'Only at this time: Shopping.',
        'Also as a copy for tills without a connection. Tills may keep it for up to 24 hours: one that stays without a ' +
          'connection does not notice before then that you have ended this.',
        'Albatross may keep it for 30 days.',
      ],
      [
        'Only here: Till.',
        'This includes what happened during the last 90 days.',
        'What happens while this holds may still be reported up to 3 days after its end.',
      ],
    ]);
  });

  it('says the same in German', () => {
    const { title, details: lines, life } = noticeOf(worded(), 'de');
    expect({ title, life }).toEqual({
      title: 'Albatross bittet um Ihre Einwilligung.',
      life: 'Das gilt 12 Monate lang, wenn Sie es nicht vorher beenden.',
    });
    expect(lines[0]?.items[1]).toEqual({
      code: 'size.footwear',
      label: 'Schuhgröße',
      sentence: 'Albatross darf sehen, was Sie unter „Schuhgröße“ angegeben haben.',
      standing: 'new',
      already: null,
    });
    expect(lines[1]?.conditions).toEqual([
      'Nur hier: Kasse.',
      'Auch, was schon geschehen ist; dieser Zeitraum zählt mit: 90 Tage.',
      'Was währenddessen geschieht, darf auch nach dem Ende noch 3 Tage lang gemeldet werden.',
    ]);
  });

  it('names a date as people write it', () => {
    const [, sales] = details;
    const notice = noticeOf(worded({ details: [{ ...sales, since: '2026-08-01' } as AskedDetail] }), 'de');
    expect(notice.details[0]?.conditions[1]).toBe('Auch, was seit dem 1. August 2026 geschehen ist.');
  });

  it('says so when it is for one time only', () => {
    expect(noticeOf(worded({ use: 'once', lifetimeDays: 1 }), 'en').life).toBe(
      'This is for one time only and has to be used within 1 day.',
    );
  });

  it('says how often, and to whom it may be passed on', () => {
    const asked = { ...details[0], recipients: ['Parcel Service', 'Review House'] } as AskedDetail;
    const { conditions } = noticeOf(worded({ details: [asked], maxReadsPerDay: 10 }), 'en').details[0]!;
    expect(conditions.slice(3)).toEqual([
      'Albatross may look at most 10 times a day.',
      'Albatross may keep it for 30 days.',
      'Albatross may pass it on to Parcel Service and Review House.',
    ]);
    const german = noticeOf(worded({ details: [asked], maxReadsPerDay: 1 }), 'de').details[0]!;
    expect(german.conditions.slice(3)).toEqual([
      'Albatross darf höchstens einmal am Tag nachsehen.',
      'Albatross darf es 30 Tage lang behalten.',
      'Albatross darf es weitergeben an: Parcel Service und Review House.',
    ]);
  });

  it.each([
    ['2027-11-22T09:29:00Z', 'merge', 'given', 'You have allowed this until 22 November 2027.'],
    [
      '2026-12-22T09:30:00Z',
      'merge',
      'longer',
      'You have allowed this until 22 December 2026. It would hold for longer.',
    ],
    ['2027-12-01T09:30:00Z', 'merge', 'given', 'You have allowed this until 1 December 2027.'],
    [
      '2027-12-01T09:30:00Z',
      'replace',
      'shorter',
      'You have allowed this until 1 December 2027. It would end earlier.',
    ],
  ] as const)('says of what is given until %s what a request to %s does: %s', (until, action, standing, already) => {
    const [shoes] = details as [AskedDetail];
    const difference = differenceOf(
      { details: [shoes] },
      { details: [{ ...shoes, expires_at: until } as ConsentDetail] },
      now,
    );
    const [line] = noticeOf({ ...worded({ details: [shoes], action }), difference }, 'en').details;
    expect(line?.items[1]).toMatchObject({ standing, already });
  });

  it('says what ends, where it takes the place of what is given', () => {
    const { removed } = noticeOf(
      {
        ...worded(),
        removed: [
          { type: 'ccx_preferences', code: 'size.footwear' },
          { type: 'ccx_interactions', code: 'transaction.completed' },
        ],
      },
      'en',
    );
    expect(removed.map(({ sentence }) => sentence)).toEqual([
      'Albatross may no longer see what you have stated under “Shoe size”.',
      'Albatross may no longer report to your CCX account what you buy.',
    ]);
    expect(noticeOf(worded(), 'en').removed).toEqual([]);
  });

  it('has words for every attribute, purpose, touchpoint, stage and event', () => {
    const everything = [
      { ...details[0], attributes: vocabulary.attributes().map(({ path }) => path), stages: codes('stage').slice(1) },
      { ...details[1], event_types: [...eventTypes] },
      ...specialClasses.map((product) => ({
        ...details[1],
        type: 'ccx_interactions_special',
        products: [product],
        event_types: [...eventTypes],
      })),
    ].map((detail) => ({ ...detail, purposes: codes('purpose'), touchpoints: codes('touchpoint') })) as AskedDetail[];
    for (const language of ['en', 'de'] as const) {
      const text = JSON.stringify(
        noticeOf(worded({ details: everything }), language).details.map(
          ({ items, purposes, touchpoints, conditions }) => [
            items.map(({ label, sentence }) => [label, sentence]),
            purposes.map(({ label, sentence }) => [label, sentence]),
            touchpoints.map(({ label }) => label),
            conditions,
          ],
        ),
      );
      expect(text).not.toMatch(/dpv:|[a-z]\.[a-z]|_|undefined/);
    }
  });
});

describe('a request of a special attribute, in words', () => {
  const allergen: AskedDetail = {
    id: 'allergen',
    type: 'ccx_preferences_special',
    attributes: ['food.allergen'],
    purposes: ['dpv:ServicePersonalisation'],
    touchpoints: ['till'],
    stages: ['shopping'],
    delivery: ['live'],
    retention: 'PT0S',
  };
  const request = { details: [allergen], lifetimeDays: 90 };

  it('has a statement that names everything, with its hash', () => {
    const retailer = { ...worded().retailer, name: 'Albatross Groceries' };
    expect(noticeOf({ ...worded(request), retailer }, 'en').statement).toEqual(statementExample);
    expect(noticeOf({ ...worded(request), retailer }, 'de').statement).toEqual(germanStatementExample);
  });

  it('offers nothing in return: express consent is free', () => {
    const retailer = { ...worded().retailer, incentive: 'Free delivery.' };
    expect(noticeOf({ ...worded(), retailer }, 'en').incentive).toBe('Free delivery.');
    expect(noticeOf({ ...worded(request), retailer }, 'en').incentive).toBeNull();
  });

  it('says what it may reveal, and that it holds for ninety days at most', () => {
    const {
      details: [line],
      life,
    } = noticeOf(worded(request), 'en');
    expect(line?.conditions[0]).toBe('This may reveal something about your health.');
    expect(life).toBe(
      'This holds for at most 90 days, unless you end it before. After that you have to be asked again.',
    );
    const belief = { ...allergen, attributes: ['food.diet'] };
    expect(noticeOf(worded({ ...request, details: [belief] }), 'de').details[0]?.conditions[0]).toBe(
      'Das kann etwas über Ihre Religion oder Weltanschauung verraten.',
    );
  });

  it('has another statement for one time only', () => {
    expect(noticeOf(worded({ ...request, use: 'once', lifetimeDays: 1 }), 'en').statement?.text).toContain(
      'My consent is for one time only, within 1 day from now on.',
    );
  });

  it.each(
    vocabulary
      .attributes()
      .filter(isSpecial)
      .map(({ path }) => path),
  )('has words for what %s may reveal', (path) => {
    for (const language of ['en', 'de'] as const) {
      const revealing = { ...allergen, attributes: [path] };
      const { statement, details: lines } = noticeOf(worded({ ...request, details: [revealing] }), language);
      expect(statement?.text).toMatch(/reveal|verraten/);
      expect(statement?.text).not.toMatch(/dpv:|[a-z]\.[a-z]|undefined/);
      expect(lines[0]?.conditions[0]).toMatch(/reveal|verraten/);
    }
  });

  it('has no statement where nothing is special', () => {
    expect(noticeOf(worded(), 'en').statement).toBeNull();
  });
});
