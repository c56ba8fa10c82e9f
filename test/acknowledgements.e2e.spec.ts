import { AcknowledgementsService } from '../src/disclosures/acknowledgements.service.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import {
  type ConsentAccess,
  consentToken,
  type JsonAnswer,
  type RetailerAccess,
  retailerToken,
} from './support/oauth.js';
import { announced, audited } from './support/records.js';
import { aClient, aRetailer, hasPublished, suspendRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let mira: TestCustomer;
let till: ConsentAccess;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  grocer = await aRetailer(app);
  mira = await aCustomer(app);
  till = await consentToken(app, grocer, mira, { details: [line] });
});
afterAll(() => app.stop());

const line = {
  type: 'ccx_preferences',
  attributes: ['size.footwear', 'brand.affinity', 'receipt.delivery'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
};
const noPaper = { attribute: 'receipt.delivery', touchpoint: 'till', status: 'honoured' };
const noSizes = {
  attribute: 'size.footwear',
  key: 'EUROPE',
  touchpoint: 'till',
  status: 'cannot',
  reason: 'Our tills know no sizes.',
};

const says = (access: RetailerAccess, items: readonly object[], more: object = {}) =>
  access.fetch('POST', '/v1/preferences/acknowledgements', { items, ...more });
const heard = async ({ api }: TestCustomer, query = '') =>
  (await api.get(`/v1/me/acknowledgements${query}`).expect(200)).body as {
    items: Record<string, unknown>[];
    next_cursor: string | null;
  };
const codeOf = ({ status, body }: JsonAnswer) => `${status} ${String(body.type).replace(`${app.url}/problems/`, '')}`;
const rows = async ({ key }: TestCustomer) =>
  (await app.db.query('select t::text as row from acknowledgements t where customer_id = $1', [key.customerId])).rows;

describe('a retailer acknowledges preferences', () => {
  it('and their customer sees which it honours, which it cannot, and why', async () => {
    const { status, body } = await says(till, [noPaper, noSizes]);
    expect(status).toBe(200);
    expect(body).toEqual({ subject: till.subject, consent: { id: till.consentId, version: 1 }, acknowledged: 2 });
    const { items } = await heard(mira);
    const common = {
      retailer: { id: grocer.id, name: grocer.name },
      touchpoint: 'till',
      consent_id: till.consentId,
      at: expect.any(String),
    };
    expect(items).toHaveLength(2);
    expect(items).toContainEqual({
      ...common,
      attribute: 'receipt.delivery',
      key: null,
      status: 'honoured',
      reason: null,
    });
    expect(items).toContainEqual({ ...common, ...noSizes });
  });

  it('anew, and the latest counts: of each attribute, key and touchpoint by itself', async () => {
    await says(till, [noSizes]);
    await says(till, [{ ...noSizes, key: undefined }]);
    await says(till, [{ ...noSizes, touchpoint: 'web', reason: 'Nor does our website.' }]);
    await says(till, [{ ...noSizes, status: 'honoured', reason: undefined }]);
    const { items } = await heard(mira);
    expect(items.map(({ key, touchpoint, status }) => [key, touchpoint, status])).toEqual([
      ['EUROPE', 'till', 'honoured'],
      ['EUROPE', 'web', 'cannot'],
      [null, 'till', 'cannot'],
    ]);
    const said = await app.get(AcknowledgementsService).of(mira.key, grocer.id);
    expect(said.map(({ status }) => status)).toEqual(['honoured', 'cannot', 'cannot']);
  });

  it('with its own token, by the subject that it knows the customer by', async () => {
    const office = await retailerToken(app, grocer, { scope: 'preferences.read' });
    const { status, body } = await says(office, [noPaper], { subject: till.subject });
    expect([status, body.subject]).toEqual([200, till.subject]);
    expect((await heard(mira)).items).toHaveLength(1);
  });

  it('of which the log says what about, and never which or why', async () => {
    await says(till, [noPaper, noSizes]);
    const entry = (await audited(app, mira.key)).at(-1);
    expect(entry).toMatchObject({
      type: 'preferences.acknowledged',
      actor: { kind: 'retailer', id: grocer.id, client: grocer.client.id },
      consent: { id: till.consentId, version: 1 },
      attributes: ['receipt.delivery', 'size.footwear'],
      data: { count: 2 },
    });
    expect(JSON.stringify([entry, await rows(mira)])).not.toMatch(/EUROPE|sizes/);
    expect((await announced(app, mira.key)).at(-1)).toBe('preferences.acknowledged');
  });

  it('under two consents one after the other, and of each attribute the latest is what it says', async () => {
    await says(till, [noPaper]);
    await mira.api.post(`/v1/me/consents/${till.consentId}/withdraw`).send({}).expect(200);
    const again = await consentToken(app, grocer, mira, { details: [line] });
    await says(again, [{ ...noPaper, status: 'cannot', reason: 'The printer is broken.' }]);
    expect((await heard(mira)).items.map(({ status }) => status)).toEqual(['cannot', 'honoured']);
    const said = await app.get(AcknowledgementsService).of(mira.key, grocer.id);
    expect(said.map(({ status, consentId }) => [status, consentId])).toEqual([['cannot', again.consentId]]);
  });
});

describe('what cannot be acknowledged', () => {
  it('is what is not shared there: by consent, by view, or by what the client serves', async () => {
    const refused = async (item: object) => {
      const answer = await says(till, [noPaper, { ...noPaper, ...item }]);
      return [codeOf(answer), answer.body.outside];
    };
    const language = { attribute: 'language.spoken' };
    await expect(refused(language)).resolves.toEqual(['403 outside-consent', { attributes: ['language.spoken'] }]);
    await expect(refused({ touchpoint: 'kiosk' })).resolves.toEqual([
      '403 outside-consent',
      { attributes: ['receipt.delivery'], touchpoint: 'kiosk' },
    ]);
    await hasPublished(app, grocer.id, { till: [{ attribute: 'receipt.delivery', does: { en: 'We mind it.' } }] });
    await expect(refused({ attribute: 'size.footwear' })).resolves.toEqual([
      '403 outside-view',
      { attributes: ['size.footwear'] },
    ]);
    expect((await heard(mira)).items).toEqual([]);
  });

  it('is a faulty item, and then nothing is kept of the others', async () => {
    const { status, body } = await says(till, [
      noPaper,
      noPaper,
      { ...noPaper, attribute: 'no.such' },
      { ...noPaper, key: 'A', touchpoint: 'web' },
      { ...noSizes, reason: undefined },
    ]);
    expect(status).toBe(400);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/items/1',
      '/items/2/attribute',
      '/items/3/key',
      '/items/4/reason',
    ]);
    const malformed = [[], [{ ...noPaper, status: 'maybe' }], [{ ...noSizes, reason: 'x'.repeat(201) }]];
    for (const items of malformed) expect((await says(till, items)).status).toBe(400);
    const many = Array.from({ length: 101 }, (_, index) => ({ ...noSizes, key: `K${index}` }));
    expect((await says(till, many)).status).toBe(400);
    expect((await heard(mira)).items).toEqual([]);
  });

  it('is more than a thousand things of one consent', async () => {
    const brands = (from: number) =>
      Array.from({ length: 100 }, (_, index) => ({
        attribute: 'brand.affinity',
        key: `brand ${from + index}`,
        touchpoint: 'web',
        status: 'honoured',
      }));
    for (let from = 0; from < 1_000; from += 100) expect((await says(till, brands(from))).status).toBe(200);
    expect(codeOf(await says(till, brands(1_000)))).toBe('409 too-many-acknowledgements');
    expect((await says(till, brands(900))).status).toBe(200);
    expect(await rows(mira)).toHaveLength(1_000);
  });

  it('is anything while the consent is paused, once it has ended, or while the retailer is suspended', async () => {
    const office = await retailerToken(app, grocer, { scope: 'preferences.read' });
    const both = async () => [
      codeOf(await says(till, [noPaper])),
      codeOf(await says(office, [noPaper], { subject: till.subject })),
    ];
    const command = (name: string) => mira.api.post(`/v1/me/consents/${till.consentId}/${name}`).send({}).expect(200);
    await command('pause');
    await expect(both()).resolves.toEqual(['403 consent-paused', '403 consent-paused']);
    await command('resume');
    await command('withdraw');
    await expect(both()).resolves.toEqual(['401 invalid-token', '403 no-consent']);
    await suspendRetailer(app, grocer);
    await expect(both()).resolves.toEqual(['403 retailer-suspended', '403 retailer-suspended']);
  });

  it('is what a token says of another customer, or of nobody', async () => {
    const office = await retailerToken(app, grocer, { scope: 'preferences.read' });
    const pointers = ({ body }: JsonAnswer) => body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers(await says(office, [noPaper]))).toEqual(['/subject']);
    expect(pointers(await says(till, [noPaper], { subject: till.subject }))).toEqual(['/subject']);
  });
});

