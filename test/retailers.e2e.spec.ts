import { aCustomer, anOperator, bearer, type TestStaff } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { retailerToken } from './support/oauth.js';
import { race } from './support/race.js';
import { audited } from './support/records.js';
import { aRetailer } from './support/retailers.js';

let app: TestApp;
let operator: TestStaff;
beforeAll(async () => {
  app = await startApp();
  operator = await anOperator(app);
});
afterAll(() => app.stop());

const ADMIN = '/v1/admin/retailers';
const thistle = {
  name: 'Thistle Market',
  legal_name: 'Thistle Market Ltd',
  country: 'IE',
  website: 'https://thistle.example',
  privacy_url: 'https://thistle.example/privacy',
  sectors: ['grocery'],
  touchpoints: ['till', 'web'],
};

async function registered(more: object = {}): Promise<string> {
  const { body } = await operator.api
    .post(ADMIN)
    .send({ ...thistle, ...more })
    .expect(201);
  return body.id;
}

const command = (id: string, name: string, body: object = {}) => operator.api.post(`${ADMIN}/${id}/${name}`).send(body);
const approve = (id: string, sectors = ['grocery']) => command(id, 'approve', { sectors });
const suspend = (id: string, reason = 'Asked for allergens to advertise.') => command(id, 'suspend', { reason });

async function loggedOf(id: string): Promise<unknown[]> {
  const entries = await audited(app, null);
  return entries.filter((entry) => entry['retailer_id'] === id);
}

async function announcedOf(id: string): Promise<string[]> {
  const { rows } = await app.db.query<{ type: string }>(
    'select type from outbox_events where retailer_id = $1 order by id',
    [id],
  );
  return rows.map(({ type }) => type);
}

describe('a retailer', () => {
  it('waits for its approval once it is registered', async () => {
    const { body } = await operator.api.post(ADMIN).send(thistle).expect(201);
    expect(body).toEqual({
      ...thistle,
      id: expect.any(String),
      incentive: null,
      status: 'pending',
      created_at: expect.any(String),
      approved_at: null,
      suspended_at: null,
    });
    await app.http.get(`/v1/retailers/${body.id}`).expect(404);
    await operator.api.get(`${ADMIN}/${body.id}`).expect(200, body);
  });

  it('is registered once when the request is repeated with its Idempotency-Key', async () => {
    const once = () => operator.api.post(ADMIN).set('idempotency-key', 'thistle-1').send(thistle).expect(201);
    const [first, second] = [await once(), await once()];
    expect(second.body).toEqual(first.body);
  });

  it('takes part once it is approved, in the sectors of its approval', async () => {
    const id = await registered({ sectors: ['grocery', 'travel'] });
    const { body } = await approve(id, ['grocery', 'pets']).expect(200);
    expect(body).toMatchObject({ status: 'active', sectors: ['grocery', 'pets'], approved_at: expect.any(String) });
    const found = await app.http.get(`/v1/retailers/${id}`).expect(200);
    const { menu, ...profile } = found.body;
    expect(profile).toEqual({ ...thistle, id, incentive: null, sectors: ['grocery', 'pets'] });
    expect(menu.map(({ touchpoint }: { touchpoint: string }) => touchpoint)).toEqual(profile.touchpoints);
  });

  it('vanishes from the directory while it is suspended, and comes back as it was', async () => {
    const id = await registered();
    await approve(id).expect(200);
    const suspended = await suspend(id).expect(200);
    expect(suspended.body).toMatchObject({ status: 'suspended', suspended_at: expect.any(String) });
    await app.http.get(`/v1/retailers/${id}`).expect(404);
    const { body } = await command(id, 'reinstate').expect(200);
    expect(body).toMatchObject({ status: 'active', suspended_at: null });
    await app.http.get(`/v1/retailers/${id}`).expect(200);
  });

  it('that was never approved waits again after a suspension', async () => {
    const id = await registered();
    await suspend(id).expect(200);
    const { body } = await command(id, 'reinstate').expect(200);
    expect(body.status).toBe('pending');
  });

  it('is not approved while it is suspended', async () => {
    const id = await registered();
    await suspend(id).expect(200);
    const { body } = await approve(id).expect(409);
    expect(body).toMatchObject({ type: `${app.url}/problems/retailer-state`, status: 409 });
  });

  it('is changed once however often the same is asked, and each change is in the log and announced', async () => {
    const id = await registered();
    for (const _ of [1, 2]) await approve(id).expect(200);
    for (const _ of [1, 2]) await suspend(id, 'Enough.').expect(200);
    for (const _ of [1, 2]) await command(id, 'reinstate').expect(200);
    const types = ['retailer.registered', 'retailer.approved', 'retailer.suspended', 'retailer.reinstated'];
    const logged = await loggedOf(id);
    expect(logged).toHaveLength(4);
    expect(logged).toMatchObject(types.map((type) => ({ type, actor: { kind: 'operator', id: operator.staffId } })));
    expect(logged[2]).toMatchObject({ data: { reason: 'Enough.' } });
    expect(await announcedOf(id)).toEqual(types);
  });

  it('is suspended once when two operators do it at a time', async () => {
    const id = await registered();
    await race(app.db, 'retailers', { id }, [() => suspend(id), () => suspend(id)]);
    expect(await announcedOf(id)).toEqual(['retailer.registered', 'retailer.suspended']);
  });

  it.each([
    ['a sector that there is not', { sectors: ['witchcraft'] }, '/sectors'],
    ['no sector', { sectors: [] }, '/sectors'],
    ['a touchpoint twice', { touchpoints: ['till', 'till'] }, '/touchpoints'],
    ['a country that there is not', { country: 'XX' }, '/country'],
    ['a website without https', { website: 'http://thistle.example' }, '/website'],
    ['a privacy notice that is a script', { privacy_url: 'javascript:alert(1)' }, '/privacy_url'],
    ['an empty name', { name: '' }, '/name'],
    ['a name that rings the bell', { name: 'Thistle\u0007' }, '/name'],
    ['a status', { status: 'active' }, '/status'],
  ])('is refused with %s', async (_, more, pointer) => {
    const { body } = await operator.api
      .post(ADMIN)
      .send({ ...thistle, ...more })
      .expect(400);
    expect(body.errors).toContainEqual({ pointer, detail: expect.any(String) });
  });

  it('that does not exist is not found by any command', async () => {
    const nobody = '019a9c3e-7c00-7000-8000-00000000a1b2';
    await operator.api.get(`${ADMIN}/${nobody}`).expect(404);
    await approve(nobody).expect(404);
    await suspend(nobody).expect(404);
    const { body } = await command(nobody, 'reinstate').expect(404);
    expect(body.type).toBe(`${app.url}/problems/retailer-not-found`);
  });

  it('reads its own profile and clients with any token of its own', async () => {
    const heron = await aRetailer(app, { name: 'Heron Foods' });
    const { fetch } = await retailerToken(app, heron, { scope: 'interactions.write' });
    const profile = await fetch('GET', '/v1/retailer');
    expect(profile).toMatchObject({ status: 200, body: { id: heron.id, name: 'Heron Foods', status: 'active' } });
    const clients = await fetch('GET', '/v1/retailer/clients');
    expect(clients).toMatchObject({ status: 200, body: { items: [{ client_id: heron.client.id }] } });
  });
});

