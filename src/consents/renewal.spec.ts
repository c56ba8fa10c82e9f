import * as fc from 'fast-check';

import { consentDetail, linesOf, NOW, report } from '../../test/support/arbitrary-details.js';
import { type ConsentDetail, isSpecialDetail } from './detail.js';
import { coverageOf } from './reporting.js';
import { carriedOn, holds, isRenewal, lastExpiry, renew, renewable } from './renewal.js';
import { contains, widen } from './widening.js';

const inDays = (count: number) => new Date(NOW.getTime() + count * 86_400_000);
const lines = linesOf(consentDetail);
const state = { status: 'active', endedAt: null, reportedData: null } as const;

const sales: ConsentDetail = {
  id: 'sales',
  type: 'ccx_interactions',
  event_types: ['transaction.completed'],
  purposes: ['dpv:PersonalisedBenefits'],
  touchpoints: ['till'],
  late_reporting: 'P3D',
  since: inDays(-30).toISOString(),
  expires_at: inDays(30).toISOString(),
};
const soldAgain = { ...sales, id: 'again', since: NOW.toISOString(), expires_at: inDays(365).toISOString() };

describe('renewing lines', () => {
  it('moves their ends to later, and changes nothing else', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 366 }), (given, until) => {
        const renewed = renew(given, inDays(until), NOW);
        renewed.forEach((line, index) => {
          expect(contains(line, given[index]!)).toBe(true);
          expect({ ...line, expires_at: '' }).toEqual({ ...given[index], expires_at: '' });
        });
      }),
    );
  });

  it('leaves special lines and what is over as they are', () => {
    fc.assert(
      fc.property(lines, (given) => {
        const until = inDays(300);
        renew(given, until, NOW).forEach((line, index) => {
          const before = given[index]!;
          const moves = !isSpecialDetail(before) && holds(before, NOW);
          expect(line === before || moves).toBe(true);
          if (moves) expect(Date.parse(line.expires_at)).toBeGreaterThanOrEqual(until.getTime());
        });
      }),
    );
  });

  it('is what it is called, when something moves', () => {
    fc.assert(
      fc.property(lines, (given) => {
        fc.pre(renewable(given, NOW).length > 0);
        expect(isRenewal(given, renew(given, inDays(366), NOW))).toBe(true);
        expect(isRenewal(given, given)).toBe(false);
      }),
    );
  });

  it('lasts as long as the last of them', () => {
    expect(lastExpiry([sales, soldAgain])).toEqual(inDays(365));
  });
});

describe('what is asked for again', () => {
  it('carries on where it was, so that nothing but the end moves', () => {
    const after = widen([sales], [carriedOn([sales], soldAgain, NOW)], NOW);
    expect(after).toEqual([{ ...soldAgain, since: sales.since }]);
    expect(isRenewal([sales], after)).toBe(true);
    expect(isRenewal([sales], [soldAgain])).toBe(false);
  });

  it('begins anew after an end, and where it says something else', () => {
    const over = { ...sales, expires_at: NOW.toISOString() };
    expect(carriedOn([over], soldAgain, NOW)).toEqual(soldAgain);
    const elsewhere: ConsentDetail = { ...soldAgain, touchpoints: ['web'] };
    expect(carriedOn([sales], elsewhere, NOW)).toEqual(elsewhere);
  });

  it('lets everything be reported that either line let be reported', () => {
    fc.assert(
      fc.property(lines, consentDetail, report, (given, line, event) => {
        const covered = (details: ConsentDetail[]) => coverageOf({ details, ...state }, event) === 'covered';
        const after = widen(given, [carriedOn(given, line, NOW)], NOW);
        if (covered(given) || covered([line])) expect(covered(after)).toBe(true);
      }),
    );
  });
});
