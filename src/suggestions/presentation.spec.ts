import type { Candidate } from './candidates.js';
import { type Conclusion, type Held, present } from './presentation.js';

const now = new Date('2026-11-22T10:00:00Z');
const tomorrow = new Date('2026-11-23T00:00:00Z');

const conclusion = (name: string, change: Partial<Conclusion> & { probability?: number } = {}): Conclusion => {
  const { probability = 0.95, ...more } = change;
  const candidate = { k: 9, assessment: { probability } } as Candidate;
  return { name, attribute: `attribute of ${name}`, candidate, isSettled: false, ...more };
};
const conclusions = (...all: Conclusion[]) => new Map(all.map((one) => [one.name, one]));
const held = (name: string, change: Partial<Held> = {}): Held => ({
  id: `id of ${name}`,
  name,
  attribute: `attribute of ${name}`,
  status: 'open',
  restsUntil: null,
  ...change,
});
const decided = (name: string, status: 'accepted' | 'refused', restsUntil: string) =>
  held(name, { status, restsUntil: new Date(restsUntil) });

const today = { openedOn: '2026-11-22', now };
const notToday = { openedOn: '2026-11-21', now };

describe('what is shown', () => {
  it('is the most probable first, one a day', () => {
    const both = conclusions(conclusion('a'), conclusion('b', { probability: 0.99 }));
    expect(present([], both, notToday)).toMatchObject({ opened: { name: 'b' }, nextAt: tomorrow });
    expect(present([], both, today)).toMatchObject({ opened: null, nextAt: tomorrow });
    expect(present([held('b')], both, notToday)).toMatchObject({ opened: { name: 'a' }, nextAt: null });
  });

  it('is something else than what is open, where there is any', () => {
    const attribute = 'attribute of a';
    const all = conclusions(conclusion('a'), conclusion('b', { attribute, probability: 0.99 }), conclusion('c'));
    expect(present([held('a')], all, notToday).opened).toMatchObject({ name: 'c' });
  });

  it('is never more than three', () => {
    const four = conclusions(...['a', 'b', 'c', 'd'].map((name) => conclusion(name)));
    expect(
      present(
        ['a', 'b', 'c'].map((name) => held(name)),
        four,
        notToday,
      ),
    ).toMatchObject({ opened: null, nextAt: null });
  });

  it('is nothing that is settled, and what is open goes', () => {
    const settled = conclusions(conclusion('a', { isSettled: true }), conclusion('b', { isSettled: true }));
    expect(present([held('b')], settled, notToday)).toMatchObject({
      opened: null,
      withdrawn: ['id of b'],
      nextAt: null,
    });
  });

  it('goes when it follows no longer', () => {
    expect(present([held('a')], conclusions(), notToday)).toMatchObject({ withdrawn: ['id of a'] });
  });

  it('rests when it was decided', () => {
    const rests = [decided('a', 'refused', '2027-01-01T00:00:00Z'), decided('b', 'accepted', '2027-02-01T00:00:00Z')];
    const shown = present(rests, conclusions(conclusion('a'), conclusion('b')), notToday);
    expect(shown).toMatchObject({ opened: null, forgotten: [], nextAt: new Date('2027-01-01T00:00:00Z') });
    expect([...shown.confirmed]).toEqual(['id of b']);
  });

  it('comes back when it has rested', () => {
    const rested = [decided('a', 'refused', '2026-11-22T10:00:00Z')];
    expect(present(rested, conclusions(conclusion('a')), notToday)).toMatchObject({
      forgotten: ['id of a'],
      opened: { name: 'a' },
    });
  });

  it('says what of the accepted holds no longer', () => {
    const accepted = [decided('a', 'accepted', '2026-01-01T00:00:00Z')];
    expect(present(accepted, conclusions(), notToday).confirmed.size).toBe(0);
  });
});
