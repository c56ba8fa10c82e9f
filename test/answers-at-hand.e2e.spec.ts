import { SubjectKeys } from '../src/platform/crypto/subject-keys.js';
import { Database } from '../src/platform/database/database.js';
import { Metrics } from '../src/platform/metrics/metrics.js';
import { PreferenceDocuments } from '../src/preferences/preference-documents.js';
import { aCustomer, anOperator, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { disclosed } from './support/disclosed.js';
import { type ConsentAccess, consentToken, dpopFetch, dpopProof, type JsonAnswer, refresh } from './support/oauth.js';
import { aRetailer, fullMenu, hasPublished, type TestRetailer } from './support/retailers.js';
import { aNewAttribute, released } from './support/vocabularies.js';

let app: TestApp;
let grocer: TestRetailer;
let mira: TestCustomer;
let access: ConsentAccess;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  grocer = await aRetailer(app);
  mira = await aCustomer(app);
  await states({ attribute: 'size.footwear', value: { system: 'EUROPE', size: '42.5' }, strength: 'want' });
  access = await consentToken(app, grocer, mira, {
    details: [{ type: 'ccx_preferences', attributes: ['size', 'receipt'], ...here }],
  });
});
afterAll(() => app.stop());

const here = { purposes: ['dpv:ServicePersonalisation'], touchpoints: ['till', 'web'] };
const states = (preference: object) => mira.api.post('/v1/me/preferences').send(preference).expect(201);
const read = (query = 'touchpoint=till', headers = {}, reader: ConsentAccess = access): Promise<JsonAnswer> =>
  reader.fetch('GET', `/v1/preferences?${query}`, undefined, headers);
const sql = (text: string, ...values: unknown[]) => app.db.query(text, values);
const ofConsent = (assignment: string) => () =>
  sql(`update consents set ${assignment} where id = $1`, access.consentId);

/** How often an answer was found at hand. */
async function hits(): Promise<number> {
  const metrics = await app.get(Metrics).registry.getMetricsAsJSON();
  const { values } = metrics.find(({ name }) => name === 'ccx_cache_hits_total') as unknown as {
    values: { value: number; labels: { cache: string } }[];
  };
  return values.find(({ labels }) => labels.cache === 'answers')?.value ?? 0;
}

/** An answer that is at hand from now on: the second one was found there. */
async function untilAtHand(query?: string): Promise<JsonAnswer> {
  const first = await read(query);
  const before = await hits();
  const second = await read(query);
  expect([first.status, second.status, await hits()]).toEqual([200, 200, before + 1]);
  return second;
}

const told = ({ status, body }: JsonAnswer) =>
  status === 200
    ? (body.preferences as { attribute: string; value: unknown }[]).map(({ attribute, value }) => [attribute, value])
    : `${status} ${String(body.type).replace(`${app.url}/problems/`, '')}`;
const size = ['size.footwear', { system: 'EUROPE', size: '42.5' }];

describe('an answer that is given again', () => {
  it('is the same but for its time and its record, and is recorded like the first', async () => {
    const first = await read();
    const { body: again } = await untilAtHand();
    expect({ ...again, at: null, disclosure_id: null }).toEqual({ ...first.body, at: null, disclosure_id: null });
    const records = await disclosed(app, mira.key);
    const record = records.find(({ id }) => id === again.disclosure_id);
    expect(record).toMatchObject({ attributes: ['size.footwear'], unchanged: false, refused: null });
    expect(record?.checkedAt.toISOString()).toBe(again.at);
    expect(new Set(records.map(({ id }) => id)).size).toBe(3);
  });

  it('is also not given again, when the retailer holds it: that is a disclosure, too', async () => {
    const { headers } = await untilAtHand();
    const answer = await read(undefined, { 'if-none-match': String(headers.get('etag')) });
    expect([answer.status, answer.body, answer.headers.get('content-type')]).toEqual([304, '', null]);
    expect((await disclosed(app, mira.key)).filter(({ unchanged }) => unchanged)).toHaveLength(1);
  });

  it('takes a proof once like any other', async () => {
    await untilAtHand();
    const proof = await dpopProof(access.key, {
      htm: 'GET',
      htu: `${app.url}/v1/preferences`,
      token: access.accessToken,
      now: app.clock.now(),
    });
    const once = () => dpopFetch(app, access, 'GET', '/v1/preferences?touchpoint=till', { proof });
    const answers = [await once(), await once()];
    expect(answers.map(told)).toEqual([[size], '401 invalid-dpop-proof']);
  });

  it('is never that of another touchpoint, place or choice of attributes', async () => {
    await states({
      attribute: 'receipt.delivery',
      value: { form: 'paper' },
      strength: 'want',
      applies_to: { level: 'retailer', retailer_id: grocer.id },
      context: { place: { store: '0417' } },
    });
    expect(told(await untilAtHand())).toEqual([size]);
    const paper = ['receipt.delivery', { form: 'paper' }];
    const inStore = await untilAtHand('touchpoint=till&store=0417');
    expect(told(inStore)).toEqual(expect.arrayContaining([size, paper]));
    expect(told(await untilAtHand('touchpoint=till&store=0418'))).toEqual([size]);
    expect(told(await untilAtHand('touchpoint=till&attributes=receipt'))).toEqual([]);
    expect((await untilAtHand('touchpoint=web')).body.touchpoint).toBe('web');
  });

  it('is never that of another token, which is good for less', async () => {
    await states({ attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'want' });
    expect(told(await untilAtHand())).toHaveLength(2);
    const { body } = await refresh(app, access.client, String(access.refreshToken), {
      params: {
        authorization_details: JSON.stringify([{ type: 'ccx_preferences', attributes: ['size.footwear'], ...here }]),
      },
    });
    const narrowed = { ...access, accessToken: body.access_token as string };
    const answer = await dpopFetch(app, narrowed, 'GET', '/v1/preferences?touchpoint=till');
    expect(told(answer)).toEqual([size]);
    expect(told(await read())).toHaveLength(2);
  });
});

