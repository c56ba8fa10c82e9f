import { randomBytes } from 'node:crypto';

import { SealBrokenError } from '../platform/crypto/seal.js';
import type { SubjectKeys } from '../platform/crypto/subject-keys.js';
import { customerKey } from '../platform/customer-key.js';
import { ccxCore110 } from '../vocabulary/ccx-core/1.1.0.js';
import type { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';
import { PreferenceDocuments } from './preference-documents.js';
import type { Preference } from './preference.js';

const mira = customerKey('019a9c3e-7f10-7c41-9d2b-5a6f0f3b8e21');
const noah = customerKey('019a9c3e-7f10-7c41-9d2b-5a6f0f3b8e22');
const key = randomBytes(32);
const vocabularies = { current: () => new Vocabulary(ccxCore110) } as VocabularyService;
const documents = new PreferenceDocuments({} as SubjectKeys, vocabularies, { watch: () => undefined } as never);

const preferences = (count: number): Preference[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `019a9c45-2f10-7a44-8b21-${String(index).padStart(12, '0')}`,
    attribute: 'brand.affinity',
    key: `brand ${index}`,
    value: { brand: `Brand ${index}` },
    strength: 'want',
    applies_to: { level: 'everyone' },
    provenance: { kind: 'stated', source: 'customer', at: '2026-11-22T09:30:00.000Z' },
    status: 'active',
    version: 1,
    recorded_at: '2026-11-22T09:30:00.000Z',
    updated_at: '2026-11-22T09:30:00.000Z',
  }));

const sealed = (count: number, version = 1) => ({
  ...documents.seal(mira, key, { category: 'brand', version, preferences: preferences(count) }),
  vocabularyVersion: '1.1.0',
});

describe('a sealed document', () => {
  it.each([0, 1, 1000])('of %i preferences opens to what was sealed', (count) => {
    const document = documents.open(mira, key, sealed(count));
    expect(document).toMatchObject({ category: 'brand', version: 1, preferences: preferences(count) });
    expect(document.byAttribute.get('brand.affinity') ?? []).toHaveLength(count);
  });

  it('of a thousand ordinary preferences stays far below its limit', () => {
    expect(sealed(1000).sealed.length).toBeLessThan(65_536);
  });

  it('is opened once', () => {
    const row = sealed(3);
    expect(documents.open(mira, key, row)).toBe(documents.open(mira, key, row));
  });

  it('is not taken for another of the same version', () => {
    const first = documents.open(mira, key, sealed(1, 7));
    expect(documents.open(mira, key, sealed(2, 7)).preferences).toHaveLength(2);
    expect(first.preferences).toHaveLength(1);
  });

  it.each([
    ['another customer', () => documents.open(noah, key, sealed(1))],
    ['another category', () => documents.open(mira, key, { ...sealed(1), category: 'food' })],
    ['another version', () => documents.open(mira, key, { ...sealed(1), version: 2 })],
    ['another key', () => documents.open(mira, randomBytes(32), sealed(1))],
  ])('does not open for %s', (_, attempt) => {
    expect(attempt).toThrow(SealBrokenError);
  });
});
