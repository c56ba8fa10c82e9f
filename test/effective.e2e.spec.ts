import { randomUUID } from 'node:crypto';

import { reasons } from '../src/preferences/verdict.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aDelegation } from './support/delegations.js';
import { disclosed } from './support/disclosed.js';
import { type ConsentAccess, consentToken } from './support/oauth.js';
import { aRetailer, reinstateRetailer, suspendRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
  grocer = await aRetailer(app, { touchpoints: ['till', 'web', 'kiosk'] });
});
beforeEach(async () => {
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const shoes = { attribute: 'size.footwear', value: { system: 'EUROPE', size: '42.5' }, strength: 'want' };
const peanuts = { attribute: 'food.allergen', value: { code: 'AP' }, strength: 'never' };
const paper = { attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'want' };
const line = {
  type: 'ccx_preferences',
  purposes: ['dpv:ServicePersonalisation'],
  attributes: ['size.footwear', 'fulfilment.substitution'],
  touchpoints: ['till', 'web'],
  stages: ['shopping'],
};

interface SharedAttribute {
  readonly attribute: string;
  readonly shared: boolean;
  readonly not_shared_because: string[];
}

const state = async (preference: object): Promise<string> =>
  (await mira.api.post('/v1/me/preferences').send(preference).expect(201)).body.id;
const preview = async (query = '') => (await mira.api.get(`/v1/me/effective?${query}`).expect(200)).body;

/** Why the grocer does not get an attribute; empty when it does. */
async function whyNot(attribute: string, query: string): Promise<string[]> {
  const { sharing } = await preview(`retailer_id=${grocer.id}&${query}`);
  const found = sharing.attributes.find((one: SharedAttribute) => one.attribute === attribute);
  expect(found.shared).toBe(found.not_shared_because.length === 0);
  return found.not_shared_because;
}

describe('previewing what holds', () => {
  it('tells what became of every preference, and why', async () => {
    const general = await state(paper);
    const here = await state({
      ...paper,
      value: { form: 'email' },
      applies_to: { level: 'sector', sector: 'grocery' },
    });
    const elsewhere = await state({
      ...paper,
      value: { form: 'none' },
      applies_to: { level: 'sector', sector: 'fashion' },
    });

    const { effective, explain, sharing } = await preview(`retailer_id=${grocer.id}`);
    expect(effective).toEqual([
      {
        attribute: 'receipt.delivery',
        key: null,
        value: { form: 'email' },
        strength: 'want',
        weight: null,
        sources: [here],
      },
    ]);
    const verdicts = Object.fromEntries(
      (explain as { preference_id: string }[]).map(({ preference_id, ...verdict }) => [preference_id, verdict]),
    );
    expect(verdicts[here]).toMatchObject({ outcome: 'won', reason: 'most_specific', detail: reasons.most_specific });
    expect(verdicts[general]).toMatchObject({ outcome: 'lost', reason: 'less_specific', beaten_by: here });
    expect(verdicts[elsewhere]).toMatchObject({ outcome: 'lost', reason: 'other_sector', beaten_by: null });
    expect(sharing).toMatchObject({ retailer_id: grocer.id, retailer_name: grocer.name, consent: null });
  });

  it('tells it for any time, and until when it holds', async () => {
    await state({
      attribute: 'contact.marketing',
      value: { email: false },
      strength: 'must',
      context: { time: { time_zone: 'Europe/Berlin', from: '21:00', to: '08:00' } },
    });
    const evening = await preview('at=2026-12-01T21:30:00Z');
    expect(evening).toMatchObject({ at: '2026-12-01T21:30:00.000Z', valid_until: '2026-12-02T07:00:00.000Z' });
    expect(evening.effective).toHaveLength(1);
    const noon = await preview('at=2026-12-01T12:00:00%2B01:00');
    expect(noon).toMatchObject({ valid_until: '2026-12-01T20:00:00.000Z', effective: [], sharing: null });
  });

  it('has no end when time changes nothing', async () => {
    await state(shoes);
    expect(await preview()).toMatchObject({ valid_until: null, vocabulary: '1.2.0', sharing: null });
  });

  it('shows the customer special attributes and their own price sensitivity', async () => {
    await state(peanuts);
    expect((await preview()).effective).toMatchObject([{ attribute: 'food.allergen', key: 'AP', strength: 'never' }]);
  });

  it('tells what held with what had been stated at a time, whatever was changed since', async () => {
    const id = await state(paper);
    const then = app.clock.now();
    app.clock.advance({ minutes: 1 });
    const { headers } = await mira.api.get(`/v1/me/preferences/${id}`).expect(200);
    await mira.api
      .put(`/v1/me/preferences/${id}`)
      .set('if-match', headers['etag']!)
      .send({ value: { form: 'email' }, strength: 'must', applies_to: { level: 'everyone' } })
      .expect(200);
    await state(shoes);

    expect((await preview()).effective).toHaveLength(2);
    const past = await preview(`as_of=${then.toISOString()}`);
    expect(past).toMatchObject({
      at: then.toISOString(),
      effective: [{ attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'want', sources: [id] }],
    });
    const before = new Date(then.getTime() - 3_600_000).toISOString();
    expect(await preview(`as_of=${before}`)).toMatchObject({ effective: [], explain: [] });
    await mira.api.get('/v1/me/effective?as_of=yesterday').expect(400);
  });

  it('tells a delegate of nothing beyond the delegation', async () => {
    const { giver, acting } = await aDelegation(app, { attributes: ['size'] });
    await giver.api.post('/v1/me/preferences').send(peanuts).expect(201);
    await giver.api
      .post('/v1/me/preferences')
      .send({ ...paper, valid_until: new Date(app.clock.now().getTime() + 3_600_000).toISOString() })
      .expect(201);
    await giver.api.post('/v1/me/preferences').send(shoes).expect(201);
    const past = `as_of=${app.clock.now().toISOString()}`;
    for (const query of ['', past]) {
      const { body } = await acting.get(`/v1/me/effective?retailer_id=${grocer.id}&${query}`).expect(200);
      expect(body).toMatchObject({ valid_until: null, effective: [{ attribute: 'size.footwear' }] });
      expect(body.explain).toHaveLength(1);
      expect(body.sharing.attributes.map(({ attribute }: SharedAttribute) => attribute)).toEqual([
        'size.apparel',
        'size.footwear',
      ]);
    }
  });

  it('refuses what it does not know', async () => {
    await mira.api.get(`/v1/me/effective?retailer_id=${randomUUID()}`).expect(404);
    await mira.api.get('/v1/me/effective?touchpoint=moon').expect(400);
    await mira.api.get('/v1/me/effective?occasion=Gift').expect(400);
    await mira.api.get('/v1/me/effective?at=soon').expect(400);
    await mira.api.get('/v1/me/effective?at=%2B275760-09-13T00:00:00Z').expect(400);
    await mira.api.get('/v1/me/effective?attributes=size').expect(400);
  });

  it('is no disclosure', async () => {
    await state(shoes);
    await preview(`retailer_id=${grocer.id}`);
    expect(await disclosed(app, mira.key)).toEqual([]);
  });
});

describe('previewing what a retailer gets', () => {
  it('tells of every attribute whether it is shared, or why not', async () => {
    expect(await whyNot('size.footwear', '')).toEqual(['no_consent']);
    expect(await whyNot('price.sensitivity', '')).toEqual(['private']);
    await consentToken(app, grocer, mira, { details: [line] });

    expect(await whyNot('size.footwear', '')).toEqual([]);
    expect(await whyNot('size.footwear', 'touchpoint=till&stage=shopping')).toEqual([]);
    expect(await whyNot('size.footwear', 'touchpoint=till&stage=exploring')).toEqual(['stage']);
    expect(await whyNot('size.footwear', 'touchpoint=kiosk&stage=shopping')).toEqual(['touchpoint']);
    expect(await whyNot('size.footwear', 'purpose=dpv:DeliveryOfGoods&touchpoint=kiosk')).toEqual([
      'purpose',
      'touchpoint',
    ]);
    expect(await whyNot('fulfilment.substitution', 'touchpoint=till')).toEqual(['touchpoint']);
    expect(await whyNot('fulfilment.substitution', 'touchpoint=web')).toEqual([]);
    expect(await whyNot('size.apparel', '')).toEqual(['no_consent']);
    expect(await whyNot('food.allergen', '')).toEqual(['no_consent', 'special']);
  });

  it('tells of a paused consent and of a retailer that is not active', async () => {
    const { consentId } = await consentToken(app, grocer, mira, { details: [line] });
    await app.db.query(`update consents set status = 'paused' where id = $1`, [consentId]);
    expect(await whyNot('size.footwear', '')).toEqual(['paused']);
    await suspendRetailer(app, grocer);
    try {
      expect(await whyNot('size.footwear', '')).toEqual(['paused', 'retailer_suspended']);
    } finally {
      await reinstateRetailer(app, grocer);
    }
  });

  it('tells of a consent that has ended as of none', async () => {
    const { consentId } = await consentToken(app, grocer, mira, { details: [line] });
    const { sharing, valid_until } = await preview(`retailer_id=${grocer.id}`);
    expect(sharing.consent).toMatchObject({ id: consentId, version: 1, status: 'active', expires_at: valid_until });
    expect(await whyNot('size.footwear', `at=${valid_until}`)).toEqual(['no_consent']);
    await mira.api.post(`/v1/me/consents/${consentId}/withdraw`).send({}).expect(200);
    expect((await preview(`retailer_id=${grocer.id}`)).sharing.consent).toBeNull();
  });

  it('is what the retailer reads', async () => {
    await state(shoes);
    await state(paper);
    await state(peanuts);
    const access: ConsentAccess = await consentToken(app, grocer, mira, {
      details: [{ ...line, attributes: ['size', 'receipt'] }],
    });
    for (const touchpoint of ['till', 'web']) {
      const query = `touchpoint=${touchpoint}&stage=shopping&purpose=dpv:ServicePersonalisation`;
      const { effective, sharing } = await preview(`retailer_id=${grocer.id}&${query}`);
      const { body } = await access.fetch('GET', `/v1/preferences?${query}`);
      const isShared = ({ attribute }: { attribute: string }) =>
        sharing.attributes.some((one: SharedAttribute) => one.attribute === attribute && one.shared);
      expect(effective.map(isShared)).toEqual([false, true, true]);
      expect(effective.filter(isShared)).toMatchObject(body.preferences);
      expect(body.preferences).toHaveLength(2);
    }
  });
});
