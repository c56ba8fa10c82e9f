import * as fc from 'fast-check';

import { approvalOf, askedDetail, linesOf, NOW } from '../../test/support/arbitrary-details.js';
import { InvalidRequestError } from '../platform/errors.js';
import { NothingKeptError } from './consents.errors.js';
import type { AskedDetail } from './detail.js';
import { type Approval, give, type Given } from './narrowing.js';
import { contains } from './widening.js';

const shoes: AskedDetail = {
  id: 'shoes',
  type: 'ccx_preferences',
  attributes: ['size.apparel', 'size.footwear'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
  stages: ['shopping'],
  delivery: ['live'],
  retention: 'P30D',
};
const sales: AskedDetail = {
  id: 'sales',
  type: 'ccx_interactions',
  event_types: ['transaction.completed', 'return.completed'],
  purposes: ['dpv:PersonalisedBenefits'],
  touchpoints: ['till'],
  since: 'P90D',
  late_reporting: 'P3D',
};
const request = { details: [shoes, sales], lifetimeDays: 365 };
const approve = (approval: Omit<Approval, 'decision'> = {}) => give(request, { decision: 'approve', ...approval }, NOW);

/** The faults of a choice that is refused. */
function faultsOf(approval: Omit<Approval, 'decision'>) {
  try {
    approve(approval);
  } catch (error) {
    if (error instanceof InvalidRequestError) return error.errors;
    throw error;
  }
  return [];
}

describe('approving a request', () => {
  it('gives all of it when nothing else is said', () => {
    const { details, whole } = approve();
    expect(whole).toBe(true);
    expect(details).toEqual([
      { ...shoes, expires_at: '2027-11-21T09:30:00.000Z' },
      { ...sales, since: '2026-08-23T09:30:00.000Z', expires_at: '2027-11-21T09:30:00.000Z' },
    ]);
  });

  it('lets events from the decision on be reported when no history was asked for', () => {
    const { since: _, ...recent } = sales;
    const { details } = give({ details: [recent], lifetimeDays: 365 }, { decision: 'approve' }, NOW);
    expect(details).toMatchObject([{ since: NOW.toISOString() }]);
  });

  it('gives the part that was kept', () => {
    const { details, whole } = approve({
      items: [{ id: 'shoes', attributes: ['size.footwear'], touchpoints: ['till'] }],
    });
    expect(whole).toBe(false);
    expect(details).toMatchObject([{ id: 'shoes', attributes: ['size.footwear'], touchpoints: ['till'] }]);
  });

  it('drops a line of which nothing was kept', () => {
    const { details } = approve({ items: [{ id: 'shoes' }, { id: 'sales', event_types: [] }] });
    expect(details.map(({ id }) => id)).toEqual(['shoes']);
  });

  it('ends it earlier', () => {
    const { details, whole } = approve({ expiresAt: new Date('2026-12-01T00:00:00Z') });
    expect(whole).toBe(false);
    expect(new Set(details.map(({ expires_at }) => expires_at))).toEqual(new Set(['2026-12-01T00:00:00.000Z']));
  });

  it('is refused when nothing is kept', () => {
    expect(() => approve({ items: [] })).toThrow(NothingKeptError);
    expect(() => approve({ items: [{ id: 'shoes', touchpoints: [] }] })).toThrow(NothingKeptError);
  });

  it('is refused where it reaches beyond the request, with every fault', () => {
    const faults = faultsOf({
      items: [
        { id: 'shoes', attributes: ['size.footwear', 'brand.affinity'], event_types: ['transaction.completed'] },
        { id: 'sales', touchpoints: ['web'] },
        { id: 'sales' },
        { id: 'hats' },
      ],
      expiresAt: new Date('2028-01-01T00:00:00Z'),
    });
    expect(faults?.map(({ pointer }) => pointer)).toEqual([
      '/items/0/attributes/1',
      '/items/0/event_types/0',
      '/items/1/touchpoints/0',
      '/items/2/id',
      '/items/3/id',
      '/expires_at',
    ]);
  });

  it('is refused when it would have ended already', () => {
    expect(faultsOf({ expiresAt: NOW })).toEqual([{ pointer: '/expires_at', detail: 'must lie in the future' }]);
  });

  it('never gives more than was asked for, whatever is kept', () => {
    const asking = fc
      .record({ details: linesOf(askedDetail), lifetimeDays: fc.integer({ min: 1, max: 366 }) })
      .chain((asked) => fc.tuple(fc.constant(asked), approvalOf(asked.details, asked.lifetimeDays)));
    fc.assert(
      fc.property(asking, ([asked, choice]) => {
        const everything = give(asked, { decision: 'approve' }, NOW);
        const kept = giveOrNothing(asked, choice);
        for (const line of kept.details) {
          const before = everything.details.find(({ id }) => id === line.id);
          expect(before && contains(before, line)).toBe(true);
        }
        expect(kept.whole).toBe(JSON.stringify(kept.details) === JSON.stringify(everything.details));
      }),
    );
  });
});

function giveOrNothing(asked: Parameters<typeof give>[0], choice: Approval): Given {
  try {
    return give(asked, choice, NOW);
  } catch (error) {
    if (error instanceof NothingKeptError) return { details: [], whole: false };
    throw error;
  }
}
