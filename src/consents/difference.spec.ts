import * as fc from 'fast-check';

import { askedDetail, consentDetail, linesOf, NOW } from '../../test/support/arbitrary-details.js';
import type { AskedDetail, ConsentDetail } from './detail.js';
import { differenceOf } from './difference.js';
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
const standings = (lines: ConsentDetail[]) => differenceOf([asked], lines, NOW).items['asked'];

describe('what of a request is given already', () => {
  it('is all of it when it was given before', () => {
    expect(differenceOf([asked], [given], NOW)).toEqual({
      complete: true,
      items: { asked: { 'size.apparel': 'given', 'size.footwear': 'given' } },
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
    expect(differenceOf([asked], lines, NOW).complete).toBe(true);
  });

  it('is nothing where the retailer asks to keep it for longer', () => {
    expect(standings([{ ...given, retention: 'P7D' }])).toEqual({ 'size.apparel': 'new', 'size.footwear': 'new' });
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
    expect(differenceOf([sales], [held], NOW).complete).toBe(true);
    expect(differenceOf([{ ...sales, since: 'P1D' }], [held], NOW).complete).toBe(false);
  });

  it('is everything right after it was approved whole', () => {
    fc.assert(
      fc.property(linesOf(askedDetail), linesOf(consentDetail), (details, before) => {
        const { details: after } = give({ details, lifetimeDays: 30 }, { decision: 'approve' }, NOW);
        expect(differenceOf(details, [...before, ...after], NOW).complete).toBe(true);
      }),
    );
  });
});
