import type { NetChange } from '../src/preferences/net-change.js';
import type { Preference } from '../src/preferences/preference.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aDelegation, shoes, type TestDelegation } from './support/delegations.js';
import { all } from './support/pages.js';

let app: TestApp;
let mira: TestCustomer;
let anna: TestDelegation;
let size: Preference;
let receipt: Preference;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  mira = await aCustomer(app);
  anna = await aDelegation(app, { giver: mira, name: 'Anna', attributes: ['size'] });
  const due = { review_after: '2020-01-01T00:00:00Z' };
  size = (
    await mira.api
      .post('/v1/me/preferences')
      .send({ ...shoes, ...due })
      .expect(201)
  ).body;
  const paper = { attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'want', ...due };
  receipt = (await mira.api.post('/v1/me/preferences').send(paper).expect(201)).body;
  app.clock.advance({ minutes: 1 });
});
afterAll(() => app.stop());

const undo = ({ api }: Pick<TestCustomer, 'api'>, id: string, version: number) =>
  api.post(`/v1/me/preferences/${id}/undo`).send({ version });
const asAnna = () => ({ ...mira, api: anna.acting });

describe('somebody who acts for a customer', () => {
  it('is named where the customer looks at what changed', async () => {
    await anna.acting.post('/v1/me/preferences/confirm').send({ all_due: true }).expect(200);
    const changes = async (who: TestCustomer) => {
      const from = new Date(Date.parse(receipt.updated_at) + 1).toISOString();
      return all<NetChange>(who, `/v1/me/preferences/changes?from=${from}`);
    };
    const by = { kind: 'delegate', delegation_id: anna.id, name: 'Anna' };
    expect(await changes(mira)).toMatchObject([{ preference_id: size.id, change: 'changed', by }]);
    expect(await changes(asAnna())).toMatchObject([{ preference_id: size.id, by: { ...by, name: null } }]);
  });

  it('sees of the past what they see of the present', async () => {
    const now = app.clock.now().toISOString();
    expect(await all(asAnna(), `/v1/me/preferences?as_of=${now}`)).toEqual([size]);
    const changes = await all<NetChange>(asAnna(), '/v1/me/preferences/changes');
    expect(changes.map(({ became }) => became)).toEqual([size]);
    const { body } = await anna.acting.get(`/v1/me/effective?as_of=${now}`).expect(200);
    expect((body.effective as Preference[]).map(({ attribute }) => attribute)).toEqual(['size.footwear']);
    expect(await all(mira, `/v1/me/preferences?as_of=${now}`)).toEqual([receipt, size]);
  });

  it('undoes and confirms what they may state, and knows of nothing else', async () => {
    await undo(asAnna(), receipt.id, 1).expect(404);
    await undo(asAnna(), receipt.id, 7).expect(404);
    await anna.acting
      .post('/v1/me/preferences/confirm')
      .send({ ids: [receipt.id] })
      .expect(404);
    const { body } = await anna.acting.post('/v1/me/preferences/confirm').send({ all_due: true }).expect(200);
    expect((body.items as Preference[]).map(({ id }) => id)).toEqual([size.id]);
    const undone = await undo(asAnna(), size.id, 2).expect(200);
    expect(undone.body).toMatchObject({ change: 'restored', by: { kind: 'delegate', delegation_id: anna.id } });
  });
});
