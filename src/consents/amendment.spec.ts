import * as fc from 'fast-check';

import { attribute, circumstances, consentDetail, keptOf, linesOf, NOW } from '../../test/support/arbitrary-details.js';
import { InvalidRequestError } from '../platform/errors.js';
import { type Amendment, narrow, withoutPurpose } from './amendment.js';
import { NothingKeptError } from './consents.errors.js';
import { coveredAttributes } from './covers.js';
import type { ConsentDetail } from './detail.js';
import { lastExpiry } from './renewal.js';
import { contains } from './widening.js';

const inDays = (count: number) => new Date(NOW.getTime() + count * 86_400_000);

const shoes: ConsentDetail = {
  id: 'shoes',
  type: 'ccx_preferences',
  attributes: ['size.apparel', 'size.footwear'],
  purposes: ['dpv:ServicePersonalisation', 'dpv:ServiceProvision'],
  touchpoints: ['till', 'web'],
  stages: ['shopping'],
  delivery: ['live'],
  retention: 'P30D',
  expires_at: inDays(365).toISOString(),
};
const sales: ConsentDetail = {
  id: 'sales',
  type: 'ccx_interactions',
  event_types: ['transaction.completed'],
  purposes: ['dpv:PersonalisedBenefits'],
  touchpoints: ['till'],
  late_reporting: 'P3D',
  since: NOW.toISOString(),
  expires_at: inDays(30).toISOString(),
};
const held = { details: [shoes, sales], maxReadsPerDay: 10, expiresAt: inDays(365) };
const amend = (amendment: Amendment) => narrow(held, amendment, NOW);

function faultsOf(amendment: Amendment) {
  try {
    amend(amendment);
  } catch (error) {
    if (error instanceof InvalidRequestError) return error.errors?.map(({ pointer }) => pointer);
    throw error;
  }
  return [];
}

describe('amending a consent', () => {
  it('keeps the part that is named', () => {
    expect(amend({ items: [{ id: 'shoes', attributes: ['size.footwear'], touchpoints: ['till'] }] })).toEqual({
      details: [{ ...shoes, attributes: ['size.footwear'], touchpoints: ['till'] }],
      maxReadsPerDay: 10,
    });
  });

  it('brings the end forward, for lines that end later', () => {
    expect(amend({ expiresAt: inDays(100) })?.details).toEqual([
      { ...shoes, expires_at: inDays(100).toISOString() },
      sales,
    ]);
  });

  it('lowers how often it may be read, or sets it', () => {
    expect(amend({ maxReadsPerDay: 3 })).toEqual({ details: held.details, maxReadsPerDay: 3 });
    expect(narrow({ ...held, maxReadsPerDay: null }, { maxReadsPerDay: 50 }, NOW)?.maxReadsPerDay).toBe(50);
  });

  it('changes nothing that is so already', () => {
    for (const same of [{}, { expiresAt: inDays(365) }, { maxReadsPerDay: 10 }, { items: [shoes, sales] }]) {
      expect(amend(same)).toBeNull();
    }
  });

  it('never gives more', () => {
    expect(
      faultsOf({
        items: [{ id: 'shoes', attributes: ['brand.affinity'] }, { id: 'hats' }],
        expiresAt: inDays(366),
        maxReadsPerDay: 11,
      }),
    ).toEqual(['/items/0/attributes/0', '/items/1/id', '/expires_at', '/max_reads_per_day']);
    expect(faultsOf({ expiresAt: NOW })).toEqual(['/expires_at']);
  });

  it('keeps something that has not ended, or is no amendment', () => {
    expect(() => amend({ items: [] })).toThrow(NothingKeptError);
    expect(() => amend({ items: [{ id: 'shoes', touchpoints: [] }] })).toThrow(NothingKeptError);
    const over = { ...sales, expires_at: NOW.toISOString() };
    expect(() => narrow({ ...held, details: [shoes, over] }, { items: [{ id: 'sales' }] }, NOW)).toThrow(
      NothingKeptError,
    );
  });

  it('never lets anything be read that was not to be read before, whatever is kept', () => {
    const kept = linesOf(consentDetail).chain((details) =>
      fc.record({ details: fc.constant(details), items: fc.tuple(...details.map((line) => keptOf(line))) }),
    );
    fc.assert(
      fc.property(
        kept,
        attribute,
        circumstances,
        fc.integer({ min: 1, max: 20 }),
        ({ details, items }, path, asked, days) => {
          fc.pre(lastExpiry(details) > inDays(days));
          let left;
          try {
            const before = { details, maxReadsPerDay: null, expiresAt: lastExpiry(details) };
            left = narrow(before, { items, expiresAt: inDays(days) }, NOW)?.details ?? [];
          } catch (error) {
            if (error instanceof NothingKeptError) return;
            throw error;
          }
          for (const line of left) expect(details.some((one) => one.id === line.id && contains(one, line))).toBe(true);
          const then = inDays(days / 2);
          const readable = coveredAttributes(left, asked, then).includes(path);
          expect(readable && !coveredAttributes(details, asked, then).includes(path)).toBe(false);
        },
      ),
    );
  });
});

describe('taking a purpose back', () => {
  it('leaves what lines allow for other purposes, and drops those without any', () => {
    expect(withoutPurpose(held.details, 'dpv:ServiceProvision')).toEqual([
      { ...shoes, purposes: ['dpv:ServicePersonalisation'] },
      sales,
    ]);
    expect(withoutPurpose(held.details, 'dpv:PersonalisedBenefits')).toEqual([shoes]);
  });

  it('is nothing where no line is for it', () => {
    expect(withoutPurpose(held.details, 'dpv:DeliveryOfGoods')).toBeNull();
  });
});
