import { type RenderedFormat, renderedFormats } from '../src/preferences/rendering.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { disclosed } from './support/disclosed.js';
import { type ConsentAccess, consentToken } from './support/oauth.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';
import { refusedBy } from './support/target-schemas.js';

let app: TestApp;
let grocer: TestRetailer;
let mira: TestCustomer;
let access: ConsentAccess;
beforeAll(async () => {
  app = await startApp();
  grocer = await aRetailer(app, { touchpoints: ['till', 'web'] });
  mira = await aCustomer(app);
  for (const preference of [
    { attribute: 'contact.marketing', value: { email: true, sms: false, topics: ['offers'] }, strength: 'must' },
    { attribute: 'recommendations.personalised', value: { allowed: true }, strength: 'want' },
    { attribute: 'language.spoken', value: { language: 'de' }, strength: 'want' },
    { attribute: 'food.diet', value: { code: 'KOSHER' }, strength: 'must' },
    { attribute: 'size.footwear', value: { system: 'EUROPE', size: '42.5' }, strength: 'want' },
  ]) {
    await mira.api.post('/v1/me/preferences').send(preference).expect(201);
  }
  access = await consentToken(app, grocer, mira, {
    details: [
      {
        type: 'ccx_preferences',
        purposes: ['dpv:Marketing'],
        attributes: ['contact.marketing', 'language.spoken', 'recommendations.personalised'],
        touchpoints: ['web'],
        stages: ['shopping'],
      },
    ],
  });
});
afterAll(() => app.stop());

const read = (format?: string, headers: Record<string, string> = {}) =>
  access.fetch(
    'GET',
    `/v1/preferences?touchpoint=web&stage=shopping${format ? `&format=${format}` : ''}`,
    undefined,
    headers,
  );

describe('reading in the words of another standard', () => {
  it.each(renderedFormats)('answers as %s demands, in the same envelope', async (format) => {
    const [ours, theirs] = [await read(), await read(format)];
    expect([ours.status, theirs.status]).toEqual([200, 200]);
    const { preferences: _, disclosure_id: ourId, at: ourTime, ...envelope } = ours.body;
    const { format: said, rendering, disclosure_id: id, at, ...rest } = theirs.body;
    expect({ said, rest }).toEqual({ said: format, rest: envelope });
    expect([id, at]).not.toEqual([ourId, ourTime]);
    expect(refusedBy(format, rendering)).toEqual([]);
  });

  it('says of each channel what was stated, and nothing of the others', async () => {
    const { body } = await read('xdm');
    expect(body.rendering).toMatchObject({
      consents: {
        marketing: {
          email: { val: 'y', subscriptions: { offers: { val: 'y' }, events: { val: 'n' } } },
          sms: { val: 'n' },
        },
        personalize: { content: { val: 'y' } },
        metadata: { time: body.at },
      },
      preferredLanguage: 'de',
    });
    expect(body.rendering.consents.marketing).not.toHaveProperty('push');
    expect(body.rendering.consents).not.toHaveProperty('collect');
    const { body: salesforce } = await read('salesforce');
    expect(salesforce.rendering.records[0]).toMatchObject({ ConsentCapturedSource: app.url });
  });

  it('never holds what the consent does not cover', async () => {
    for (const format of renderedFormats) {
      expect(JSON.stringify((await read(format)).body)).not.toMatch(/kosher|42\.5/i);
    }
    const own = await mira.api.get('/v1/me/effective?format=schema_org').expect(200);
    expect(JSON.stringify(own.body)).toMatch(/KosherDiet.*42\.5/);
  });

  it('is `ccx` when nothing else is asked for', async () => {
    const [plain, named] = [await read(), await read('ccx')];
    expect(named.body.preferences).toEqual(plain.body.preferences);
    expect(named.headers.get('etag')).toBe(plain.headers.get('etag'));
  });

  it('has a validator for each format, and is a disclosure also when nothing has changed', async () => {
    const etags = new Map<string, string>();
    for (const format of ['ccx', ...renderedFormats]) etags.set(format, (await read(format)).headers.get('etag')!);
    expect(new Set(etags.values()).size).toBe(renderedFormats.length + 1);

    const before = (await disclosed(app, mira.key)).length;
    expect((await read('ucp', { 'if-none-match': etags.get('ucp')! })).status).toBe(304);
    expect((await read('ucp', { 'if-none-match': etags.get('ccx')! })).status).toBe(200);
    expect((await disclosed(app, mira.key)).slice(before)).toMatchObject([
      { attributes: ['contact.marketing', 'language.spoken', 'recommendations.personalised'], unchanged: true },
      { attributes: ['contact.marketing', 'language.spoken', 'recommendations.personalised'], unchanged: false },
    ]);
  });

  it('changes with what is stated', async () => {
    const before = await read('ucp_2026_04_08');
    expect(before.body.rendering).toEqual({ buyer: { consent: { marketing: false, preferences: true } } });
    const no = { attribute: 'recommendations.personalised', value: { allowed: false }, strength: 'must' };
    await mira.api
      .post('/v1/me/preferences')
      .send({ ...no, context: { touchpoint: ['web'] } })
      .expect(201);
    const after = await read('ucp_2026_04_08', { 'if-none-match': before.headers.get('etag')! });
    expect(after.body.rendering).toEqual({ buyer: { consent: { marketing: false, preferences: false } } });
  });

  it('says no more than yes or no at a beacon, in whichever words', async () => {
    const store = await aRetailer(app, { touchpoints: ['beacon'] });
    const beacon = await consentToken(app, store, mira, {
      details: [
        {
          type: 'ccx_preferences',
          purposes: ['dpv:Marketing'],
          attributes: ['contact.marketing'],
          touchpoints: ['beacon'],
          stages: ['shopping'],
        },
      ],
    });
    for (const format of renderedFormats) {
      const { status, body } = await beacon.fetch('GET', `/v1/preferences?format=${format}`);
      expect([status, body.may_address]).toEqual([200, false]);
      expect(JSON.stringify(body.rendering)).not.toMatch(/marketing/);
    }
  });

  it('refuses a format that it does not know', async () => {
    expect((await read('vcard')).status).toBe(400);
    expect((await access.fetch('GET', '/v1/preferences?touchpoint=web&format=xdm&format=ucp')).status).toBe(400);
  });
});

describe('previewing in the words of another standard', () => {
  const preview = async (format: RenderedFormat | 'ccx') =>
    (await mira.api.get(`/v1/me/effective?format=${format}`).expect(200)).body;

  it.each(renderedFormats)('answers as %s demands', async (format) => {
    const { at, valid_until, vocabulary, format: said, rendering, ...rest } = await preview(format);
    expect({ said, rest, valid_until }).toEqual({ said: format, rest: {}, valid_until: null });
    expect([at, vocabulary]).toEqual([expect.any(String), expect.any(String)]);
    expect(refusedBy(format, rendering)).toEqual([]);
  });

  it('refuses a format that it does not know', async () => {
    await mira.api.get('/v1/me/effective?format=vcard').expect(400);
  });
});