describe('what another retailer or customer acknowledged or heard', () => {
  it('is nobody else’s: neither to say nor to see', async () => {
    const tailor = await aRetailer(app, { name: 'Tailor T' });
    const office = await retailerToken(app, tailor, { scope: 'preferences.read' });
    const malformed = 'p1unknownunknownunknownA';
    const [known, unknown] = [
      await says(office, [noPaper], { subject: till.subject }),
      await says(office, [noPaper], { subject: malformed }),
    ];
    expect(codeOf(known)).toBe('403 no-consent');
    expect({ ...known.body, instance: null }).toEqual({ ...unknown.body, instance: null });

    await says(till, [noPaper]);
    expect((await heard(await aCustomer(app))).items).toEqual([]);
    expect((await heard(mira, `?retailer_id=${tailor.id}`)).items).toEqual([]);
    expect((await heard(mira, `?retailer_id=${grocer.id}`)).items).toHaveLength(1);
  });

  it('goes on where the page before ended', async () => {
    await says(till, [noPaper, noSizes, { ...noPaper, touchpoint: 'web' }]);
    const first = await heard(mira, '?limit=2');
    const second = await heard(mira, `?limit=2&cursor=${first.next_cursor}`);
    expect([first.items.length, second.items.length, second.next_cursor]).toEqual([2, 1, null]);
    const all = (await heard(mira)).items;
    expect([...first.items, ...second.items]).toEqual(all);
    await mira.api.get('/v1/me/acknowledgements?cursor=xyz').expect(400);
  });

  it('is decided by the client, too: one that serves the web alone says nothing of the till', async () => {
    const client = await aClient(app, grocer.id, { touchpoints: ['web'] });
    const office = await retailerToken(app, { client }, { scope: 'preferences.read' });
    expect(codeOf(await says(office, [noPaper], { subject: till.subject }))).toBe('403 outside-consent');
  });
});
