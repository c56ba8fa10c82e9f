import { ADDRESSING } from '../src/retailers/touchpoint-view.js';
import { aCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { consentToken, type RetailerAccess, retailerToken } from './support/oauth.js';
import { race } from './support/race.js';
import { audited } from './support/records.js';
import { aClient, aRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let manager: RetailerAccess;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  grocer = await aRetailer(app, { menu: null });
  manager = await managerOf(grocer);
});
afterAll(() => app.stop());

const managerOf = (retailer: TestRetailer) => retailerToken(app, retailer, { scope: 'retailer.manage' });
const greeting = { en: 'We greet you in this language.', de: 'Wir begrüßen Sie in dieser Sprache.' };
const printing = { en: 'We print your receipt, or do not.' };
const till = {
  touchpoint: 'till',
  attributes: [
    { attribute: 'language.spoken', does: greeting },
    { attribute: 'receipt.delivery', does: printing },
  ],
};

const menuOf = (access: RetailerAccess, headers = {}) =>
  access.fetch('GET', '/v1/retailer/touchpoints', undefined, headers);
const etagOf = async (access: RetailerAccess) => (await menuOf(access)).headers.get('etag') ?? '';
const publish = async (touchpoints: readonly object[], access = manager) =>
  access.fetch('PUT', '/v1/retailer/touchpoints', { touchpoints }, { 'if-match': await etagOf(access) });

/** What is said of one of the touchpoints. */
const at = (touchpoint: string, { touchpoints }: { touchpoints: { touchpoint: string }[] }) =>
  touchpoints.find((menu) => menu.touchpoint === touchpoint);

/** What the log and the outbox say of its menu. */
async function publications({ id }: TestRetailer): Promise<object[]> {
  const entries = await audited(app, null);
  return entries.filter(({ type, retailer_id }) => type === 'retailer.menu_published' && retailer_id === id);
}

describe('a retailer’s touchpoint menu', () => {
  it('is the default of each of its touchpoints while it has published nothing', async () => {
    const { status, body } = await menuOf(manager);
    expect(status).toBe(200);
    const usual = ['language.spoken', 'loyalty.membership', 'receipt.delivery', 'returns.method'];
    expect(at('till', body)).toMatchObject({ published: false });
    const names = at('till', body) as unknown as { attributes: { attribute: string; does: null }[] };
    expect(names.attributes.map(({ attribute }) => attribute).toSorted()).toEqual(usual);
    expect(names.attributes.every(({ does }) => does === null)).toBe(true);
    expect(at('beacon', body)).toBeUndefined();
  });

  it('says of a touchpoint what the retailer has published, in its words, and of the others the default', async () => {
    const { status, body, headers } = await publish([till]);
    expect(status).toBe(200);
    expect(at('till', body)).toEqual({ ...till, published: true });
    expect(at('kiosk', body)).toMatchObject({ published: false });
    const again = await menuOf(manager);
    expect(again.body).toEqual(body);
    expect(again.headers.get('etag')).toBe(headers.get('etag'));
  });

  it('may have nothing at all for a touchpoint, which is another thing than leaving it out', async () => {
    const { body } = await publish([{ touchpoint: 'web', attributes: [] }]);
    expect(at('web', body)).toEqual({ touchpoint: 'web', published: true, attributes: [] });
    expect(at('web', (await publish([])).body)).toMatchObject({ published: false });
  });

  it('is shown to everybody, for each of its touchpoints', async () => {
    await publish([till]);
    const { body, headers } = await app.http.get(`/v1/retailers/${grocer.id}`).expect(200);
    expect(at('till', { touchpoints: body.menu })).toEqual({ ...till, published: true });
    expect(body.menu).toHaveLength(body.touchpoints.length);
    await publish([]);
    const changed = await app.http.get(`/v1/retailers/${grocer.id}`).set('if-none-match', headers['etag'] ?? '');
    expect(changed.status).toBe(200);
  });

  it('is in the log and announced, by the attributes of each touchpoint', async () => {
    await publish([till]);
    const names = till.attributes.map(({ attribute }) => attribute);
    await expect(publications(grocer)).resolves.toMatchObject([
      { actor: { kind: 'retailer', id: grocer.id, client: grocer.client.id }, data: { touchpoints: { till: names } } },
    ]);
    const { rows } = await app.db.query('select type from outbox_events where retailer_id = $1', [grocer.id]);
    expect(rows).toContainEqual({ type: 'retailer.menu_published' });
  });

  it('is answered with 304 to who holds it already', async () => {
    const { status, body } = await menuOf(manager, { 'if-none-match': await etagOf(manager) });
    expect([status, body]).toEqual([304, '']);
  });
});

