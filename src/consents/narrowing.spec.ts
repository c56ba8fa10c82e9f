import * as fc from 'fast-check';

import { approvalOf, askedDetails, NOW, statementOf } from '../../test/support/arbitrary-details.js';
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

  it('gives the stages that were kept', () => {
    const everywhere: AskedDetail = { ...shoes, stages: ['exploring', 'shopping'] };
    const { details, whole } = give(
      { details: [everywhere], lifetimeDays: 365 },
      { decision: 'approve', items: [{ id: 'shoes', stages: ['exploring'] }] },
      NOW,
    );
    expect(whole).toBe(false);
    expect(details).toMatchObject([{ stages: ['exploring'] }]);
  });

  it.each([
    { asked: null, chosen: undefined, given: null, whole: true },
    { asked: 10, chosen: undefined, given: 10, whole: true },
    { asked: 10, chosen: 10, given: 10, whole: true },
    { asked: 10, chosen: 3, given: 3, whole: false },
    { asked: null, chosen: 3, given: 3, whole: false },
  ])('lets be read $given times a day when $asked are asked for and $chosen chosen', ({ asked, chosen, ...given }) => {
    const approval = { decision: 'approve' as const, ...(chosen !== undefined && { maxReadsPerDay: chosen }) };
    const { maxReadsPerDay, whole } = give({ ...request, maxReadsPerDay: asked }, approval, NOW);
    expect({ given: maxReadsPerDay, whole }).toEqual(given);
  });

  it('is refused when it would let be read oftener than was asked for', () => {
    expect(() => give({ ...request, maxReadsPerDay: 3 }, { decision: 'approve', maxReadsPerDay: 4 }, NOW)).toThrow(
      InvalidRequestError,
    );
  });

  it('never gives more than was asked for, whatever is kept', () => {
    const asking = fc
      .record({ details: askedDetails, lifetimeDays: fc.integer({ min: 1, max: 366 }) })
      .chain((asked) => fc.tuple(fc.constant(asked), approvalOf(asked.details, asked.lifetimeDays)));
    fc.assert(
      fc.property(asking, ([asked, choice]) => {
        const statement = statementOf(asked.details);
        const everything = give(asked, { decision: 'approve', statement }, NOW, statement);
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

describe('approving a request of a special attribute', () => {
  const allergens: AskedDetail = {
    id: 'allergens',
    type: 'ccx_preferences_special',
    attributes: ['food.allergen'],
    purposes: ['dpv:ServicePersonalisation'],
    touchpoints: ['till', 'web'],
    stages: ['shopping'],
    delivery: ['live'],
    retention: 'P1D',
  };
  const asked = { details: [allergens], lifetimeDays: 365 };
  const shown = 'the hash of the statement';

  it('gives it for ninety days, however long was asked for, by the statement that was shown', () => {
    const { details, whole } = give(asked, { decision: 'approve', statement: shown }, NOW, shown);
    expect(whole).toBe(true);
    expect(details).toEqual([{ ...allergens, expires_at: '2027-02-19T09:30:00.000Z', statement: shown }]);
  });

  it('gives it for less', () => {
    const expiresAt = new Date('2026-12-01T00:00:00Z');
    const items = [{ id: 'allergens', touchpoints: ['till'] }];
    const { details } = give(asked, { decision: 'approve', statement: shown, expiresAt, items }, NOW, shown);
    expect(details).toMatchObject([{ touchpoints: ['till'], expires_at: '2026-12-01T00:00:00.000Z' }]);
  });

  it.each([
    ['no statement', {}, '/statement'],
    ['another statement', { statement: 'the hash of another' }, '/statement'],
    ['a later end', { statement: shown, expiresAt: new Date('2027-02-20T00:00:00Z') }, '/expires_at'],
  ])('is refused with %s', (_, approval, pointer) => {
    try {
      give(asked, { decision: 'approve', ...approval }, NOW, shown);
    } catch (error) {
      expect((error as InvalidRequestError).errors?.map((fault) => fault.pointer)).toEqual([pointer]);
      return;
    }
    throw new Error('It was not refused.');
  });

  it('takes a statement for nothing else', () => {
    expect(faultsOf({ statement: shown })).toMatchObject([{ pointer: '/statement' }]);
  });
});

function giveOrNothing(asked: Parameters<typeof give>[0], choice: Approval): Given {
  try {
    return give(asked, choice, NOW, statementOf(asked.details));
  } catch (error) {
    if (error instanceof NothingKeptError) return { details: [], maxReadsPerDay: null, whole: false };
    throw error;
  }
}
