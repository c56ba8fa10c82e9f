import * as fc from 'fast-check';

import {
  askedDetail,
  attribute,
  circumstances,
  consentDetail,
  keptOf,
  linesOf,
  NOW,
  report,
} from '../../test/support/arbitrary-details.js';
import { coveredAttributes } from '../consents/covers.js';
import { type AskedDetail, type ConsentDetail, itemsOf } from '../consents/detail.js';
import { give, keep } from '../consents/narrowing.js';
import { anticipatedHolding, approvalOf, fulfils } from '../consents/pre-approval.js';
import { coverageOf } from '../consents/reporting.js';
import { contains } from '../consents/widening.js';
import { ccxCore110 } from '../vocabulary/ccx-core/1.1.0.js';
import { touchpoints } from '../vocabulary/code-lists.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';
import { askedOf, type Destination, takeAlong, type Taken, type TakenLine, withoutStruck } from './switch.js';

const state = { status: 'active', endedAt: null, reportedData: null } as const;
const runs = { numRuns: 2_000 };
const vocabulary = new Vocabulary(ccxCore110);
const sourceId = '019aa7c9-0b72-7e18-8c55-2f4a9d7b3c01';

const special = new Set(['food.allergen', 'food.diet']);
const destination: fc.Arbitrary<Destination> = fc
  .record({
    touchpoints: fc.subarray(touchpoints.slice(0, 3)),
    unknown: fc.subarray(['contact.marketing', 'size.footwear']),
    become: fc.subarray(['contact.service']),
  })
  .map(({ touchpoints: served, unknown, become }) => ({
    touchpoints: served,
    sees: (path) =>
      unknown.includes(path) ? 'nothing' : special.has(path) || become.includes(path) ? 'special' : 'ordinary',
  }));
const lines = linesOf(consentDetail);

/** What is approved beforehand of it, as it is kept. */
function preApprovedOf({ lines: taken }: Taken, maxReadsPerDay: number | null = null) {
  const ends = Object.fromEntries(taken.map(({ id, expires_at }) => [id, expires_at]));
  return {
    details: taken.map(askedOf),
    maxReadsPerDay,
    createdAt: NOW,
    preApproval: { sourceId, withdrawSource: 'no', reportedData: 'keep', ends } as const,
  };
}

const anyTaken = fc
  .record({ source: lines, to: destination })
  .map(({ source, to }) => ({ source, to, taken: takeAlong(source, to, NOW) }));

describe('what is taken along', () => {
  it('is never more than was given, where the other retailer is, and for as long', () => {
    fc.assert(
      fc.property(anyTaken, attribute, circumstances, fc.integer({ min: 0, max: 400 }), (given, path, asked, days) => {
        const then = new Date(NOW.getTime() + days * 86_400_000);
        const held = anticipatedHolding(preApprovedOf(given.taken)).details;
        if (!coveredAttributes(held, asked, then).includes(path)) return;
        expect(coveredAttributes(given.source, asked, then)).toContain(path);
        expect(given.to.touchpoints).toContain(asked.touchpoint);
        expect(given.to.sees(path)).toBe('ordinary');
      }),
      runs,
    );
  });

  it('says of each line what becomes of it: taken, cut or to be asked anew', () => {
    fc.assert(
      fc.property(anyTaken, ({ source, taken }) => {
        for (const detail of source) {
          const isOf = ({ line }: { line: string }) => line === detail.id;
          const line = taken.lines.find(({ id }) => id === detail.id);
          const told = [
            ...taken.cut.filter(isOf).flatMap(({ codes }) => codes),
            ...taken.askAnew.filter(isOf).map(({ attribute: path }) => path),
          ];
          const kept = line ? [...line.touchpoints, ...itemsOf(line)] : [];
          const named = line ? [...detail.touchpoints, ...itemsOf(detail)] : [];
          expect(kept.length + told.length).toBeGreaterThan(0);
          for (const code of named) expect([...kept, ...told]).toContain(code);
        }
      }),
      runs,
    );
  });

  it('is never special, passed on to nobody, and reaches back to nothing', () => {
    fc.assert(
      fc.property(anyTaken, ({ taken }) => {
        for (const line of taken.lines) {
          expect(line.type).not.toBe('ccx_preferences_special');
          expect(line).not.toHaveProperty('recipients');
          expect(line).not.toHaveProperty('since');
          if (line.type === 'ccx_preferences') expect(line.attributes.filter((path) => special.has(path))).toEqual([]);
        }
      }),
      runs,
    );
  });

  it('leaves out, with its name, what a rule refuses', () => {
    fc.assert(
      fc.property(anyTaken, fc.nat(), ({ taken }, index) => {
        const detail = taken.lines[index % Math.max(taken.lines.length, 1)];
        const rule = { id: sourceId, name: 'No' };
        const rest = withoutStruck(taken, detail ? [{ detail, rule }] : []);
        expect(rest.lines).toEqual(taken.lines.filter((line) => line !== detail));
        expect(rest.cut.filter(({ reason }) => reason === 'rule')).toHaveLength(detail ? 1 : 0);
      }),
    );
  });
});