describe('the directory', () => {
  it('lists who takes part, newest first, page by page', async () => {
    const ids: string[] = [];
    for (const name of ['One', 'Two', 'Three']) ids.push((await aRetailer(app, { name, sectors: ['jewellery'] })).id);
    await registered({ sectors: ['jewellery'] });
    const first = await app.http.get('/v1/retailers?sector=jewellery&limit=2').expect(200);
    expect(first.body.items.map(({ id }: { id: string }) => id)).toEqual([ids[2], ids[1]]);
    const cursor = encodeURIComponent(first.body.next_cursor);
    const second = await app.http.get(`/v1/retailers?sector=jewellery&limit=2&cursor=${cursor}`).expect(200);
    expect(second.body).toMatchObject({ items: [{ id: ids[0], name: 'One' }], next_cursor: null });
  });

  it('answers nothing new to who has it already', async () => {
    const { id } = await aRetailer(app);
    const { headers } = await app.http.get(`/v1/retailers/${id}`).expect(200);
    await app.http.get(`/v1/retailers/${id}`).set('if-none-match', String(headers['etag'])).expect(304);
  });

  it('refuses a sector and a cursor that it does not know', async () => {
    const { body } = await app.http.get('/v1/retailers?sector=witchcraft').expect(400);
    expect(body.errors).toContainEqual({ pointer: 'query/sector', detail: expect.any(String) });
    await app.http.get('/v1/retailers?cursor=xyz').expect(400);
    await app.http.get('/v1/retailers/not-an-id').expect(400);
  });

  it('says no more than is public', async () => {
    const { id } = await aRetailer(app);
    const { body } = await app.http.get(`/v1/retailers/${id}`).expect(200);
    expect(Object.keys(body).sort()).toEqual(
      [
        'country',
        'id',
        'incentive',
        'legal_name',
        'menu',
        'name',
        'privacy_url',
        'sectors',
        'touchpoints',
        'website',
      ].sort(),
    );
  });
});

describe('operators alone', () => {
  it('see and change retailers', async () => {
    const id = await registered();
    const { api } = await aCustomer(app);
    await api.get(ADMIN).expect(403);
    await api
      .post(`${ADMIN}/${id}/approve`)
      .send({ sectors: ['grocery'] })
      .expect(403);
    await bearer(app, 'ccx_ss_unknown').get(ADMIN).expect(401);
    const { body } = await operator.api.get(`${ADMIN}?status=pending&limit=1`).expect(200);
    expect(body.items).toMatchObject([{ id, status: 'pending' }]);
  });
});
