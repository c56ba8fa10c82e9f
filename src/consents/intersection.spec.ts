import type { ConsentDetail } from './detail.js';
import { intersectionOf } from './intersection.js';

const expires_at = '2027-01-01T00:00:00.000Z';
const reading: ConsentDetail = {
  id: '1',
  type: 'ccx_preferences',
  attributes: ['size.footwear', 'size.apparel'],
  purposes: ['dpv:ServicePersonalisation', 'dpv:PersonalisedBenefits'],
  touchpoints: ['till', 'web'],
  stages: ['shopping', 'exploring'],
  delivery: ['live'],
  retention: 'P30D',
  expires_at,
};
const reporting: ConsentDetail = {
  id: '2',
  type: 'ccx_interactions',
  event_types: ['transaction.completed', 'return.completed'],
  purposes: ['dpv:PersonalisedBenefits'],
  touchpoints: ['till'],
  late_reporting: 'P3D',
  since: '2026-01-01T00:00:00.000Z',
  expires_at,
};

describe('what two lists of lines have in common', () => {
  it.each([
    ['attributes', { attributes: ['size.footwear'] }],
    ['purposes', { purposes: ['dpv:PersonalisedBenefits'] }],
    ['touchpoints', { touchpoints: ['till'] }],
    ['stages', { stages: ['shopping'] }],
  ])('is cut to fewer %s', (_, fewer) => {
    const limit = { ...reading, ...fewer } as ConsentDetail;
    expect(intersectionOf([reading, reporting], [limit])).toEqual([{ ...reading, ...fewer }]);
  });

  it('is cut to fewer event types', () => {
    const limit = { ...reporting, event_types: ['return.completed'] } as ConsentDetail;
    expect(intersectionOf([reading, reporting], [limit])).toEqual([limit]);
  });

  it('is nothing where no code is common', () => {
    expect(intersectionOf([reading], [{ ...reading, touchpoints: ['app'] }])).toEqual([]);
    expect(intersectionOf([reading], [reporting])).toEqual([]);
  });

  it('keeps the terms of what is given', () => {
    expect(intersectionOf([reading], [{ ...reading, retention: 'P1D' }])).toEqual([reading]);
  });

  it('keeps lines apart', () => {
    const limits: ConsentDetail[] = [
      { ...reading, attributes: ['size.footwear'], touchpoints: ['till'] },
      { ...reading, attributes: ['size.apparel'], touchpoints: ['web'] },
    ];
    expect(intersectionOf([reading], limits)).toEqual(limits);
  });
});
