import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { disclosed } from './support/disclosed.js';
import { type ConsentAccess, consentToken, type JsonAnswer, retailerToken } from './support/oauth.js';
import { audited } from './support/records.js';
import { aClient, aRetailer, hasPublished, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  const touchpoints = ['till', 'kiosk', 'call_centre', 'web', 'dressing_room', 'beacon', 'social'] as const;
  grocer = await aRetailer(app, { touchpoints, menu: null });
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const shoes = { attribute: 'size.footwear', value: { system: 'EUROPE', size: '42.5' }, strength: 'want' };
const paper = { attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'must' };
const german = { attribute: 'language.spoken', value: { language: 'de' }, strength: 'want' };
const lamps = { attribute: 'contact.marketing', value: { email: true, in_person: true }, strength: 'want' };

const everything = {
  type: 'ccx_preferences',
  attributes: ['size.footwear', 'receipt.delivery', 'language.spoken', 'contact.marketing'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'kiosk', 'call_centre', 'web', 'dressing_room', 'beacon', 'social'],
};

const states = async (...preferences: object[]) => {
  for (const preference of preferences) await mira.api.post('/v1/me/preferences').send(preference).expect(201);
};
const allows = (detail: object = {}) =>
  consentToken(app, grocer, mira, { details: [{ ...everything, ...detail }], scope: 'preferences.read' });
const read = (access: ConsentAccess, query: string, headers = {}) =>
  access.fetch('GET', `/v1/preferences?${query}`, undefined, headers);
const honours = (touchpoint: string, ...attributes: string[]) =>
  hasPublished(app, grocer.id, {
    [touchpoint]: attributes.map((attribute) => ({ attribute, does: { en: 'We mind it.' } })),
  });

const attributesOf = ({ body }: JsonAnswer) =>
  (body.preferences as { attribute: string }[]).map(({ attribute }) => attribute).toSorted();
const codeOf = ({ status, body }: JsonAnswer) => `${status} ${String(body.type).replace(`${app.url}/problems/`, '')}`;

describe('the view of a touchpoint', () => {
  it('is what such a touchpoint usually needs, of all that is consented', async () => {
    await states(shoes, paper, german, lamps);
    const access = await allows();
    const at = async (touchpoint: string) => attributesOf(await read(access, `touchpoint=${touchpoint}`));
    expect(await at('till')).toEqual(['language.spoken', 'receipt.delivery']);
    expect(await at('kiosk')).toEqual(['language.spoken', 'size.footwear']);
    expect(await at('call_centre')).toEqual(['contact.marketing', 'language.spoken']);
    expect(await at('dressing_room')).toEqual(['size.footwear']);
    expect(await at('web')).toEqual(['contact.marketing', 'language.spoken', 'receipt.delivery', 'size.footwear']);
  });

  it('is what the retailer publishes instead, from the very next read on', async () => {
    await states(shoes, paper, german);
    const access = await allows();
    const before = await read(access, 'touchpoint=till');
    await honours('till', 'size.footwear');
    const after = await read(access, 'touchpoint=till', { 'if-none-match': before.headers.get('etag') ?? '' });
    expect(after.status).toBe(200);
    expect(attributesOf(after)).toEqual(['size.footwear']);
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
    expect(attributesOf(await read(access, 'touchpoint=kiosk'))).toEqual(['language.spoken', 'size.footwear']);
  });

  it('never reaches further than the consent, whatever is published', async () => {
    await states(shoes, paper);
    const access = await allows({ attributes: ['receipt.delivery'] });
    await honours('till', 'size.footwear', 'receipt.delivery');
    expect(attributesOf(await read(access, 'touchpoint=till'))).toEqual(['receipt.delivery']);
    expect(codeOf(await read(access, 'touchpoint=till&attributes=size.footwear'))).toBe('403 outside-consent');
  });

  it('is the same for a look-up', async () => {
    await states(shoes, paper);
    const { subject } = await allows();
    const office = await retailerToken(app, grocer, { scope: 'preferences.read' });
    const question = { subjects: [subject], touchpoint: 'till' };
    const { body } = await office.fetch('POST', '/v1/preferences/lookup', question);
    expect(attributesOf({ ...body, body: body.results[0] })).toEqual(['receipt.delivery']);
    const named = await office.fetch('POST', '/v1/preferences/lookup', { ...question, attributes: ['size.footwear'] });
    expect(named.body.results).toMatchObject([
      { code: 'outside-view', retryable: false, outside: { attributes: ['size.footwear'] } },
    ]);
  });
});

describe('what is not in the view', () => {
  it('is named when it is asked for, and recorded as refused', async () => {
    const access = await allows();
    const answer = await read(access, 'touchpoint=till&attributes=size.footwear,receipt');
    expect(codeOf(answer)).toBe('403 outside-view');
    expect(answer.body).toMatchObject({
      detail: 'The view of the touchpoint till has no room for size.footwear.',
      outside: { attributes: ['size.footwear'] },
    });
    await expect(disclosed(app, mira.key)).resolves.toMatchObject([{ refused: 'outside-view', touchpoint: 'till' }]);
    const entries = await audited(app, mira.key);
    expect(entries.at(-1)).toMatchObject({ type: 'disclosure.refused', data: { reason: 'outside-view' } });
  });

  it('refuses the whole read when there is nothing else', async () => {
    const access = await allows({ attributes: ['size.footwear'] });
    const answer = await read(access, 'touchpoint=till');
    expect([codeOf(answer), answer.body.outside]).toEqual(['403 outside-view', { attributes: ['size.footwear'] }]);
  });

  it('is told to the customer as what the retailer has no use for there', async () => {
    await allows();
    const because = async (query: string) => {
      const { body } = await mira.api.get(`/v1/me/effective?retailer_id=${grocer.id}&${query}`).expect(200);
      const all = body.sharing.attributes as { attribute: string; not_shared_because: string[] }[];
      return all.find(({ attribute }) => attribute === 'size.footwear')?.not_shared_because;
    };
    expect(await because('touchpoint=till')).toEqual(['view']);
    expect(await because('touchpoint=kiosk')).toEqual([]);
    expect(await because('')).toEqual([]);
    await honours('till', 'size.footwear');
    expect(await because('touchpoint=till')).toEqual([]);
  });
});

describe('asking for the view of another touchpoint', () => {
  it('is refused and recorded, by a token of a consent that is for the till', async () => {
    const access = await allows({ touchpoints: ['till'] });
    const answer = await read(access, 'touchpoint=web');
    expect([codeOf(answer), answer.body.outside]).toEqual(['403 outside-consent', { touchpoint: 'web' }]);
    await expect(disclosed(app, mira.key)).resolves.toMatchObject([
      { refused: 'outside-consent', touchpoint: 'web', clientId: grocer.client.id },
    ]);
  });

  it('is refused and recorded, by a client that serves the till alone', async () => {
    const { subject } = await allows();
    const till = await aClient(app, grocer.id, { touchpoints: ['till'] });
    const office = await retailerToken(app, { client: till }, { scope: 'preferences.read' });
    const question = { subjects: [subject], touchpoint: 'web' };
    const { body } = await office.fetch('POST', '/v1/preferences/lookup', question);
    expect(body.results).toMatchObject([{ code: 'outside-consent', outside: { touchpoint: 'web' } }]);
    await expect(disclosed(app, mira.key)).resolves.toMatchObject([
      { refused: 'outside-consent', touchpoint: 'web', clientId: till.id },
    ]);
  });
});

describe('a beacon and social media', () => {
  const addressing = async (value: object | null, touchpoint = 'beacon') => {
    if (value) await states({ attribute: 'contact.marketing', value, strength: 'want' });
    return (await read(await allows(), `touchpoint=${touchpoint}`)).body as object;
  };

  it('are told a yes and nothing else', async () => {
    await states(german);
    const body = await addressing({ in_person: true, email: true, topics: ['offers'] });
    expect(body).toMatchObject({ touchpoint: 'beacon', preferences: [], may_address: true });
    expect(JSON.stringify(body)).not.toContain('offers');
    await expect(disclosed(app, mira.key)).resolves.toMatchObject([{ attributes: ['contact.marketing'] }]);
  });

  it.each([
    ['nothing is stated', null],
    ['another channel is open', { email: true, social: true }],
    ['it is a no', { in_person: false }],
    ['no contact is wanted at all', { in_person: true, max_per_week: 0 }],
  ])('are told a no when %s', async (_, value) => {
    await expect(addressing(value)).resolves.toMatchObject({ preferences: [], may_address: false });
  });

  it('are each told of their own way', async () => {
    await expect(addressing({ social: true, in_person: false }, 'social')).resolves.toMatchObject({
      may_address: true,
    });
  });

  it('are refused what they ask for by another name, and get it nowhere else', async () => {
    const access = await allows();
    expect(codeOf(await read(access, 'touchpoint=beacon&attributes=language.spoken'))).toMatch(/^403 outside-/);
    expect((await read(access, 'touchpoint=till')).body).not.toHaveProperty('may_address');
  });
});
