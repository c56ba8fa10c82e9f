import * as fc from 'fast-check';

import type { NetChange } from '../src/preferences/net-change.js';
import type { Preference } from '../src/preferences/preference.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { all } from './support/pages.js';

let app: TestApp;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const everyone = { applies_to: { level: 'everyone' } };
const shoes = (size: string) => ({ value: { system: 'EUROPE', size }, strength: 'must', ...everyone });
const paper = { attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'want' };

const record = async (statement: object): Promise<Preference> =>
  (await mira.api.post('/v1/me/preferences').send(statement).expect(201)).body;
const revise = async (id: string, revision: object): Promise<Preference> =>
  (await mira.api.put(`/v1/me/preferences/${id}`).set('if-match', '*').send(revision).expect(200)).body;
const remove = (id: string) => mira.api.delete(`/v1/me/preferences/${id}`).expect(204);
const undo = (id: string, version: number) =>
  mira.api.post(`/v1/me/preferences/${id}/undo`).send({ version }).expect(200);
const changes = (query: string) => all<NetChange>(mira, `/v1/me/preferences/changes?${query}`);

/** Lets a minute pass, and answers the instant in the middle of it. */
function aMinute(): string {
  const now = app.clock.now().getTime();
  app.clock.advance({ minutes: 1 });
  return new Date(now + 30_000).toISOString();
}

const listAt = (at: string) => all(mira, `/v1/me/preferences?as_of=${at}`);

describe('the list as of an instant', () => {
  it('is what the customer stated then', async () => {
    const before = aMinute();
    const size = await record({ attribute: 'size.footwear', ...shoes('38') });
    const first = aMinute();
    const revised = await revise(size.id, shoes('39'));
    const receipt = await record(paper);
    const second = aMinute();
    await remove(size.id);
    const third = aMinute();

    expect(await listAt(before)).toEqual([]);
    expect(await listAt(first)).toEqual([size]);
    expect(await listAt(second)).toEqual([receipt, revised]);
    expect(await listAt(third)).toEqual([receipt]);
  });

  it('includes what changed at that very instant', async () => {
    const size = await record({ attribute: 'size.footwear', ...shoes('38') });
    expect(await listAt(size.updated_at)).toEqual([size]);
    expect(await listAt(new Date(Date.parse(size.updated_at) - 1).toISOString())).toEqual([]);
  });

  it('is filtered as the list of now is, and paged', async () => {
    const size = await record({ attribute: 'size.footwear', ...shoes('38') });
    const receipt = await record(paper);
    const at = aMinute();
    await remove(receipt.id);
    const path = `/v1/me/preferences?as_of=${at}`;
    expect(await all(mira, `${path}&attribute=size`)).toEqual([size]);
    expect(await all(mira, `${path}&limit=1`)).toEqual([receipt, size]);
  });

  it('counts as due what was due then', async () => {
    const review_after = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
    const size = await record({ attribute: 'size.footwear', ...shoes('38'), review_after });
    const early = aMinute();
    app.clock.advance({ hours: 2 });
    const late = aMinute();
    expect(await all(mira, `/v1/me/preferences?review=due&as_of=${early}`)).toEqual([]);
    expect(await all(mira, `/v1/me/preferences?review=due&as_of=${late}`)).toEqual([size]);
  });

  it('is nobody else’s', async () => {
    await record(paper);
    const at = aMinute();
    mira = await aCustomer(app);
    expect(await listAt(at)).toEqual([]);
  });
});

describe('what held at an instant', () => {
  it('rests on what was stated then', async () => {
    const size = await record({ attribute: 'size.footwear', ...shoes('38') });
    const at = aMinute();
    await revise(size.id, shoes('39'));
    const then = await mira.api.get(`/v1/me/effective?as_of=${at}`).expect(200);
    expect(then.body.effective).toMatchObject([{ value: { size: '38' } }]);
    const now = await mira.api.get('/v1/me/effective').expect(200);
    expect(now.body.effective).toMatchObject([{ value: { size: '39' } }]);
  });
});

