import { randomUUID } from 'node:crypto';

import { Drafts } from '../src/preferences/drafts.js';
import { LARGEST_DOCUMENT_BYTES } from '../src/preferences/preference-document.entity.js';
import { PreferenceDocuments } from '../src/preferences/preference-documents.js';
import type { Preference } from '../src/preferences/preference.js';
import { PreferencesService } from '../src/preferences/preferences.service.js';
import { aCustomer, bearer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { all } from './support/pages.js';
import { audited } from './support/records.js';

let app: TestApp;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const DAY = 86_400_000;
const inDays = (days: number) => new Date(app.clock.now().getTime() + days * DAY).toISOString();
const paper = { attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'want' } as const;
const shoes = { attribute: 'size.footwear', value: { system: 'EUROPE', size: '38' }, strength: 'must' } as const;

const record = async (statement: object): Promise<Preference> =>
  (await mira.api.post('/v1/me/preferences').send(statement).expect(201)).body;
const confirming = (body: object, who = mira) => who.api.post('/v1/me/preferences/confirm').send(body);
const confirm = async (body: object): Promise<Preference[]> => (await confirming(body).expect(200)).body.items;
const list = (query = '') => all(mira, `/v1/me/preferences${query}`);
const due = () => list('?review=due');
const held = async () => (await mira.api.get('/v1/me/effective').expect(200)).body.effective;

/** Lets days pass. Nobody stays signed in for so long. */
async function pass(days: number): Promise<void> {
  app.clock.advance({ days });
  const { email, password } = mira;
  const { body } = await app.http.post('/v1/sessions').send({ email, password }).expect(201);
  mira = { ...mira, api: bearer(app, body.token) };
}

/** What an import leaves behind: it waits until the customer confirms it. */
async function imported(source: string, attribute: 'brand.affinity', brand: string): Promise<Preference> {
  const draft = { attribute, value: { brand }, strength: 'want', applies_to: { level: 'everyone' } } as const;
  const statements = await app.get(Drafts).checked([draft], ['']);
  const author = { actor: { kind: 'customer' }, provenance: { kind: 'imported', source } } as const;
  const { added } = await app.get(PreferencesService).adopt(mira.key, statements, author, { settle: () => 'keep' });
  return added[0]!;
}

describe('what was to be looked at again', () => {
  it('is due from then on', async () => {
    const size = await record({ ...shoes, review_after: inDays(30) });
    await record(paper);
    expect(await due()).toEqual([]);
    await pass(31);
    expect(await due()).toEqual([size]);
  });

  it('still holds while it is due', async () => {
    await record({ ...shoes, review_after: inDays(1) });
    await pass(2);
    expect(await held()).toHaveLength(1);
  });

  it('is confirmed with one call, and put off for as long as before', async () => {
    const size = await record({ ...shoes, review_after: inDays(30) });
    const receipt = await record(paper);
    await pass(40);
    const items = await confirm({ all_due: true });
    expect(items).toEqual([{ ...size, version: 2, updated_at: expect.any(String), review_after: expect.any(String) }]);
    expect(Date.parse(items[0]!.review_after!)).toBeCloseTo(Date.parse(inDays(30)), -4);
    expect(await due()).toEqual([]);
    expect(await list()).toEqual([items[0], receipt]);
  });

  it('is put off until the customer says', async () => {
    await record({ ...shoes, review_after: inDays(30) });
    await pass(40);
    const review_after = inDays(365);
    expect(await confirm({ all_due: true, review_after })).toMatchObject([{ review_after }]);
  });

  it('is confirmed one by one, also before it is due', async () => {
    const size = await record({ ...shoes, review_after: inDays(30) });
    const receipt = await record({ ...paper, review_after: inDays(30) });
    await pass(10);
    const [confirmed] = await confirm({ ids: [size.id] });
    expect(confirmed!.review_after! > size.review_after!).toBe(true);
    expect(await list()).toEqual([confirmed, receipt]);
  });

  it('is asked about again after a day at least, however short the time was before', async () => {
    await record({ ...shoes, review_after: '2020-01-01T00:00:00Z' });
    const [confirmed] = await confirm({ all_due: true });
    expect(Date.parse(confirmed!.review_after!)).toBeCloseTo(Date.parse(inDays(1)), -4);
  });

  it('gets a date when there was none', async () => {
    const { id } = await record(paper);
    const review_after = inDays(90);
    expect(await confirm({ ids: [id], review_after })).toMatchObject([{ review_after, version: 2 }]);
  });

  it('stays as it is when there is nothing to confirm', async () => {
    const receipt = await record(paper);
    expect(await confirm({ all_due: true })).toEqual([]);
    expect(await confirm({ ids: [receipt.id] })).toEqual([receipt]);
    const types = (await audited(app, mira.key)).map(({ type }) => type);
    expect(types).not.toContain('preference.confirmed');
  });

  it('wins over nothing that it lost to before', async () => {
    const till = { ...paper, context: { touchpoint: ['till'] }, review_after: inDays(1) };
    await record(till);
    app.clock.advance({ minutes: 1 });
    await record({ ...paper, value: { form: 'app' }, context: { stage: ['shopping'] } });
    await pass(2);
    const there = '/v1/me/effective?touchpoint=till&stage=shopping';
    expect((await mira.api.get(there)).body.effective).toMatchObject([{ value: { form: 'app' } }]);
    await confirm({ all_due: true });
    expect((await mira.api.get(there)).body.effective).toMatchObject([{ value: { form: 'app' } }]);
  });
});

describe('what is pending', () => {
  it('is found in the list, and holds once it is confirmed', async () => {
    const acme = await imported('import:1', 'brand.affinity', 'Acme');
    expect(await list('?status=pending')).toEqual([acme]);
    expect(await held()).toEqual([]);
    expect(await confirm({ ids: [acme.id] })).toMatchObject([{ status: 'active', provenance: acme.provenance }]);
    expect(await held()).toMatchObject([{ value: { brand: 'Acme' } }]);
    const history = await all<{ change: string }>(mira, `/v1/me/preferences/${acme.id}/history`);
    expect(history.map(({ change }) => change)).toEqual(['confirmed', 'recorded']);
  });

  it('is confirmed with one call, wherever it came from', async () => {
    await imported('import:1', 'brand.affinity', 'Acme');
    await imported('import:2', 'brand.affinity', 'Brand B');
    await record({ ...paper, review_after: '2020-01-01T00:00:00Z' });
    expect(await confirm({ all_pending: true })).toHaveLength(2);
    expect(await list('?status=pending')).toEqual([]);
    expect(await due()).toHaveLength(1);
  });

  it('pends again when that is undone', async () => {
    const acme = await imported('import:1', 'brand.affinity', 'Acme');
    await confirm({ ids: [acme.id] });
    const { body } = await mira.api.post(`/v1/me/preferences/${acme.id}/undo`).send({ version: 2 }).expect(200);
    expect(body.preference.status).toBe('pending');
  });
});

describe('a confirmation', () => {
  it.each([
    [{}, ''],
    [{ all_due: true, all_pending: true }, ''],
    [{ all_due: false }, '/all_due'],
    [{ ids: [] }, '/ids'],
    [{ ids: ['everything'] }, '/ids'],
    [{ all_due: true, review_after: '2020-01-01T00:00:00Z' }, '/review_after'],
  ])('is not %j', async (body, pointer) => {
    const answer = await confirming(body).expect(400);
    expect(answer.body.errors).toMatchObject([{ pointer }]);
  });

  it('for which its category has no room confirms none', async () => {
    const size = await record({ ...shoes, review_after: '2020-01-01T00:00:00Z' });
    const full = { category: 'size', version: 2, sealed: Buffer.alloc(LARGEST_DOCUMENT_BYTES + 1) };
    const sealing = jest.spyOn(app.get(PreferenceDocuments), 'seal').mockReturnValueOnce(full);
    const { body } = await confirming({ all_due: true }).expect(409);
    expect(sealing).toHaveBeenCalledTimes(1);
    expect(body).toMatchObject({ type: `${app.url}/problems/category-full`, category: 'size' });
    expect(await due()).toEqual([size]);
  });

  it('of a preference that is not there, or is somebody else’s, confirms none', async () => {
    const size = await record({ ...shoes, review_after: '2020-01-01T00:00:00Z' });
    await confirming({ ids: [size.id, randomUUID()] }).expect(404);
    expect(await due()).toEqual([size]);
    await confirming({ ids: [size.id] }, await aCustomer(app)).expect(404);
  });
});
