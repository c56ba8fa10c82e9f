import type { NetChange } from '../src/preferences/net-change.js';
import type { Preference } from '../src/preferences/preference.js';
import { LongJobs } from '../src/platform/jobs/long-jobs.js';
import { aCustomer, anOperator, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { all } from './support/pages.js';

let app: TestApp;
let mira: TestCustomer;
let receipt: Preference;
let returning: Preference;
let gift: Preference;
let removed: Preference;
let before: string;

const record = async (statement: object): Promise<Preference> =>
  (await mira.api.post('/v1/me/preferences').send(statement).expect(201)).body;
const remove = (id: string) => mira.api.delete(`/v1/me/preferences/${id}`).expect(204);
const undo = (id: string, version: number) => mira.api.post(`/v1/me/preferences/${id}/undo`).send({ version });
const listAt = (at: string) => all(mira, `/v1/me/preferences?as_of=${at}`);

const paper = { attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'want' };
const collecting = { attribute: 'returns.method', value: { method: 'store' }, strength: 'want' };

/** Publishes a major that renames one attribute and drops another, and waits until it is in force. */
async function publishMajor(): Promise<void> {
  const { api } = await anOperator(app);
  const upcasts = [
    { attribute: 'receipt.delivery', rename_to: 'receipt.form' },
    { attribute: 'returns.method', drop: true },
  ];
  await api.post('/v1/admin/vocabularies').send({ version: '2.0.0', upcasts }).expect(201);
  await app.get(LongJobs).work();
  await api.post('/v1/admin/vocabularies/2.0.0/publish').send({}).expect(200);
  app.clock.advance({ minutes: 2 });
}

beforeAll(async () => {
  app = await startApp();
  mira = await aCustomer(app);
  receipt = await record(paper);
  gift = await record({ ...paper, context: { occasion: 'gift' } });
  returning = await record(collecting);
  removed = await record({ ...collecting, context: { occasion: 'gift' } });
  await remove(removed.id);
  app.clock.advance({ minutes: 1 });
  before = app.clock.now().toISOString();
  await publishMajor();
});
afterAll(() => app.stop());

describe('after a release that renames an attribute and drops another', () => {
  it('a past state is as it was then', async () => {
    expect(await listAt(before)).toEqual([returning, gift, receipt]);
    const now = await all(mira, '/v1/me/preferences');
    expect(now.find(({ id }) => id === receipt.id)).toEqual({ ...receipt, attribute: 'receipt.form' });
    expect(now.map(({ attribute }) => attribute)).toEqual(['receipt.form', 'receipt.form']);
  });

  it('what held then is told in the words of then', async () => {
    const { body } = await mira.api.get(`/v1/me/effective?as_of=${before}`).expect(200);
    expect(body.vocabulary).toBe('1.2.0');
    expect((body.effective as Preference[]).map(({ attribute }) => attribute)).toEqual([
      'receipt.delivery',
      'returns.method',
    ]);
  });

  it('history stays as it was written', async () => {
    const [first] = await all<{ preference: Preference }>(mira, `/v1/me/preferences/${receipt.id}/history`);
    expect(first?.preference).toEqual(receipt);
  });

  it('nothing counts as changed by the customer', async () => {
    expect(await all(mira, `/v1/me/preferences/changes?from=${before}`)).toEqual([]);
    const since = await all<NetChange>(mira, '/v1/me/preferences/changes');
    expect(since.map(({ attribute, change }) => [attribute, change])).toEqual([
      ['receipt.form', 'added'],
      ['receipt.form', 'added'],
    ]);
  });

  it('an undo puts back what it was, in the words of now', async () => {
    await remove(gift.id);
    const { body } = await undo(gift.id, 2).expect(200);
    expect(body.preference).toEqual({
      ...gift,
      attribute: 'receipt.form',
      version: 3,
      updated_at: expect.any(String),
    });
    expect(await all(mira, '/v1/me/preferences?attribute=receipt.form')).toContainEqual(body.preference);
  });

  it('what means nothing any more is not there to be undone', async () => {
    await undo(returning.id, 1).expect(404);
    const { body } = await undo(removed.id, 2).expect(409);
    expect(body.type).toBe(`${app.url}/problems/preference-meaningless`);
    expect(await listAt(before)).toEqual([returning, gift, receipt]);
  });
});
