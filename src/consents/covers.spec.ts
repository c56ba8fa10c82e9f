import * as fc from 'fast-check';

import {
  attribute,
  circumstances,
  consentDetail,
  linesOf,
  NOW,
  preferencesDetail,
} from '../../test/support/arbitrary-details.js';
import { type Circumstances, coveredAttributes, covers, outsideOf } from './covers.js';
import type { PreferencesDetail } from './detail.js';

const line: PreferencesDetail = {
  id: 'shoes',
  type: 'ccx_preferences',
  attributes: ['size.footwear'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
  stages: ['shopping'],
  delivery: ['live'],
  retention: 'P30D',
  expires_at: '2027-11-21T09:30:00.000Z',
};
const asked: Circumstances = {
  purpose: 'dpv:ServicePersonalisation',
  touchpoint: 'till',
  stage: 'shopping',
  delivery: 'live',
};

describe('a read', () => {
  it('is allowed when one line covers attribute, purpose, touchpoint and stage', () => {
    expect(covers(line, 'size.footwear', asked, NOW)).toBe(true);
    expect(outsideOf([line], ['size.footwear'], asked, NOW)).toBeNull();
  });

  it('is not allowed by two lines that cover it only together', () => {
    const lines: PreferencesDetail[] = [
      { ...line, touchpoints: ['web'] },
      { ...line, id: 'other', purposes: ['dpv:Marketing'] },
    ];
    expect(coveredAttributes(lines, asked, NOW)).toEqual([]);
    expect(outsideOf(lines, ['size.footwear'], asked, NOW)).toEqual({ attributes: ['size.footwear'] });
  });

  it('is not allowed once the time of its line is up', () => {
    expect(covers(line, 'size.footwear', asked, new Date(line.expires_at))).toBe(false);
  });

  it.each<[Partial<Circumstances>, object]>([
    [{ purpose: 'dpv:Marketing' }, { purpose: 'dpv:Marketing' }],
    [{ touchpoint: 'kiosk' }, { touchpoint: 'kiosk' }],
    [{ stage: 'exploring' }, { stage: 'exploring' }],
    [{ delivery: 'bulk' }, { delivery: 'bulk' }],
  ])('is told what no line has: %j', (other, outside) => {
    expect(outsideOf([line], ['size.footwear'], { ...asked, ...other }, NOW)).toEqual({
      attributes: ['size.footwear'],
      ...outside,
    });
  });

  it('is told which attributes are not given', () => {
    expect(outsideOf([line], ['brand.affinity', 'size.footwear'], asked, NOW)).toEqual({
      attributes: ['brand.affinity'],
    });
  });

  it('is covered exactly when one line covers it', () => {
    fc.assert(
      fc.property(linesOf(consentDetail), attribute, circumstances, (lines, path, question) => {
        const byOne = lines.some((detail) => covers(detail, path, question, NOW));
        expect(coveredAttributes(lines, question, NOW).includes(path)).toBe(byOne);
        expect(outsideOf(lines, [path], question, NOW) === null).toBe(byOne);
      }),
    );
  });

  it('at no particular stage is covered exactly when it is at every stage', () => {
    fc.assert(
      fc.property(preferencesDetail, attribute, circumstances, (detail, path, question) => {
        const everywhere = (['awareness', 'exploring', 'shopping', 'post_shopping'] as const).every((stage) =>
          covers(detail, path, { ...question, stage }, NOW),
        );
        expect(covers(detail, path, { ...question, stage: null }, NOW)).toBe(everywhere);
      }),
    );
  });
});
