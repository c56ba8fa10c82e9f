import { type ClientChanges, ClientsService } from '../src/retailers/clients.service.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { amend, command, withdraw } from './support/consents.js';
import { askToBeErased, takeSteps } from './support/erasures.js';
import {
  type ConsentAccess,
  consentToken,
  dpopFetch,
  dpopProof,
  type JsonAnswer,
  post,
  tokenRequest,
} from './support/oauth.js';
import {
  aKey,
  aRetailer,
  hasPublished,
  reinstateRetailer,
  suspendRetailer,
  type TestClient,
  type TestRetailer,
} from './support/retailers.js';
import { type SecondProcess, startSecondProcess } from './support/second-process.js';

const shoes = (size: string) => ({ attribute: 'size.footwear', value: { system: 'EUROPE', size }, strength: 'want' });
const line = {
  type: 'ccx_preferences',
  purposes: ['dpv:ServicePersonalisation'],
  attributes: ['size', 'receipt'],
  touchpoints: ['till'],
};

/** Things change by way of the app; the till reads by way of the other process, which has all of it at hand. */
let app: TestApp;
let other: SecondProcess;
let grocer: TestRetailer;
let mira: TestCustomer;
let till: ConsentAccess;
let size: { id: string; etag: string };

beforeAll(async () => {
  app = await startApp();
  other = await startSecondProcess(app);
});
beforeEach(async () => {
  grocer = await aRetailer(app);
  mira = await aCustomer(app);
  const { body, headers } = await mira.api.post('/v1/me/preferences').send(shoes('38')).expect(201);
  size = { id: body.id, etag: String(headers['etag']) };
  till = await consentToken(app, grocer, mira, { details: [line] });
  for (const _ of [1, 2, 3]) await read(); // it has all at hand from then on
});
afterAll(async () => {
  await other.stop();
  await app.stop();
});

const read = (headers: Record<string, string> = {}) =>
  dpopFetch(app, till, 'GET', '/v1/preferences?touchpoint=till', { origin: other.origin, headers });

function valuesOf({ status, body }: JsonAnswer): unknown {
  if (status !== 200) return `${status} ${String(body.type).replace(`${app.url}/problems/`, '')}`;
  return (body.preferences as { value: { size?: string } }[]).map(({ value }) => value.size);
}

const nextRead = async () => valuesOf(await read());

const system = { kind: 'system', id: 'test' } as const;
const anyVersion = { ifMatch: '*', etagOf: () => '*' };
const revise = (changes: ClientChanges) =>
  app.get(ClientsService).revise(system, grocer.id, grocer.client.id, changes, anyVersion);

