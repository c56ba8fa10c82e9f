import { ccxCore100 } from '../vocabulary/ccx-core/1.0.0.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';
import type { AskedDetail } from './detail.js';
import { differenceOf } from './difference.js';
import { eventTypes } from './event-types.js';
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
const worded = (request: Partial<Worded['request']> = {}): Worded => ({
  request: { details, use: 'standing', lifetimeDays: 365, message: null, ...request },
  retailer: { id: 'a', name: 'Albatross', privacyUrl: 'https://albatross.example/privacy', incentive: null },
  difference: differenceOf(request.details ?? details, [], new Date()),
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
        'Also as a copy for tills without a connection.',
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

  it('has words for every attribute, purpose, touchpoint, stage and event', () => {
    const everything = [
      { ...details[0], attributes: vocabulary.attributes().map(({ path }) => path), stages: codes('stage').slice(1) },
      { ...details[1], event_types: [...eventTypes] },
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
