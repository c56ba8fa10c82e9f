import { ccxCore100 } from '../vocabulary/ccx-core/1.0.0.js';
import { ccxCore110 } from '../vocabulary/ccx-core/1.1.0.js';
import { ccxCore120 } from '../vocabulary/ccx-core/1.2.0.js';
import type { Release } from '../vocabulary/release.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';
import { rulesOf } from './candidates.js';
import { ruleIds } from './evidence.js';
import { inferable, mayBeInferred } from './inferable.js';
import { type Rule, rules } from './rules.js';

const vocabulary = new Vocabulary(ccxCore120);

const changed = (path: string, change: object): Release => ({
  ...ccxCore120,
  attributes: ccxCore120.attributes.map((one) => (one.path === path ? { ...one, ...change } : one)),
});

describe('what rules conclude', () => {
  it('may be inferred, and is nothing special', () => {
    for (const { attribute } of rules) {
      expect(vocabulary.attribute(attribute)).toMatchObject({ inferable: true });
      expect(vocabulary.attribute(attribute)!.sensitivity).not.toMatch(/^special/);
    }
    expect(rulesOf(vocabulary)).toEqual(rules);
    expect(rules.map(({ id }) => id)).toEqual(ruleIds);
  });

  it.each(ccxCore120.attributes.filter(({ inferable: may }) => !may).map(({ path }) => path))('is never %s', (path) => {
    expect(() => inferable(path)).toThrow(TypeError);
    // @ts-expect-error Only inferable() makes a path that a rule takes.
    const rule: Rule = { ...rules[0]!, attribute: path };
    expect(mayBeInferred(rule.attribute, vocabulary)).toBe(false);
  });

  it('is nothing that a release has ended', () => {
    const ended = [
      changed('brand.kind', { inferable: false }),
      changed('brand.kind', { status: 'deprecated' }),
      changed('brand.kind', { sensitivity: 'special:health' }),
    ];
    for (const release of ended) {
      expect(rulesOf(new Vocabulary(release)).map(({ id }) => id)).toEqual(ruleIds.filter((id) => id !== 'brand_kind'));
    }
  });

  it('is only what a release has', () => {
    const known = (release: Release) => rulesOf(new Vocabulary(release)).map(({ id }) => id);
    for (const release of [ccxCore100, ccxCore110]) {
      expect(known(release)).toEqual(
        ruleIds.filter((id) => !['brand_kind', 'regular_purchase', 'contact_channel', 'contact_time'].includes(id)),
      );
    }
  });

  it('follows an attribute that is renamed', () => {
    const receipt = ccxCore120.attributes.find(({ path }) => path === 'receipt.delivery')!;
    const release: Release = {
      ...ccxCore120,
      attributes: [
        ...ccxCore120.attributes.map((one) => (one === receipt ? { ...one, alias_of: 'receipt.form' } : one)),
        { ...receipt, path: 'receipt.form' },
      ],
    };
    expect(rulesOf(new Vocabulary(release)).map(({ id }) => id)).toContain('receipt');
  });
});
