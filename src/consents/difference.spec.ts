import * as fc from 'fast-check';

import { askedDetails, consentDetail, linesOf, NOW, statementOf } from '../../test/support/arbitrary-details.js';
import type { AskedDetail, ConsentDetail } from './detail.js';
import { differenceOf, removedBy } from './difference.js';
import { give } from './narrowing.js';

const asked: AskedDetail = {
  id: 'asked',
  type: 'ccx_preferences',
  attributes: ['size.apparel', 'size.footwear'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
  stages: ['shopping'],
  delivery: ['live'],
  retention: 'P30D',
};
const given: ConsentDetail = { ...asked, id: 'given', expires_at: '2027-01-01T00:00:00.000Z' };
const standingsOf = (difference: ReturnType<typeof differenceOf>) =>
  Object.fromEntries(Object.entries(difference.items['asked'] ?? {}).map(([item, { standing }]) => [item, standing]));
const standings = (lines: ConsentDetail[]) => standingsOf(differenceOf({ details: [asked] }, { details: lines }, NOW));
const isComplete = (wanted: AskedDetail, held: ConsentDetail) =>
  differenceOf({ details: [wanted] }, { details: [held] }, NOW).complete;

describe('what of a request is given already', () => {
  it('is all of it when it was given before', () => {
    const all = { standing: 'given', until: new Date(given.expires_at) };
    expect(differenceOf({ details: [asked] }, { details: [given] }, NOW)).toEqual({
      complete: true,
      items: { asked: { 'size.apparel': all, 'size.footwear': all } },
    });
  });

  it('is told item by item', () => {
    expect(standings([{ ...given, attributes: ['size.footwear'] }])).toEqual({
      'size.apparel': 'new',
      'size.footwear': 'given',
    });
  });

  it('is wider where it was given for less', () => {
    expect(standings([{ ...given, touchpoints: ['till'] }])).toEqual({
      'size.apparel': 'wider',
      'size.footwear': 'wider',
    });
  });

  it('may be given by several lines, each for a part', () => {
    const lines: ConsentDetail[] = [
      { ...given, touchpoints: ['till'] },
      { ...given, touchpoints: ['web'] },
    ];
    expect(differenceOf({ details: [asked] }, { details: lines }, NOW).complete).toBe(true);
  });

  it('is given until the first end of the lines that it takes', () => {
    const [soon, later] = ['2026-12-01T00:00:00.000Z', '2027-06-01T00:00:00.000Z'];
    const lines: ConsentDetail[] = [
      { ...given, touchpoints: ['till'], expires_at: soon },
      { ...given, touchpoints: ['till'], expires_at: later },
      { ...given, touchpoints: ['web'] },
    ];
    const { items } = differenceOf({ details: [asked] }, { details: lines }, NOW);
    expect(items['asked']?.['size.footwear']).toEqual({ standing: 'given', until: new Date(given.expires_at) });
  });

  it('is wider where the retailer asks to keep it for longer', () => {
    expect(standings([{ ...given, retention: 'P7D' }])).toEqual({ 'size.apparel': 'wider', 'size.footwear': 'wider' });
  });

  it('is wider where the retailer asks to pass it on to somebody else', () => {
    const to = (...recipients: string[]) => ({ recipients });
    expect(isComplete({ ...asked, ...to('Parcel Service') }, { ...given, ...to('Parcel Service', 'Bank') })).toBe(true);
    expect(isComplete({ ...asked, ...to('Parcel Service', 'Bank') }, { ...given, ...to('Bank') })).toBe(false);
    const passedOn = differenceOf({ details: [{ ...asked, ...to('Bank') }] }, { details: [given] }, NOW);
    expect(standingsOf(passedOn)).toEqual({ 'size.apparel': 'wider', 'size.footwear': 'wider' });
  });

  it.each([
    { limit: 5, wanted: 6, standing: 'wider' },
    { limit: 5, wanted: 5, standing: 'given' },
    { limit: 5, wanted: null, standing: 'given' },
    { limit: null, wanted: 5, standing: 'given' },
  ])('is $standing where $limit reads a day are given and $wanted are asked for', ({ limit, wanted, standing }) => {
    const difference = differenceOf(
      { details: [asked], maxReadsPerDay: wanted },
      { details: [given], maxReadsPerDay: limit },
      NOW,
    );
    expect(standingsOf(difference)).toMatchObject({ 'size.footwear': standing });
  });

  it('is nothing for other circumstances altogether', () => {
    expect(standings([{ ...given, touchpoints: ['kiosk'] }])).toMatchObject({ 'size.footwear': 'new' });
  });

  it('is nothing of a special attribute that was given in an ordinary line, and the reverse', () => {
    const special: AskedDetail = { ...asked, type: 'ccx_preferences_special', attributes: ['food.allergen'] };
    const held: ConsentDetail = { ...special, statement: 'hash', expires_at: given.expires_at };
    expect(isComplete(special, held)).toBe(true);
    expect(isComplete(special, { ...given, attributes: ['food.allergen'] })).toBe(false);
    expect(isComplete({ ...asked, attributes: ['food.allergen'] }, held)).toBe(false);
  });

  it('is nothing once the time is up', () => {
    expect(standings([{ ...given, expires_at: NOW.toISOString() }])).toMatchObject({ 'size.footwear': 'new' });
  });

  it('is nothing where events are to reach further back', () => {
    const sales = {
      id: 'sales',
      type: 'ccx_interactions' as const,
      event_types: ['transaction.completed' as const],
      purposes: asked.purposes,
      touchpoints: asked.touchpoints,
      late_reporting: 'P3D',
    };
    const held: ConsentDetail = { ...sales, since: NOW.toISOString(), expires_at: given.expires_at };
    expect(isComplete(sales, held)).toBe(true);
    expect(isComplete({ ...sales, since: 'P1D' }, held)).toBe(false);
  });

  it('is everything right after it was approved whole', () => {
    fc.assert(
      fc.property(askedDetails, linesOf(consentDetail), (details, before) => {
        const statement = statementOf(details);
        const { details: after } = give(
          { details, lifetimeDays: 30 },
          { decision: 'approve', statement },
          NOW,
          statement,
        );
        expect(differenceOf({ details }, { details: [...before, ...after] }, NOW).complete).toBe(true);
      }),
    );
  });
});

describe('what a request ends that takes the place of what is given', () => {
  const lines: ConsentDetail[] = [
    given,
    { ...given, id: 'over', attributes: ['brand.affinity'], expires_at: NOW.toISOString() },
  ];

  it('is what it does not ask for again', () => {
    const wanted: AskedDetail = { ...asked, attributes: ['size.footwear', 'contact.service'] };
    expect(removedBy({ details: [wanted] }, { details: lines }, NOW)).toEqual([
      { type: 'ccx_preferences', code: 'size.apparel' },
    ]);
  });

  it('is named once, however many lines give it', () => {
    const twice: ConsentDetail[] = [given, { ...given, id: 'again', touchpoints: ['kiosk'] }];
    expect(removedBy({ details: [] }, { details: twice }, NOW).map(({ code }) => code)).toEqual([
      'size.apparel',
      'size.footwear',
    ]);
  });

  it('is nothing when it asks for all of it, nor when nothing is given', () => {
    expect(removedBy({ details: [asked] }, { details: lines }, NOW)).toEqual([]);
    expect(removedBy({ details: [asked] }, null, NOW)).toEqual([]);
  });
});
