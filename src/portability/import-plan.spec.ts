import type { Preference } from '../preferences/preference.js';
import { prepareDocument } from '../preferences/prepared.js';
import { Profile } from '../preferences/profile.js';
import { confirmItems, type ImportItem } from './import-plan.js';

const at = new Date('2026-11-22T09:30:00.000Z');
const author = { actor: { kind: 'customer' }, provenance: { kind: 'imported', source: 'a file' } } as const;
const waiting: Preference = {
  id: '019a9c3e-7f10-7c41-9d2b-5a6f0f3b8e21',
  attribute: 'receipt.delivery',
  key: null,
  value: { form: 'paper' },
  strength: 'want',
  applies_to: { level: 'everyone' },
  provenance: { kind: 'imported', source: 'a file', at: '2026-11-21T09:30:00.000Z' },
  status: 'pending',
  version: 1,
  recorded_at: '2026-11-21T09:30:00.000Z',
  updated_at: '2026-11-21T09:30:00.000Z',
};
const { attribute, key, value, strength, applies_to } = waiting;
const statement = { attribute, key, value, strength, applies_to };
const added: ImportItem = { number: 1, outcome: 'added', state: 'pending', statement, preference_id: waiting.id };
const replacing: ImportItem = { ...added, outcome: 'conflicting', resolution: 'replace', replaces: 1 };

const confirmed = (item: ImportItem, canHold: boolean) => {
  const profile = new Profile([prepareDocument('receipt', 1, [waiting])]);
  return confirmItems(profile, [item], { chosen: () => true, canHold: () => canHold, author, at });
};

describe('confirming what was imported', () => {
  it.each([
    ['adds', added],
    ['replaces', replacing],
  ])('refuses what %s something that the vocabulary can no longer take', (_, item) => {
    const { changes, outdated } = confirmed(item, false);
    expect(outdated).toEqual([{ number: 1, because: 'vocabulary_has_changed' }]);
    expect(changes).toEqual([]);
  });

  it('lets hold what it can take', () => {
    expect(confirmed(added, true)).toMatchObject({ outdated: [], changes: [{ change: 'confirmed' }] });
    expect(confirmed(replacing, true)).toMatchObject({ outdated: [], changes: [{ change: 'revised' }] });
  });
});