describe('the very next read in another process', () => {
  it('is answered from what it has at hand while nothing has changed', async () => {
    await expect(nextRead()).resolves.toEqual(['38']);
  });

  it('is refused once the consent is withdrawn', async () => {
    await withdraw({ customer: mira, consentId: till.consentId }).expect(200);
    await expect(nextRead()).resolves.toBe('401 invalid-token');
  });

  it('is refused while the consent is paused, and answered once it is resumed', async () => {
    const consent = { customer: mira, consentId: till.consentId };
    for (const _ of [1, 2]) {
      await command(consent, 'pause').expect(200);
      await expect(nextRead()).resolves.toBe('403 consent-paused');
      await command(consent, 'resume').expect(200);
      await expect(nextRead()).resolves.toEqual(['38']);
    }
  });

  it('tells no more than the consent covers once it is narrowed', async () => {
    const { body } = await mira.api.get(`/v1/me/consents/${till.consentId}`).expect(200);
    const [detail] = body.details as { id: string }[];
    const narrowed = { items: [{ id: detail?.id, attributes: ['receipt.delivery'] }] };
    const answer = await amend({ customer: mira, consentId: till.consentId }, narrowed);
    expect(answer.status).toBe(200);
    await expect(nextRead()).resolves.toEqual([]);
  });

  it('tells what the customer states by then, also to who knows what it was', async () => {
    const known = (await read()).headers.get('etag') ?? '';
    expect((await read({ 'if-none-match': known })).status).toBe(304);
    const revised = { value: shoes('39').value, strength: 'want', applies_to: { level: 'everyone' } };
    const path = `/v1/me/preferences/${size.id}`;
    await mira.api.put(path).set('if-match', size.etag).send(revised).expect(200);
    expect(valuesOf(await read({ 'if-none-match': known }))).toEqual(['39']);
    await mira.api.delete(path).expect(204);
    await expect(nextRead()).resolves.toEqual([]);
  });

  it('is refused while the retailer or its client is suspended', async () => {
    await suspendRetailer(app, grocer);
    await expect(nextRead()).resolves.toBe('403 retailer-suspended');
    await reinstateRetailer(app, grocer);
    await expect(nextRead()).resolves.toEqual(['38']);

    await revise({ status: 'suspended' });
    await expect(nextRead()).resolves.toBe('403 retailer-suspended');
    await revise({ status: 'active' });
    await expect(nextRead()).resolves.toEqual(['38']);
  });

  it('tells no more than the retailer says it uses there', async () => {
    const does = { en: 'We print your receipt, or do not.' };
    await hasPublished(app, grocer.id, { till: [{ attribute: 'receipt.delivery', does }] });
    await expect(nextRead()).resolves.toEqual([]);
  });

  it('is refused once the token is revoked', async () => {
    await post(app, grocer.client, '/oauth/revoke', { token: till.accessToken }, false);
    await expect(nextRead()).resolves.toBe('401 invalid-token');
  });

  it('is refused once the customer is erased', async () => {
    await askToBeErased(app, mira);
    await takeSteps(app);
    await expect(nextRead()).resolves.toBe('401 invalid-token');
  });

  it('is refused with a proof that the first process has seen', async () => {
    const proof = await dpopProof(till.key, {
      htm: 'GET',
      htu: `${app.url}/v1/preferences`,
      token: till.accessToken,
      now: app.clock.now(),
    });
    const path = '/v1/preferences?touchpoint=till';
    expect(valuesOf(await dpopFetch(app, till, 'GET', path, { proof }))).toEqual(['38']);
    const again = await dpopFetch(app, till, 'GET', path, { proof, origin: other.origin });
    expect(again.status).toBe(401);
  });
});

describe('the very next token request in another process', () => {
  const scope = 'preferences.read';
  const ask = (client: TestClient) =>
    tokenRequest(app, client, { grant_type: 'client_credentials', scope }, { origin: other.origin });

  it('is refused while the retailer or its client is suspended', async () => {
    expect((await ask(grocer.client)).status).toBe(200);
    await suspendRetailer(app, grocer);
    expect((await ask(grocer.client)).status).toBe(401);
    await reinstateRetailer(app, grocer);
    expect((await ask(grocer.client)).status).toBe(200);
    await revise({ status: 'suspended' });
    expect((await ask(grocer.client)).status).toBe(401);
  });

  it('takes the new keys of a client, and the old ones no more', async () => {
    expect((await ask(grocer.client)).status).toBe(200);
    const key = await aKey();
    await revise({ jwks: { keys: [{ ...key.publicJwk, kid: key.thumbprint }] } });
    expect((await ask(grocer.client)).status).toBe(401);
    expect((await ask({ ...grocer.client, key })).status).toBe(200);
  });
});

describe('a session that was ended', () => {
  it('is ended in the other process, too', async () => {
    const authorization = `Bearer ${mira.token}`;
    const me = () => fetch(`${other.origin}/v1/me`, { headers: { authorization } }).then(({ status }) => status);
    await expect(me()).resolves.toBe(200);
    await mira.api.delete(`/v1/me/sessions/${mira.sessionId}`).expect(204);
    await expect(me()).resolves.toBe(401);
  });
});
