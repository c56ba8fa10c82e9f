import type { Preference } from '../preferences/preference.js';
import { overridesOf } from './switch-overrides.js';

const [from, to, id] = [
  '019aa6a0-7c00-7000-8000-00000000a1b2',
  '019aa6a0-7c00-7000-8000-00000000c3d4',
  '019aa7c2-5d11-7b60-a4d2-0c9e5f713b28',
];
const now = new Date('2026-11-21T09:30:00.000Z');
const at = '2026-11-01T00:00:00.000Z';

const held: Preference = {
  id,
  attribute: 'receipt.delivery',
  key: null,
  value: { form: 'email' },
  strength: 'want',
  applies_to: { level: 'retailer', retailer_id: from },
  provenance: { kind: 'stated', source: 'customer', at },
  status: 'active',
  version: 1,
  recorded_at: at,
  updated_at: at,
};
const copying = { from, to, canBeSaid: () => true };
const reasonOf = (change: Partial<Preference>, more: Partial<typeof copying> = {}) =>
  overridesOf([{ ...held, ...change }], { ...copying, ...more }, now).left[0]?.reason ?? 'copied';

describe('what is stated for one retailer', () => {
  it.each([
    ['as it is', {}, 'copied'],
    ['imported and confirmed', { provenance: { kind: 'imported', source: 'csv', at } }, 'copied'],
    ['in a country', { context: { place: { country: 'DE' } } }, 'copied'],
    ['for a time to come', { valid_until: '2027-01-01T00:00:00.000Z' }, 'copied'],
    ['inferred', { provenance: { kind: 'inferred_confirmed', source: 'suggestion', at } }, 'inferred'],
    [
      'inferred before it was imported',
      {
        provenance: {
          kind: 'imported',
          source: 'export',
          at,
          original: { kind: 'inferred_confirmed', source: 'suggestion', at },
        },
      },
      'inferred',
    ],
    ['not confirmed', { status: 'pending' }, 'pending'],
    ['over', { valid_until: now.toISOString() }, 'over'],
    ['at a store', { context: { place: { country: 'DE', store: '17' } } }, 'store'],
  ] as [string, Partial<Preference>, string][])('is judged by how it was stated: %s', (_, change, reason) => {
    expect(reasonOf(change)).toBe(reason);
  });

  it('is not copied where the other one does not know it', () => {
    expect(reasonOf({}, { canBeSaid: () => false })).toBe('attribute');
  });

  it('is not copied over what stands for the other one already', () => {
    const rival = { ...held, id: to, applies_to: { level: 'retailer', retailer_id: to } } as const;
    expect(overridesOf([held, rival], copying, now)).toMatchObject({ copied: [], left: [{ reason: 'exists' }] });
  });

  it('is copied from the oldest to the newest, and nothing else is', () => {
    const older = {
      ...held,
      id: to,
      key: 'x',
      provenance: { ...held.provenance, at: '2026-10-01T00:00:00.000Z' },
    };
    const others = [
      { ...held, id: from, applies_to: { level: 'everyone' } },
      { ...held, id: from, key: 'y', applies_to: { level: 'sector', sector: 'grocery' } },
    ] as const;
    expect(overridesOf([held, ...others, older], copying, now)).toEqual({ copied: [older, held], left: [] });
  });
});