describe('the changes of a period', () => {
  it('tell what each preference was and what it became', async () => {
    const size = await record({ attribute: 'size.footwear', ...shoes('38') });
    const receipt = await record(paper);
    const from = aMinute();
    await revise(size.id, shoes('39'));
    const last = await revise(size.id, shoes('40'));
    app.clock.advance({ minutes: 1 });
    await remove(receipt.id);
    app.clock.advance({ minutes: 1 });
    const brand = await record({ attribute: 'brand.affinity', value: { brand: 'Acme' }, strength: 'avoid' });
    const by = { kind: 'customer', delegation_id: null, name: null };

    expect(await changes(`from=${from}`)).toEqual([
      {
        preference_id: brand.id,
        attribute: 'brand.affinity',
        change: 'added',
        was: null,
        became: brand,
        at: brand.updated_at,
        by,
      },
      {
        preference_id: receipt.id,
        attribute: 'receipt.delivery',
        change: 'removed',
        was: receipt,
        became: null,
        at: expect.any(String),
        by,
      },
      {
        preference_id: size.id,
        attribute: 'size.footwear',
        change: 'changed',
        was: size,
        became: last,
        at: last.updated_at,
        by,
      },
    ]);
  });

  it('begin with the first where it has no beginning', async () => {
    const receipt = await record(paper);
    expect(await changes('')).toMatchObject([{ change: 'added', was: null, became: receipt }]);
  });

  it('include its beginning and not its end', async () => {
    const { updated_at: at } = await record(paper);
    const after = new Date(Date.parse(at) + 1).toISOString();
    const before = new Date(Date.parse(at) - 1).toISOString();
    expect(await changes(`from=${at}&to=${after}`)).toHaveLength(1);
    expect(await changes(`from=${before}&to=${at}`)).toEqual([]);
    expect(await changes(`from=${after}`)).toEqual([]);
  });

  it('leave out what came and went, and what was put back', async () => {
    const size = await record({ attribute: 'size.footwear', ...shoes('38') });
    const from = aMinute();
    const receipt = await record(paper);
    await remove(receipt.id);
    await revise(size.id, shoes('39'));
    await undo(size.id, 2);
    expect(await changes(`from=${from}`)).toEqual([]);
  });

  it('come in pages, also where most of what changed was put back', async () => {
    const from = aMinute();
    const brands = Array.from({ length: 9 }, (_, index) => ({
      attribute: 'brand.affinity',
      value: { brand: `Brand ${index}` },
      strength: 'want',
    }));
    const { body } = await mira.api.post('/v1/me/preferences/batch').send({ items: brands }).expect(201);
    const ids = (body.items as Preference[]).map(({ id }) => id);
    for (const id of ids.slice(2, 8)) await remove(id);
    const kept = [...ids.slice(0, 2), ids[8]].toSorted().toReversed();
    const paged = await changes(`from=${from}&limit=1`);
    expect(paged.map(({ preference_id }) => preference_id)).toEqual(kept);
  });

  it.each([
    ['from=yesterday', 'query/from'],
    ['from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z', 'query/to'],
    ['from=2026-11-02T00:00:00Z&to=2026-11-02T00:00:00Z', 'query/to'],
  ])('are not those of %s', async (query, pointer) => {
    const { body } = await mira.api.get(`/v1/me/preferences/changes?${query}`).expect(400);
    expect(body.errors).toMatchObject([{ pointer }]);
  });

  it('do not go on from the cursor of another list', async () => {
    await mira.api.get('/v1/me/preferences/changes?from=2026-11-02T00:00:00Z&cursor=WzFd').expect(400);
  });
});

/** What somebody may do next; a number chooses among the preferences that there are or were. */
const step = fc.record({
  does: fc.constantFrom('record', 'revise', 'remove', 'undo'),
  which: fc.nat(9),
  brand: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F'),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Takes the step, if it can be taken, and answers what it was about. */
async function take({ does, which, brand }: Step, known: readonly string[]): Promise<string | undefined> {
  const liking = { value: { brand }, strength: 'want', ...everyone };
  if (does === 'record') {
    return (await mira.api.post('/v1/me/preferences').send({ attribute: 'brand.affinity', ...liking })).body.id;
  }
  const id = known[which % Math.max(known.length, 1)];
  if (id === undefined) return undefined;
  const address = `/v1/me/preferences/${id}`;
  if (does === 'remove') await mira.api.delete(address);
  if (does === 'revise') await mira.api.put(address).set('if-match', '*').send(liking);
  if (does === 'undo') {
    const { body } = await mira.api.get(`${address}/history?limit=1`).expect(200);
    await mira.api.post(`${address}/undo`).send({ version: body.items[0].preference.version });
  }
  return id;
}

interface Told {
  readonly at: string;
  readonly list: readonly Preference[];
}

/** What became of each preference from one list to another, told without looking at what happened in between. */
function difference(from: readonly Preference[], to: readonly Preference[]) {
  const content = (preference: Preference | undefined) =>
    preference && JSON.stringify({ ...preference, version: 0, updated_at: '' });
  const ids = new Set([...from, ...to].map(({ id }) => id));
  return [...ids].flatMap((id) => {
    const [was, became] = [from, to].map((list) => list.find((preference) => preference.id === id));
    return content(was) === content(became) ? [] : [{ id, was: was ?? null, became: became ?? null }];
  });
}

describe('history', () => {
  it('tells of every instant what the list told then, and of any two what became of it', async () => {
    const happened = { changes: 0, undone: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 20 }), async (steps) => {
        mira = await aCustomer(app);
        const known: string[] = [];
        const told: Told[] = [{ at: aMinute(), list: [] }];
        for (const one of steps) {
          const id = await take(one, known);
          if (id && !known.includes(id)) known.push(id);
          told.push({ list: await all(mira, '/v1/me/preferences'), at: aMinute() });
        }
        for (const { at, list } of told) expect(await listAt(at)).toEqual(list);

        const [first, middle, last] = [told[0]!, told[told.length >> 1]!, told.at(-1)!];
        for (const [from, to] of [
          [first, middle],
          [middle, last],
          [first, last],
        ] as const) {
          const net = await changes(`from=${from.at}&to=${to.at}&limit=3`);
          const byId = net.map(({ preference_id: id, was, became }) => ({ id, was, became }));
          const expected = difference(from.list, to.list);
          expect(byId).toHaveLength(expected.length);
          expect(byId).toEqual(expect.arrayContaining(expected));
          happened.changes += expected.length;
        }
        happened.undone += steps.filter(({ does }) => does === 'undo').length;
      }),
      { numRuns: 5 },
    );
    expect(happened.changes).toBeGreaterThan(5);
    expect(happened.undone).toBeGreaterThan(3);
  });
});