describe('what the other retailer is given by it', () => {
  // Mostly a part of what was taken along, on the same terms: what goes beyond it is hardly ever within it.
  const visit = anyTaken.chain((given) =>
    fc.record({
      given: fc.constant(given),
      asked: fc.oneof(
        { weight: 4, arbitrary: fc.tuple(...given.taken.lines.map(partOf)).map((parts) => parts.flat()) },
        { weight: 1, arbitrary: linesOf(askedDetail, 2) },
      ),
      lifetimeDays: fc.integer({ min: 1, max: 366 }),
      after: fc.integer({ min: 0, max: 7 }),
      limits: fc.record({ here: fc.constantFrom(null, 5), asked: fc.constantFrom(null, 3, 9) }),
    }),
  );

  it('is never more than was given to the first one, for no longer, and nothing of before', () => {
    let decided = 0;
    fc.assert(
      fc.property(
        visit,
        attribute,
        circumstances,
        report,
        fc.integer({ min: 0, max: 400 }),
        (made, path, where, event, days) => {
          if (made.asked.length === 0) return;
          const at = new Date(NOW.getTime() + made.after * 86_400_000);
          const request = { details: made.asked, lifetimeDays: made.lifetimeDays, maxReadsPerDay: made.limits.asked };
          const preApproved = preApprovedOf(made.given.taken, made.limits.here);
          const approval = approvalOf(request, preApproved, null, vocabulary, at);
          if (!approval) return;
          decided += 1;
          const { details, maxReadsPerDay } = give(request, approval, at);
          const then = new Date(NOW.getTime() + days * 86_400_000);
          if (coveredAttributes(details, where, then).includes(path)) {
            expect(coveredAttributes(made.given.source, where, then)).toContain(path);
          }
          if (coverageOf({ ...state, details }, event) === 'covered') {
            expect(event.occurredAt >= at).toBe(true);
            expect(coverageOf({ ...state, details: made.given.source }, event)).toBe('covered');
          }
          if (made.limits.here !== null) expect(maxReadsPerDay).toBeLessThanOrEqual(made.limits.here);
          expect(fulfils(details, preApproved)).toBe(true);
        },
      ),
      { numRuns: 5_000 },
    );
    expect(decided).toBeGreaterThan(100);
  });

  it('is all of it, when it asks for just that', () => {
    fc.assert(
      fc.property(anyTaken, fc.integer({ min: 0, max: 7 }), ({ taken }, after) => {
        const at = new Date(NOW.getTime() + after * 86_400_000);
        const current = taken.lines.filter(({ expires_at: end }) => Date.parse(end) > at.getTime());
        if (current.length === 0) return;
        const request = { details: current.map(askedOf), lifetimeDays: 366 };
        const approval = approvalOf(request, preApprovedOf(taken), null, vocabulary, at);
        expect(approval).not.toBeNull();
        const { details } = give(request, approval!, at);
        expect(details.map(({ id }) => id)).toEqual(current.map(({ id }) => id));
      }),
      runs,
    );
  });

  it('adds to what it has without making that hold for longer', () => {
    fc.assert(
      fc.property(anyTaken, lines, linesOf(askedDetail, 1), ({ taken }, standing, asked) => {
        const held = { details: standing, maxReadsPerDay: null, status: 'active' } as const;
        const request = { details: asked, lifetimeDays: 366 };
        const approval = approvalOf(request, preApprovedOf(taken), held, vocabulary, NOW);
        if (!approval) return;
        const before: readonly ConsentDetail[] = [...anticipatedHolding(preApprovedOf(taken)).details, ...standing];
        const last = Math.max(...before.map(({ expires_at: end }) => Date.parse(end)));
        const { details } = give(request, approval, NOW);
        expect(details.every(({ expires_at: end }) => Date.parse(end) <= last)).toBe(true);
      }),
      runs,
    );
  });

  it('is nothing of what is special, whatever it has', () => {
    const line = {
      type: 'ccx_preferences_special',
      purposes: ['dpv:ServicePersonalisation'],
      touchpoints: ['till'],
    } as const;
    const asked = {
      ...line,
      id: sourceId,
      attributes: ['food.allergen'],
      stages: ['shopping'],
      delivery: ['live'],
      retention: 'P0D',
    };
    const held = { ...asked, expires_at: '2030-01-01T00:00:00.000Z', statement: 'hash' } as unknown as ConsentDetail;
    const standing = { details: [held], maxReadsPerDay: null, status: 'active' as const };
    const request = { details: [asked] as never, lifetimeDays: 30 };
    expect(contains(held, held)).toBe(true);
    const nothing = preApprovedOf({ lines: [], cut: [], askAnew: [] });
    expect(approvalOf(request, nothing, standing, vocabulary, NOW)).toBeNull();
  });
});

/** Any part of a line, as it would be asked for. */
function partOf(line: TakenLine): fc.Arbitrary<AskedDetail[]> {
  const asked = askedOf(line);
  return keptOf(asked).map((kept) => keep(asked, [kept]));
}
