import { randomUUID } from 'node:crypto';

import type { Preference } from '../src/preferences/preference.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { all } from './support/pages.js';
import { race, statusesOf } from './support/race.js';
import { announced, audited } from './support/records.js';

let app: TestApp;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const applies_to = { level: 'everyone' };
const paper = { attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'want' };
const email = { value: { form: 'email' }, strength: 'must', applies_to };

const record = async (statement: object): Promise<Preference> =>
  (await mira.api.post('/v1/me/preferences').send(statement).expect(201)).body;
const revising = (id: string, revision: object, ifMatch = '*') =>
  mira.api.put(`/v1/me/preferences/${id}`).set('if-match', ifMatch).send(revision);
const revise = async (id: string, revision: object): Promise<Preference> =>
  (await revising(id, revision).expect(200)).body;
const remove = (id: string) => mira.api.delete(`/v1/me/preferences/${id}`).expect(204);
const undoing = (id: string, version: unknown, who = mira) =>
  who.api.post(`/v1/me/preferences/${id}/undo`).send({ version });
const undo = async (id: string, version: number) => (await undoing(id, version).expect(200)).body;
const list = () => all(mira, '/v1/me/preferences');
const profile = () => ({ bucket: mira.key.bucket, customer_id: mira.customerId });

describe('undoing', () => {
  it('a revision puts back what was there before, as its next version', async () => {
    const first = await record(paper);
    await revise(first.id, email);
    app.clock.advance({ minutes: 1 });
    const undone = await undo(first.id, 2);
    expect(undone).toEqual({
      change: 'restored',
      preference: { ...first, version: 3, updated_at: expect.any(String) },
      by: { kind: 'customer', delegation_id: null, name: null },
    });
    expect(undone.preference.updated_at > first.updated_at).toBe(true);
    expect(await list()).toEqual([undone.preference]);
  });

  it('a removal brings the preference back under its id', async () => {
    const first = await record(paper);
    await remove(first.id);
    const { change, preference } = await undo(first.id, 2);
    expect([change, preference.id, preference.version]).toEqual(['restored', first.id, 3]);
    expect(await list()).toEqual([preference]);
  });

  it('a recording removes it, and undoing that brings it back', async () => {
    const first = await record(paper);
    expect(await undo(first.id, 1)).toMatchObject({ change: 'removed', preference: { version: 2 } });
    expect(await list()).toEqual([]);
    expect(await undo(first.id, 2)).toMatchObject({ change: 'restored', preference: { ...paper, version: 3 } });
  });

  it('an undo does again what was undone', async () => {
    const first = await record(paper);
    const second = await revise(first.id, email);
    await undo(first.id, 2);
    const { preference } = await undo(first.id, 3);
    expect(preference).toEqual({ ...second, version: 4, updated_at: expect.any(String) });
  });

  it('is part of the history, audited, and announced', async () => {
    const { id } = await record(paper);
    await revise(id, email);
    await undo(id, 2);
    const history = await all<{ change: string }>(mira, `/v1/me/preferences/${id}/history`);
    expect(history.map(({ change }) => change)).toEqual(['restored', 'revised', 'recorded']);
    const types = (await audited(app, mira.key)).map(({ type }) => type as string);
    expect(types.filter((type) => type.startsWith('preference.'))).toContain('preference.restored');
    expect((await announced(app, mira.key)).filter((type) => type === 'preferences.changed')).toHaveLength(3);
  });

  it('is refused when something was changed since, and says what the latest version is', async () => {
    const { id } = await record(paper);
    await revise(id, email);
    const { body } = await undoing(id, 1).expect(409);
    expect(body).toMatchObject({ type: `${app.url}/problems/preference-changed`, latest_version: 2 });
    await undoing(id, 3).expect(409);
    await remove(id);
    await undoing(id, 2).expect(409);
    expect(await list()).toEqual([]);
  });

  it('is refused when the same is stated by another preference now', async () => {
    const first = await record(paper);
    await remove(first.id);
    const second = await record({ attribute: 'receipt.delivery', ...email });
    const { body } = await undoing(first.id, 2).expect(409);
    expect(body).toMatchObject({ type: `${app.url}/problems/preference-exists`, preference_id: second.id });
  });

  it('brings back nothing that the profile has no room for', async () => {
    const { id } = await record(paper);
    await remove(id);
    const brands = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => ({
        attribute: 'brand.affinity',
        value: { brand: `Brand ${from + index}` },
        strength: 'want',
      }));
    for (const items of [brands(0, 500), brands(500, 1000)]) {
      await mira.api.post('/v1/me/preferences/batch').send({ items }).expect(201);
    }
    const { body } = await undoing(id, 2).expect(409);
    expect(body.type).toBe(`${app.url}/problems/too-many-preferences`);
  });

  it.each([undefined, 0, '1', 1.5, 2 ** 31])('names a version, not %s', async (version) => {
    const { id } = await record(paper);
    const { body } = await undoing(id, version).expect(400);
    expect(new Set(body.errors.map(({ pointer }: { pointer: string }) => pointer))).toEqual(new Set(['/version']));
  });

  it('is nobody else’s business', async () => {
    const { id } = await record(paper);
    const noor = await aCustomer(app);
    await undoing(id, 1, noor).expect(404);
    await undoing(randomUUID(), 1).expect(404);
    expect(await list()).toHaveLength(1);
  });
});

describe('two at once', () => {
  it('undo a change once', async () => {
    const { id } = await record(paper);
    await revise(id, email);
    const once = async () => (await undoing(id, 2)).status;
    expect(statusesOf(await race(app.db, 'subject_keys', profile(), [once, once]))).toEqual([200, 409]);
    expect(await list()).toMatchObject([{ ...paper, version: 3 }]);
  });

  it('bring a removed preference back once', async () => {
    const { id } = await record(paper);
    await remove(id);
    const once = async () => (await undoing(id, 2)).status;
    expect(statusesOf(await race(app.db, 'subject_keys', profile(), [once, once]))).toEqual([200, 409]);
    expect(await list()).toMatchObject([{ version: 3 }]);
  });

  it('do not both undo and revise: whoever comes second is told', async () => {
    const first = await record(paper);
    const { headers } = await revising(first.id, email).expect(200);
    const revision = { ...email, value: { form: 'app' } };
    const [undone, revised] = await race(app.db, 'subject_keys', profile(), [
      async () => (await undoing(first.id, 2)).status,
      async () => (await revising(first.id, revision, headers.etag)).status,
    ]);
    const statuses = statusesOf([undone, revised]);
    expect([
      [200, 409],
      [200, 412],
    ]).toContainEqual(statuses);
    const form = statuses[1] === 409 ? 'app' : 'paper';
    expect(await list()).toMatchObject([{ value: { form }, version: 3 }]);
  });
});
