import { createHash } from 'node:crypto';

import { aCustomer, bearer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import {
  aConsent,
  aConsentRequest,
  approve,
  ask,
  aSpecialConsent,
  reading,
  refuse,
  reporting,
  special,
  statementOf,
  type TestRequest,
  withdraw,
} from './support/consents.js';
import { disclosed } from './support/disclosed.js';
import {
  authorizationParams,
  type ConsentAccess,
  consentToken,
  type JsonAnswer,
  post,
  type RetailerAccess,
  retailerToken,
} from './support/oauth.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
  grocer = await aRetailer(app, { name: 'Grocer A' });
});
beforeEach(async () => {
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const DAY = 86_400_000;
const diet = { ...special, attributes: ['food.diet'] };
const peanuts = { attribute: 'food.allergen', value: { code: 'AP' }, strength: 'never' };
const vegetarian = { attribute: 'food.diet', value: { code: 'VEGETARIAN' }, strength: 'must' };
const shoes = { attribute: 'size.footwear', value: { system: 'EUROPE', size: '38' }, strength: 'want' };

const problem = (code: string) => `${app.url}/problems/${code}`;
/** Whom the retailer asks. */
const asked = () => ({ customer: mira, retailer: grocer });

const states = async (...preferences: object[]) => {
  for (const preference of preferences) await mira.api.post('/v1/me/preferences').send(preference).expect(201);
};
const consents = async () => (await mira.api.get('/v1/me/consents').expect(200)).body.items;
const pointersOf = ({ body }: Pick<JsonAnswer, 'body'>) =>
  (body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
const attributesOf = ({ preferences }: { preferences: { attribute: string }[] }) =>
  preferences.map(({ attribute }) => attribute);

/** The customer, signed in again. */
async function signInAgain(): Promise<Pick<TestRequest, 'customer'>> {
  const { email, password } = mira;
  const { body } = await app.http.post('/v1/sessions').send({ email, password }).expect(201);
  return { customer: { ...mira, api: bearer(app, body.token) } };
}

describe('asking for a special attribute', () => {
  it.each([
    ['together with others', () => [reading, special], ['/authorization_details/1']],
    ['together with another one', () => [special, diet], ['/authorization_details/0', '/authorization_details/1']],
    ['by its category', () => [{ ...special, attributes: ['food'] }], ['/authorization_details/0/attributes/0']],
    ['for two purposes', () => [{ ...special, purposes: [...special.purposes, 'dpv:Marketing'] }], undefined],
    ['ahead of time', () => [{ ...special, delivery: ['bulk'] }], ['/authorization_details/0/delivery/0']],
    ['to pass it on', () => [{ ...special, recipients: ['Review House'] }], ['/authorization_details/0/recipients']],
  ])('is refused %s', async (_, details, pointers = ['/authorization_details/0/purposes']) => {
    const asRetailer = await retailerToken(app, grocer);
    const answer = await ask(asRetailer, { email: mira.email }, details());
    expect(answer.status).toBe(400);
    expect(answer.body.type).toBe(problem('invalid-authorization-details'));
    expect(pointersOf(answer)).toEqual(pointers);
    expect((await mira.api.get('/v1/me/consent-requests').expect(200)).body.items).toEqual([]);
  });

  it('is refused in an ordinary line, and says how to ask', async () => {
    const asRetailer = await retailerToken(app, grocer);
    const { status, body } = await ask(asRetailer, { email: mira.email }, [{ ...reading, attributes: ['food.diet'] }]);
    expect({ status, type: body.type }).toEqual({ status: 400, type: problem('special-attributes') });
    expect(body.errors[0].detail).toContain('in a detail of type ccx_preferences_special');
  });

  it('is told to whoever pushes a faulty request', async () => {
    const push = (...details: object[]) =>
      post(app, grocer.client, '/oauth/par', authorizationParams(grocer.client, 'v'.repeat(43), { details }), false);
    const { status, body } = await push(special, { ...special, attributes: ['size.footwear'] });
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_authorization_details' });
    expect(body.error_description).toContain('/authorization_details/1/attributes/0 is not special');
    expect((await push(special, special, special, special)).status).toBe(400);
    expect((await push(reading, special, diet)).status).toBe(201);
  });

  it('shows a statement that names everything, in both languages, each with its hash', async () => {
    const request = await aConsentRequest(app, { ...asked(), details: [special] });
    const { text, hash } = await statementOf(request);
    expect(text.en).toBe(
      'I expressly consent to Grocer A seeing what I have stated under “Allergen”. This may reveal something about my ' +
        'health. Only for this purpose: Personalising the service. Only here: Till and Website. Grocer A may keep it ' +
        'for 30 days. My consent holds for at most 90 days from now on. I can withdraw it in my CCX account whenever ' +
        'I like, and it then ends at once.',
    );
    expect(text.de).toContain('was ich unter „Allergen“ angegeben habe. Das kann etwas über meine Gesundheit verraten');
    for (const language of ['en', 'de'] as const) {
      expect(hash[language]).toBe(createHash('sha256').update(text[language]).digest('base64url'));
    }
  });

  it('is for ninety days at most, and says so', async () => {
    const request = await aConsentRequest(app, { ...asked(), details: [special], lifetime_days: 366 });
    expect(request.body.lifetime_days).toBe(90);
    const { body } = await mira.api.get(`/v1/me/consent-requests/${request.id}`).expect(200);
    expect(body.in_words.life.en).toContain('at most 90 days');
    expect(body.in_words.details[0].conditions[0].en).toBe('This may reveal something about your health.');
  });

  it('has no statement where nothing is special', async () => {
    expect(await statementOf(await aConsentRequest(app, asked()))).toBeNull();
  });
});

describe('giving a special attribute', () => {
  it('takes the statement that was shown, and is for ninety days', async () => {
    const request = await aConsentRequest(app, { ...asked(), details: [special] });
    const { hash } = await statementOf(request);
    const { body } = await approve(request, { statement: hash.en }).expect(200);
    expect(body.request.status).toBe('approved');
    const [line, ...others] = body.consent.details;
    expect(others).toEqual([]);
    expect(line).toMatchObject({ ...special, delivery: ['live'], retention: 'P30D', statement: hash.en });
    expect(Date.parse(line.expires_at) - Date.parse(body.consent.given_at)).toBe(90 * DAY);
    expect(body.consent.expires_at).toBe(line.expires_at);
  });

  it('takes the statement of the language in which it was shown', async () => {
    const request = await aConsentRequest(app, { ...asked(), details: [special] });
    const { hash } = await statementOf(request);
    await approve(request, { statement: hash.de }).expect(400);
    const { body } = await approve(request, { statement: hash.de, language: 'de' }).expect(200);
    expect(body.consent.details[0].statement).toBe(hash.de);
  });

  it.each([
    ['without a statement', () => ({})],
    ['with no more than its items', ({ body }: TestRequest) => ({ items: [{ id: body.authorization_details[0].id }] })],
    ['with the statement of something else', () => ({ statement: createHash('sha256').digest('base64url') })],
  ])('is refused %s, and can still be decided', async (_, approval) => {
    const request = await aConsentRequest(app, { ...asked(), details: [special] });
    const answer = await approve(request, approval(request)).expect(400);
    expect(pointersOf(answer)).toEqual(['/statement']);
    expect(await consents()).toEqual([]);
    const { body } = await mira.api.get(`/v1/me/consent-requests/${request.id}`).expect(200);
    expect(body.status).toBe('open');
  });

  it('is refused for longer than ninety days', async () => {
    const request = await aConsentRequest(app, { ...asked(), details: [special] });
    const { hash } = await statementOf(request);
    const expires_at = new Date(app.clock.now().getTime() + 91 * DAY).toISOString();
    expect(pointersOf(await approve(request, { statement: hash.en, expires_at }).expect(400))).toEqual(['/expires_at']);
  });

  it('takes a statement for nothing else', async () => {
    const answer = await approve(await aConsentRequest(app, asked()), { statement: 'x' }).expect(400);
    expect(pointersOf(answer)).toEqual(['/statement']);
  });

  it('takes a recent sign-in, and refusing takes none', async () => {
    const requests = [
      await aConsentRequest(app, { ...asked(), details: [special] }),
      await aConsentRequest(app, { ...asked(), details: [diet] }),
    ] as const;
    const { hash } = await statementOf(requests[0]);
    app.clock.advance({ seconds: 301 });

    const { status, headers, body } = await approve(requests[0], { statement: hash.en });
    expect({ status, type: body.type }).toEqual({ status: 401, type: problem('recent-sign-in-required') });
    expect(headers['www-authenticate']).toBe('Bearer error="insufficient_user_authentication", max_age="300"');
    expect(await consents()).toEqual([]);

    await refuse(requests[1]).expect(200);
    await approve({ ...requests[0], ...(await signInAgain()) }, { statement: hash.en }).expect(200);
  });

  it('cannot be done by a program of the customer', async () => {
    const request = await aConsentRequest(app, { ...asked(), details: [special] });
    const { hash } = await statementOf(request);
    const expires_at = new Date(app.clock.now().getTime() + DAY);
    const token = { name: 'assistant', scopes: ['consents.read', 'consents.write'], expires_at };
    const { body } = await mira.api.post('/v1/me/tokens').send(token).expect(201);
    const customer = { ...mira, api: bearer(app, body.token) };
    const refused = await approve({ ...request, customer }, { statement: hash.en }).expect(401);
    expect(refused.body.type).toBe(problem('recent-sign-in-required'));
  });

  it('adds it to the consent that the retailer has, on a line of its own', async () => {
    const before = await aConsent(app, asked());
    const { consentId, consent } = await aSpecialConsent(app, asked());
    expect(consentId).toBe(before.consentId);
    expect(consent.version).toBe(2);
    expect(consent.details.map(({ type }: { type: string }) => type)).toEqual([
      'ccx_preferences',
      'ccx_interactions',
      'ccx_preferences_special',
    ]);
    expect(Date.parse(consent.expires_at)).toBeGreaterThan(Date.parse(consent.details[2].expires_at));
  });
});

describe('reading a special attribute', () => {
  let office: RetailerAccess;
  beforeAll(async () => {
    office = await retailerToken(app, grocer, { scope: 'preferences.read' });
  });
  beforeEach(() => states(peanuts, vegetarian, shoes));

  const read = ({ fetch }: RetailerAccess, query: string) => fetch('GET', `/v1/preferences?${query}`);
  const till = 'touchpoint=till&purpose=dpv:ServicePersonalisation';
  const lookUp = async (subject: string, more: object = {}) => {
    const circumstances = { purpose: 'dpv:ServicePersonalisation', touchpoint: 'till', ...more };
    const { body } = await office.fetch('POST', '/v1/preferences/lookup', { subjects: [subject], ...circumstances });
    const [result] = body.results;
    return result.preferences ? attributesOf(result) : result.code;
  };
  /** A token without a screen: all that it is for has been given in the customer's list. */
  const tokenFor = (...details: object[]): Promise<ConsentAccess> => consentToken(app, grocer, mira, { details });
  /** Why the retailer does not get it, as the customer is told. */
  const whyNot = async (attribute: string, query = 'touchpoint=till') => {
    const { body } = await mira.api.get(`/v1/me/effective?retailer_id=${grocer.id}&${query}`).expect(200);
    const found = body.sharing.attributes.find((one: { attribute: string }) => one.attribute === attribute);
    return found.not_shared_because;
  };

  it('is possible at the till with a line of its own, and for nothing beside it', async () => {
    await aSpecialConsent(app, asked());
    const access = await tokenFor(special);
    const { status, body } = await read(access, till);
    expect(status).toBe(200);
    expect(body.preferences).toMatchObject([{ ...peanuts, key: 'AP' }]);
    expect(await disclosed(app, mira.key)).toMatchObject([{ attributes: ['food.allergen'], touchpoint: 'till' }]);
    for (const beyond of ['attributes=food.diet', 'attributes=size.footwear', 'attributes=food']) {
      expect((await read(access, `${till}&${beyond}`)).body.type).toBe(problem('outside-consent'));
    }
    expect(await whyNot('food.allergen')).toEqual([]);
    expect(await whyNot('food.diet')).toEqual(['no_consent', 'special']);
  });

  it('is not possible by an ordinary consent, whatever it names', async () => {
    await aConsent(app, { ...asked(), details: [{ ...reading, attributes: ['size', 'contact', 'brand'] }] });
    const access = await tokenFor({ ...reading, attributes: ['size.footwear'] });
    expect(attributesOf((await read(access, `${till}&stage=shopping`)).body)).toEqual(['size.footwear']);
    const refused = await read(access, `${till}&stage=shopping&attributes=food.allergen`);
    expect(refused.body).toMatchObject({
      type: problem('outside-consent'),
      outside: { attributes: ['food.allergen'] },
    });
    expect(await whyNot('food.allergen')).toEqual(['no_consent', 'special']);
  });

  it('is possible only for its purpose and at its touchpoints, in lookups too', async () => {
    const ordinary = { ...reading, purposes: ['dpv:ServiceProvision'], stages: undefined };
    await aConsent(app, { ...asked(), details: [ordinary, reporting] });
    const { asRetailer, id } = await aSpecialConsent(app, {
      ...asked(),
      details: [{ ...special, touchpoints: ['till'] }],
    });
    const { body } = await asRetailer.fetch('GET', `/v1/consent-requests/${id}`);
    const { subject } = body.consent;
    expect(await lookUp(subject)).toEqual(['food.allergen']);
    expect(await lookUp(subject, { purpose: 'dpv:ServiceProvision' })).toEqual(['size.footwear']);
    expect(await lookUp(subject, { touchpoint: 'web' })).toBe('outside-consent');
    expect(await lookUp(subject, { purpose: 'dpv:ServiceProvision', attributes: ['food.allergen'] })).toBe(
      'outside-consent',
    );
  });

  it('ends with its line, while the consent lives on', async () => {
    const { consentId } = await aConsent(app, asked());
    await aSpecialConsent(app, asked());
    const access = await tokenFor(special);
    expect((await read(access, `${till}&attributes=food.allergen`)).status).toBe(200);
    const then = new Date(app.clock.now().getTime() + 91 * DAY).toISOString();
    expect(await whyNot('food.allergen', `at=${then}`)).toEqual(['no_consent', 'special']);
    expect(await whyNot('size.footwear', `at=${then}`)).toEqual([]);

    // Reads are checked by the time of the database.
    await app.db.query(
      `update consents
          set version = version + 1, details = jsonb_set(details, '{2,expires_at}', to_jsonb(now() - interval '1 second'))
        where bucket = $1 and customer_id = $2 and id = $3`,
      [mira.key.bucket, mira.customerId, consentId],
    );
    expect((await read(access, `${till}&attributes=food.allergen`)).body.type).toBe(problem('outside-consent'));
    expect((await read(access, `${till}&stage=shopping`)).status).toBe(200);
  });

  it('ends at once when the consent is withdrawn', async () => {
    const consent = await aSpecialConsent(app, asked());
    const access = await tokenFor(special);
    await withdraw(consent).expect(200);
    expect((await read(access, till)).status).toBe(401);
  });

  it('can be given for one time only', async () => {
    const { consent } = await aSpecialConsent(app, { ...asked(), use: 'once' });
    expect(consent.use).toBe('once');
    expect(Date.parse(consent.expires_at) - Date.parse(consent.given_at)).toBe(DAY);
  });
});