describe('publishing a menu', () => {
  it('needs to name the menu that it replaces', async () => {
    const put = (headers: Record<string, string>) =>
      manager.fetch('PUT', '/v1/retailer/touchpoints', { touchpoints: [till] }, headers);
    expect((await put({})).status).toBe(428);
    const stale = await etagOf(manager);
    await publish([{ ...till, attributes: [] }]);
    expect((await put({ 'if-match': stale })).status).toBe(412);
    await expect(publications(grocer)).resolves.toHaveLength(1);
  });

  it('is done once when two programs replace the same menu', async () => {
    const [one, other] = [manager, await managerOf(grocer)];
    const held = await etagOf(manager);
    const replace = (access: RetailerAccess) => () =>
      access.fetch('PUT', '/v1/retailer/touchpoints', { touchpoints: [till] }, { 'if-match': held });
    const answers = await race(app.db, 'retailers', { id: grocer.id }, [replace(one), replace(other)]);
    const statuses = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.status : 0));
    expect(statuses.toSorted()).toEqual([200, 412]);
    await expect(publications(grocer)).resolves.toHaveLength(1);
  });

  it('is refused with all its faults, each where it is', async () => {
    const item = (attribute: string) => ({ attribute, does: printing });
    const { status, body } = await publish([
      { touchpoint: 'till', attributes: [item('language.spoken'), item('language.spoken'), item('no.such')] },
      { touchpoint: 'till', attributes: [] },
      { touchpoint: 'beacon', attributes: [item(ADDRESSING)] },
      { touchpoint: 'kiosk', attributes: [item('price.sensitivity')] },
    ]);
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { pointer: '/touchpoints/0/attributes/1/attribute', detail: 'is there already' },
      { pointer: '/touchpoints/0/attributes/2/attribute', detail: 'is not an attribute of ccx-core' },
      { pointer: '/touchpoints/1/touchpoint', detail: 'is there already: each touchpoint has one menu' },
      { pointer: '/touchpoints/2/touchpoint', detail: 'is not a touchpoint of yours' },
      { pointer: '/touchpoints/3/attributes/0/attribute', detail: 'is never given at the touchpoint kiosk' },
    ]);
    expect(at('till', (await menuOf(manager)).body)).toMatchObject({ published: false });
  });

  it('lets nothing but a yes or a no be offered at a beacon', async () => {
    const mall = await aRetailer(app, { touchpoints: ['beacon', 'social', 'till'], menu: null });
    const access = await managerOf(mall);
    const offer = (touchpoint: string, attribute: string) =>
      publish([{ touchpoint, attributes: [{ attribute, does: printing }] }], access);
    expect((await offer('social', 'brand.affinity')).body.errors).toEqual([
      {
        pointer: '/touchpoints/0/attributes/0/attribute',
        detail: `is not given here: only ${ADDRESSING} is, as a yes or a no`,
      },
    ]);
    expect((await offer('beacon', ADDRESSING)).status).toBe(200);
  });

  it('is refused when a sentence is missing, too long or of several lines, and when there is too much', async () => {
    const saying = (does: unknown) => publish([{ ...till, attributes: [{ attribute: 'language.spoken', does }] }]);
    const faults = [undefined, {}, { en: '' }, { en: 'a\nb' }, { en: 'x'.repeat(201) }, { en: 'a', de: null }];
    for (const does of faults) expect((await saying(does)).status).toBe(400);
    const many = Array.from({ length: 65 }, () => ({ attribute: 'language.spoken', does: printing }));
    expect((await publish([{ ...till, attributes: many }])).status).toBe(400);
    expect((await publish(Array.from({ length: 14 }, () => till))).status).toBe(400);
  });

  it('takes the scope, and the client’s own token', async () => {
    const reader = await retailerToken(app, grocer, { scope: 'preferences.read' });
    expect((await menuOf(reader)).status).toBe(403);
    const client = await aClient(app, grocer.id);
    const customer = await aCustomer(app);
    const scope = 'preferences.read retailer.manage';
    const ofConsent = await consentToken(app, { ...grocer, client }, customer, { scope });
    expect((await menuOf(ofConsent)).status).toBe(403);
    expect((await ofConsent.fetch('PUT', '/v1/retailer/touchpoints', { touchpoints: [] })).status).toBe(403);
  });
});
