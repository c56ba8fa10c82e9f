import type { ConsentDetail } from '../consents/detail.js';
import { faultsOf, type NamedVersion } from './wrong-disclosure.js';

const checkedAt = new Date('2026-11-22T12:00:00Z');
const line = {
  id: 'l',
  type: 'ccx_preferences',
  attributes: ['size.footwear'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till'],
  stages: ['shopping'],
  delivery: ['live'],
  retention: 'P30D',
  expires_at: '2026-12-01T00:00:00Z',
} as ConsentDetail;
const version: NamedVersion = { status: 'active', details: [line], expiresAt: new Date('2026-12-01T00:00:00Z') };
const read = {
  attributes: ['size.footwear'],
  purpose: 'dpv:ServicePersonalisation',
  touchpoint: 'till',
  stage: 'shopping',
  checkedAt,
  refused: null,
};
const faults = (more: object, of: NamedVersion | null = version, nameOf = (name: string) => name) =>
  faultsOf({ ...read, ...more }, of, nameOf);

describe('a disclosure', () => {
  it('is right while the version that it names is active, covers it and has not expired', () => {
    expect(faults({})).toEqual([]);
    expect(faults({ attributes: [] })).toEqual([]);
  });

  it.each([
    ['names a version that there is not', {}, null, ['unknown_version']],
    ['names a paused one', {}, { ...version, status: 'paused' }, ['not_active']],
    ['was made at the instant of its end', {}, { ...version, expiresAt: checkedAt }, ['expired']],
    ['tells of something else', { attributes: ['size.footwear', 'size.apparel'] }, version, ['not_covered']],
    ['was for another purpose', { purpose: 'dpv:Marketing' }, version, ['not_covered']],
    ['was at another touchpoint', { touchpoint: 'web' }, version, ['not_covered']],
    ['was at another stage', { stage: 'exploring' }, version, ['not_covered']],
    ['was at no stage, where the line names one', { stage: null }, version, ['not_covered']],
    [
      'came after the end of its line',
      { checkedAt: new Date('2026-12-01T00:00:00Z') },
      { ...version, expiresAt: new Date('2027-01-01T00:00:00Z') },
      ['not_covered'],
    ],
  ] as const)('is wrong when it %s', (_, more, of, expected) => {
    expect(faults(more, of)).toEqual(expected);
  });

  it('is right by whichever name its attribute has', () => {
    const nameOf = (name: string) => (name === 'size.shoes' ? 'size.footwear' : name);
    expect(faults({ attributes: ['size.shoes'] }, version, nameOf)).toEqual([]);
  });

  it('that was refused told nothing', () => {
    expect(faults({ refused: 'outside-consent', attributes: ['food.diet'] }, null)).toEqual([]);
  });
});
