import { makeLeaf, nonceOf, openLeaf } from '../audit/leaf.js';
import type { JsonObject } from '../platform/json.js';
import type { OpenedEntry } from './entry-reader.service.js';
import { columnFaults, differingTotals, type KeptVersion, type LoggedVersion, versionFaults } from './monitor-rules.js';

const key = Buffer.alloc(32, 7);
const id = '0192f0c1-7a54-7c3e-8f10-3d5f6a7b8c9d';
const at = new Date('2026-11-21T09:30:00.000Z');
const event: JsonObject = {
  type: 'consent.given',
  at: at.toISOString(),
  actor: { kind: 'customer' },
  retailer_id: '0192f0c1-1111-7c3e-8f10-3d5f6a7b8c9d',
  consent: { id: '0192f0c1-2222-7c3e-8f10-3d5f6a7b8c9d', version: 2 },
  purposes: ['dpv:ServicePersonalisation'],
  attributes: ['size.footwear'],
};

function opened(columns: Partial<OpenedEntry['entry']> = {}): OpenedEntry {
  const leaf = makeLeaf(key, id, event);
  const entry = {
    index: 7,
    id,
    type: 'consent.given',
    at,
    ...leaf,
    pseudonym: Buffer.alloc(16),
    retailerId: event.retailer_id as string,
    purposes: ['dpv:ServicePersonalisation'],
    attributes: ['size.footwear'],
    consentVersion: 2,
    ...columns,
  };
  const opening = { ...openLeaf(key, id, entry), nonce: nonceOf(key, id) };
  return { entry, customer: null, state: 'opened', opening };
}

describe('the columns of an entry', () => {
  it('are those of the event that its leaf commits to', () => {
    expect(columnFaults(opened())).toEqual([]);
  });

  it.each([
    ['type', { type: 'consent.withdrawn' }],
    ['at', { at: new Date(0) }],
    ['retailer_id', { retailerId: null }],
    ['purposes', { purposes: [] }],
    ['attributes', { attributes: ['size.footwear', 'food.diet'] }],
    ['consent_version', { consentVersion: 1 }],
    ['commitment', { commitment: Buffer.alloc(32) }],
  ])('are told apart from it in %s', (name, columns) => {
    expect(columnFaults(opened(columns))).toEqual([name]);
  });

  it('are not those of another leaf, nor of a seal that was broken', () => {
    expect(columnFaults(opened({ leafHash: Buffer.alloc(32) }))).toEqual(['commitment', 'leaf_hash']);
    expect(columnFaults({ ...opened(), state: 'sealed', opening: null })).toEqual(['sealed']);
  });

  it('say nothing more of a customer who was erased, whose leaf still commits', () => {
    const erased = { ...opened(), state: 'erased', opening: null } as const;
    expect(columnFaults(erased)).toEqual([]);
    expect(columnFaults({ ...erased, entry: { ...erased.entry, commitment: Buffer.alloc(32) } })).toEqual([
      'commitment',
    ]);
  });
});

describe('the versions of a consent', () => {
  const kept: KeptVersion[] = [
    { version: 1, change: 'given', status: 'active', details: [] },
    { version: 2, change: 'withdrawn', status: 'withdrawn', details: [] },
  ];
  const logged: LoggedVersion[] = [
    { version: 1, change: 'given', details: null },
    { version: 2, change: 'withdrawn', details: null },
  ];
  const consent = { version: 2, status: 'withdrawn' } as const;

  it('are kept and logged once each', () => {
    expect(versionFaults(consent, kept, logged)).toEqual([]);
  });

  it('are missed where they are not kept, not logged, or logged twice', () => {
    expect(versionFaults(consent, kept.slice(1), logged)).toEqual(['version 1 is not kept']);
    expect(versionFaults(consent, kept, logged.slice(0, 1))).toEqual(['version 2 has no entry']);
    expect(versionFaults(consent, kept, [...logged, logged[0]!])).toEqual(['version 1 has 2 entries']);
  });

  it('are not more than the consent has, nor otherwise than it stands', () => {
    expect(versionFaults({ version: 1, status: 'active' }, kept, logged)).toEqual(['there is a version beyond 1']);
    expect(versionFaults({ ...consent, status: 'active' }, kept, logged)).toEqual([
      'it is active, its last version withdrawn',
    ]);
  });

  it('say what their entries say', () => {
    const renamed = [logged[0]!, { ...logged[1]!, change: 'paused' }];
    expect(versionFaults(consent, kept, renamed)).toEqual(['version 2 was withdrawn, its entry says paused']);
    const bound = [{ ...logged[0]!, details: '00' }, logged[1]!];
    expect(versionFaults(consent, kept, bound)).toEqual(['version 1 has other lines than its entry']);
  });
});

describe('totals', () => {
  it('differ in the types of which there are more or fewer', () => {
    expect(differingTotals({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([]);
    expect(differingTotals({ a: 1, b: 2 }, { a: 1, b: 3, c: 1 })).toEqual(['b', 'c']);
  });
});
