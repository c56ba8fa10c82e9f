import { randomUUID } from 'node:crypto';

import { newExtension } from '../src/retailers/extensions.examples.js';
import { VocabularyService } from '../src/vocabulary/vocabulary.service.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aDelegation } from './support/delegations.js';
import { disclosed } from './support/disclosed.js';
import { consentToken, retailerToken } from './support/oauth.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
  grocer = await aRetailer(app, {
    touchpoints: ['till', 'web'],
    menu: {
      till: [{ attribute: 'receipt.delivery', does: { en: 'We do not print it.', de: 'Wir drucken ihn nicht.' } }],
      web: [{ attribute: 'receipt.delivery', does: { en: 'We keep it in your account.' } }],
    },
  });
});
beforeEach(async () => {
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const receipt = { attribute: 'receipt.delivery', value: { form: 'app' }, strength: 'want' };
const peanuts = { attribute: 'food.allergen', value: { code: 'AP' }, strength: 'never' };
const line = {
  type: 'ccx_preferences',
  purposes: ['dpv:ServicePersonalisation'],
  attributes: ['receipt.delivery', 'size.footwear'],
  touchpoints: ['till', 'web'],
  stages: ['shopping'],
};

interface ListedChoice {
  readonly attribute: string;
  readonly [member: string]: unknown;
}

const state = async (preference: object): Promise<string> =>
  (await mira.api.post('/v1/me/preferences').send(preference).expect(201)).body.id;
const choices = async (query = '', language = 'en') =>
  (await mira.api.get(`/v1/me/choices?${query}`).set('accept-language', language).expect(200)).body as {
    items: ListedChoice[];
    next_cursor: string | null;
    [member: string]: unknown;
  };
const choice = async (attribute: string, query = '', language = 'en') => {
  const { items } = await choices(query, language);
  return items.find((one) => one.attribute === attribute);
};

describe('the choices of a customer', () => {
  it('are everything that can be set, with what holds when nothing is stated', async () => {
    const { items, next_cursor, retailer, vocabulary } = await choices('limit=200');
    expect(items.length).toBeGreaterThanOrEqual(20);
    expect(items.map(({ attribute }) => attribute)).toEqual(items.map(({ attribute }) => attribute).toSorted());
    expect({ next_cursor, retailer }).toEqual({ next_cursor: null, retailer: null });
    for (const item of items) {
      expect(item).toMatchObject({ now: [], why: [], sharing: null, does: [], acknowledged: [] });
      expect(item['default']).toMatchObject({ text: expect.any(String) });
    }
    expect(items.find(({ attribute }) => attribute === 'receipt.delivery')).toMatchObject({
      label: 'Receipt',
      category: 'receipt',
      special: false,
      can_set: {
        strengths: ['must', 'want'],
        cardinality: 'one',
        value_schema: { type: 'object', required: ['form'] },
        code_lists: { '/form': { name: 'receipt_form', href: `/v1/vocabularies/ccx-core/${String(vocabulary)}` } },
      },
    });
    expect(items.find(({ attribute }) => attribute === 'food.allergen')).toMatchObject({ special: true });
  });

  it('lead to the code lists that they name', async () => {
    const { can_set } = (await choice('receipt.delivery')) as ListedChoice & {
      can_set: { code_lists: Record<string, { name: string; href: string }> };
    };
    const { name, href } = can_set.code_lists['/form']!;
    const { body } = await app.http.get(href).expect(200);
    expect(body.code_lists[name].codes).toContainEqual(expect.objectContaining({ code: 'email' }));
  });

  it('are told in the language that is asked for', async () => {
    const id = await state(receipt);
    const { headers } = await mira.api.get('/v1/me/choices').set('accept-language', 'de').expect(200);
    expect(headers['content-language']).toBe('de');
    expect(await choice('receipt.delivery', `retailer=${grocer.id}`, 'de')).toMatchObject({
      label: 'Kassenbon',
      why: [{ preference_id: id, reason: 'only', detail: 'Sonst gilt hier nichts.' }],
      sharing: {
        shared: false,
        not_shared_because: [
          { reason: 'no_consent', detail: 'Sie haben diesem Händler dafür keine Einwilligung gegeben.' },
        ],
      },
      does: [
        { touchpoint: 'till', does: 'Wir drucken ihn nicht.' },
        { touchpoint: 'web', does: 'We keep it in your account.' },
      ],
    });
  });

  it('say what holds here and now, and why', async () => {
    const general = await state(receipt);
    const atTheTill = await state({
      ...receipt,
      value: { form: 'paper' },
      context: { touchpoint: ['till'], stage: ['shopping'] },
    });
    const till = await choice('receipt.delivery', 'touchpoint=till&stage=shopping');
    expect(till).toMatchObject({
      now: [{ value: { form: 'paper' }, sources: [atTheTill] }],
      why: expect.arrayContaining([
        expect.objectContaining({ preference_id: atTheTill, outcome: 'won', reason: 'most_specific' }),
        expect.objectContaining({ preference_id: general, outcome: 'lost', beaten_by: atTheTill }),
      ]),
    });
    expect(await choice('receipt.delivery', 'touchpoint=till&stage=exploring')).toMatchObject({
      now: [{ value: { form: 'app' }, sources: [general] }],
    });
  });

  it('are only those that may matter at the touchpoint', async () => {
    expect(await choice('fulfilment.substitution', 'touchpoint=till')).toBeUndefined();
    expect(await choice('fulfilment.substitution', 'touchpoint=web')).toBeDefined();
    expect(await choice('price.sensitivity', 'touchpoint=web')).toBeUndefined();
    expect(await choice('price.sensitivity')).toBeDefined();
    expect((await choices('touchpoint=beacon')).items.map(({ attribute }) => attribute)).toContain('contact.marketing');
  });

  it('say whether the retailer gets it, what it does with it, and what it honours', async () => {
    await state(receipt);
    await state(peanuts);
    const access = await consentToken(app, grocer, mira, { details: [line] });
    const { status } = await access.fetch('POST', '/v1/preferences/acknowledgements', {
      items: [
        {
          attribute: 'receipt.delivery',
          touchpoint: 'till',
          status: 'cannot',
          reason: 'This till has a printer only.',
        },
        { attribute: 'receipt.delivery', touchpoint: 'web', status: 'honoured' },
      ],
    });
    expect(status).toBe(200);

    const query = `retailer=${grocer.id}&touchpoint=till&stage=shopping`;
    expect(await choices(query)).toMatchObject({ retailer: { id: grocer.id, name: grocer.name } });
    expect(await choice('receipt.delivery', query)).toMatchObject({
      sharing: { shared: true, not_shared_because: [] },
      does: [{ touchpoint: 'till', does: 'We do not print it.' }],
      acknowledged: [{ touchpoint: 'till', status: 'cannot', reason: 'This till has a printer only.' }],
    });
    const everywhere = await choice('receipt.delivery', `retailer=${grocer.id}`);
    expect(everywhere).toMatchObject({ acknowledged: expect.arrayContaining([expect.anything(), expect.anything()]) });

    const reasons = async (attribute: string) =>
      (
        (await choice(attribute, query)) as { sharing: { not_shared_because: { reason: string }[] } } | undefined
      )?.sharing.not_shared_because.map(({ reason }) => reason);
    expect(await reasons('size.footwear')).toEqual(['view']);
    expect(await reasons('food.allergen')).toEqual(['no_consent', 'special']);
    expect(await reasons('language.spoken')).toEqual(['no_consent']);
  });

  it('have the attributes of the retailer’s own among them, and of no other retailer', async () => {
    const own = await retailerToken(app, grocer, { scope: 'retailer.manage' });
    const path = 'example.grocer.gift_wrap';
    const { status } = await own.fetch('POST', '/v1/retailer/vocabulary', { ...newExtension, path });
    expect(status).toBe(201);
    app.clock.advance({ minutes: 2 });
    await app.get(VocabularyService).refresh();

    const wrap = { attribute: path, value: { paper: 'plain' }, strength: 'want' };
    await state({ ...wrap, applies_to: { level: 'retailer', retailer_id: grocer.id } });
    expect(await choice(path, `retailer=${grocer.id}&limit=200`)).toMatchObject({
      label: 'Gift wrap',
      category: 'example.grocer',
      now: [{ value: { paper: 'plain' } }],
      default: { value: { paper: 'none' }, text: 'Nothing is wrapped.' },
      sharing: { shared: false, not_shared_because: [{ reason: 'no_consent' }] },
    });
    const other = await aRetailer(app, { name: 'Tailor T' });
    expect(await choice(path, `retailer=${other.id}&limit=200`)).toBeUndefined();
    expect(await choice(path, 'limit=200')).toBeUndefined();
    expect((await choices(`retailer=${grocer.id}&attribute=${path}`)).items).toHaveLength(1);
    await mira.api.get(`/v1/me/choices?retailer=${other.id}&attribute=${path}`).expect(400);
    await mira.api.get(`/v1/me/choices?attribute=${path}`).expect(400);
  });

  it('come in pages', async () => {
    const first = await choices('limit=3');
    expect(first.items).toHaveLength(3);
    const second = await choices(`limit=3&cursor=${first.next_cursor}`);
    const all = (await choices('limit=200')).items.map(({ attribute }) => attribute);
    expect([...first.items, ...second.items].map(({ attribute }) => attribute)).toEqual(all.slice(0, 6));
  });

  it('can be asked for one attribute, or for a category', async () => {
    expect((await choices('attribute=receipt.delivery')).items.map(({ attribute }) => attribute)).toEqual([
      'receipt.delivery',
    ]);
    const food = (await choices('attribute=food')).items.map(({ attribute }) => attribute);
    expect(food).toEqual(expect.arrayContaining(['food.allergen', 'food.diet']));
    expect(await choices('attribute=food.diet&touchpoint=beacon')).toMatchObject({ items: [], next_cursor: null });
  });

  it('tell a delegate of nothing beyond the delegation', async () => {
    const { id, giver, delegate } = await aDelegation(app, { attributes: ['receipt'] });
    await giver.api.post('/v1/me/preferences').send(peanuts).expect(201);
    const { body } = await delegate.api
      .get(`/v1/me/choices?retailer=${grocer.id}`)
      .set('ccx-acting-for', id)
      .expect(200);
    expect(body.items.map(({ attribute }: ListedChoice) => attribute)).toEqual(['receipt.delivery']);
    expect(JSON.stringify(body)).not.toMatch(/allergen/);
  });

  it('are no disclosure', async () => {
    await state(receipt);
    await choices(`retailer=${grocer.id}`);
    expect(await disclosed(app, mira.key)).toEqual([]);
  });

  it('refuse what they do not know', async () => {
    await mira.api.get(`/v1/me/choices?retailer=${randomUUID()}`).expect(404);
    await mira.api.get('/v1/me/choices?touchpoint=moon').expect(400);
    await mira.api.get('/v1/me/choices?stage=sleeping').expect(400);
    await mira.api.get('/v1/me/choices?retailer=grocer').expect(400);
    await mira.api.get('/v1/me/choices?cursor=nowhere').expect(400);
    const { body } = await mira.api.get('/v1/me/choices?attribute=receipt.delivry').expect(400);
    expect(body.errors).toEqual([
      { pointer: 'query/attribute', detail: expect.stringContaining('/v1/vocabularies/ccx-core lists them') },
    ]);
  });
});
