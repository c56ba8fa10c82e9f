import * as fc from 'fast-check';

import { attribute, circumstances, consentDetail, linesOf, NOW, report } from '../../test/support/arbitrary-details.js';
import { coveredAttributes } from './covers.js';
import { coverageOf } from './reporting.js';
import { contains, widen } from './widening.js';

const state = { status: 'active', endedAt: null, reportedData: null } as const;
const lines = linesOf(consentDetail);

describe('giving more', () => {
  it('lets be read what either let be read, and nothing else', () => {
    fc.assert(
      fc.property(
        lines,
        lines,
        attribute,
        circumstances,
        fc.integer({ min: 0, max: 400 }),
        (given, added, path, asked, days) => {
          const then = new Date(NOW.getTime() + days * 86_400_000);
          const either = [...coveredAttributes(given, asked, then), ...coveredAttributes(added, asked, then)];
          expect(coveredAttributes(widen(given, added, NOW), asked, then).includes(path)).toBe(either.includes(path));
        },
      ),
    );
  });

  it('lets be reported what either let be reported, and nothing else', () => {
    fc.assert(
      fc.property(lines, lines, report, (given, added, event) => {
        const covered = (details: typeof given) => coverageOf({ ...state, details }, event) === 'covered';
        expect(covered(widen(given, added, NOW))).toBe(covered(given) || covered(added));
      }),
    );
  });

  it('changes nothing when all of it is given already', () => {
    fc.assert(
      fc.property(lines, (given) => {
        const current = given.filter(({ expires_at }) => Date.parse(expires_at) > NOW.getTime());
        const once = widen([], current, NOW);
        expect(widen(once, current, NOW)).toEqual(once);
      }),
    );
  });

  it('leaves no line that another says already', () => {
    fc.assert(
      fc.property(lines, lines, (given, added) => {
        const widened = widen(widen([], given, NOW), added, NOW);
        for (const line of widened) {
          expect(widened.filter((other) => other !== line && contains(other, line))).toEqual([]);
        }
      }),
    );
  });
});