describe('an answer at hand is not given', () => {
  const consent = (command: string) => () => mira.api.post(`/v1/me/consents/${access.consentId}/${command}`).send({});
  const grocers = (assignment: string) => () => sql(`update retailers set ${assignment} where id = $1`, grocer.id);
  const tills = (assignment: string) => () => sql(`update clients set ${assignment} where id = $1`, grocer.client.id);

  it.each<[string, () => PromiseLike<unknown>, unknown]>([
    ['once the consent is withdrawn', consent('withdraw'), '401 invalid-token'],
    ['while it is paused', consent('pause'), '403 consent-paused'],
    ['once it has expired', ofConsent('expires_at = now()'), '401 invalid-token'],
    [
      'once it is for something else',
      ofConsent(`version = version + 1, details = jsonb_set(details, '{0,attributes}', '["receipt.delivery"]')`),
      [],
    ],
    [
      'once the tokens of the client are revoked',
      () => sql('update consent_clients set token_epoch = token_epoch + 1 where consent_id = $1', access.consentId),
      '401 invalid-token',
    ],
    [
      'once the customer is erased',
      () => sql('delete from subject_keys where customer_id = $1', mira.customerId),
      '401 invalid-token',
    ],
    ['while the client is suspended', tills(`status = 'suspended'`), '403 retailer-suspended'],
    ['while the retailer is', grocers(`status = 'suspended'`), '403 retailer-suspended'],
    ['once the client serves other touchpoints', tills(`touchpoints = '{web}'`), '403 outside-consent'],
    [
      'once the retailer has no use for it there',
      () => hasPublished(app, grocer.id, { ...fullMenu(app), till: [] }),
      '403 outside-view',
    ],
    [
      'once the customer has stated more',
      () => states({ attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'want' }),
      [['receipt.delivery', { form: 'paper' }], size],
    ],
    [
      'once nothing is stated any more',
      () => sql('delete from preference_documents where customer_id = $1', mira.customerId),
      [],
    ],
    [
      'once the day’s reads are spent',
      ofConsent('max_reads_per_day = 1, reads_day = current_date, reads_count = 1'),
      '429 daily-reads-spent',
    ],
  ])('%s', async (_, change, expected) => {
    expect(told(await untilAtHand())).toEqual([size]);
    await change();
    const answer = await read();
    const found = told(answer);
    expect(Array.isArray(found) ? found.toSorted() : found).toEqual(
      Array.isArray(expected) ? expected.toSorted() : expected,
    );
  });

  it('once the sectors of the retailer are others', async () => {
    await states({
      attribute: 'receipt.delivery',
      value: { form: 'paper' },
      strength: 'want',
      applies_to: { level: 'sector', sector: 'fashion' },
    });
    expect(told(await untilAtHand())).toEqual([size]);
    await grocers(`sectors = '{fashion}'`)();
    expect(told(await read())).toHaveLength(2);
  });

  it('once its document is another one of the same version', async () => {
    await untilAtHand();
    const documents = app.get(PreferenceDocuments);
    const { reader } = app.get(Database);
    const { profileKey } = await app.get(SubjectKeys).of(reader, mira.key);
    const [document] = await documents.of(reader, mira.key, ['size']);
    if (!document) throw new Error('There is no document.');
    const value = { system: 'EUROPE', size: '36' };
    const preferences = document.preferences.map((preference) => ({ ...preference, value }));
    const { sealed } = documents.seal(mira.key, profileKey, { ...document, preferences });
    await sql('update preference_documents set sealed = $2 where customer_id = $1', mira.customerId, sealed);
    expect(told(await read())).toEqual([['size.footwear', value]]);
  });

  it('under another release of the vocabulary', async () => {
    const olga = await anOperator(app);
    await untilAtHand();
    const before = await hits();
    const version = await released(app, olga, 'minor', { attributes: [aNewAttribute('gift.wrapping')] });
    const again = await consentToken(app, grocer, mira, {
      details: [{ type: 'ccx_preferences', attributes: ['size', 'receipt'], ...here }],
    });
    expect((await read(undefined, {}, again)).body.vocabulary).toBe(version);
    expect(await hits()).toBe(before);
  });
});
