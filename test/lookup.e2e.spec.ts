import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { disclosed, whileDisclosuresFail } from './support/disclosed.js';
import {
  type ConsentAccess,
  consentToken,
  dpopFetch,
  dpopProof,
  type JsonAnswer,
  type RetailerAccess,
  retailerToken,
} from './support/oauth.js';
import { audited } from './support/records.js';
import { aRetailer, reinstateRetailer, suspendRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let office: RetailerAccess;
let mira: Known;
let noor: Known;

interface Known {
  readonly customer: TestCustomer;
  readonly access: ConsentAccess;
  readonly subject: string;
}

const shoes = (size: string) => ({ attribute: 'size.footwear', value: { system: 'EUROPE', size }, strength: 'want' });
const peanuts = { attribute: 'food.allergen', value: { code: 'AP' }, strength: 'never' };
const line = {
  type: 'ccx_preferences',
  purposes: ['dpv:ServicePersonalisation'],
  attributes: ['size'],
  touchpoints: ['till'],
};

/** A customer who has stated a shoe size, and lets the grocer know it at the till. */
async function aKnown(size: string, options: object = {}): Promise<Known> {
  const customer = await aCustomer(app);
  for (const preference of [shoes(size), peanuts])
    await customer.api.post('/v1/me/preferences').send(preference).expect(201);
  const access = await consentToken(app, grocer, customer, { details: [line], ...options });
  return { customer, access, subject: access.subject };
}

beforeAll(async () => {
  app = await startApp();
  grocer = await aRetailer(app);
  office = await retailerToken(app, grocer);
  mira = await aKnown('38');
  noor = await aKnown('44');
});
afterAll(() => app.stop());

const lookUp = (subjects: readonly string[], more: object = {}) =>
  office.fetch('POST', '/v1/preferences/lookup', { subjects, touchpoint: 'till', ...more });
const change = ({ access, customer }: Known, assignment: string) =>
  app.db.query(`update consents set ${assignment} where bucket = $1 and customer_id = $2 and id = $3`, [
    customer.key.bucket,
    customer.customerId,
    access.consentId,
  ]);

const sizesOf = ({ body }: JsonAnswer) =>
  (body.results as { preferences?: { value: { size: string } }[]; code?: string }[]).map(
    ({ preferences, code }) => code ?? preferences?.map(({ value }) => value.size).join(),
  );
/** The status and the code of a problem: `401 invalid-token`. */
function refusalOf({ status, body }: JsonAnswer): string {
  return `${status} ${String(body.type).replace(`${app.url}/problems/`, '')}`;
}

describe('looking subjects up', () => {
  it('answers for each what a read with its token answers, in the order in which they were asked for', async () => {
    const { status, body } = await lookUp([noor.subject, mira.subject]);
    expect(status).toBe(200);
    const read = await mira.access.fetch('GET', '/v1/preferences?touchpoint=till');
    const { at, disclosure_id, ...same } = body.results[1];
    expect(read.body).toMatchObject(same);
    expect(sizesOf({ status, body } as JsonAnswer)).toEqual(['44', '38']);
    expect(at).toEqual(expect.any(String));
    expect((await disclosed(app, mira.customer.key)).map(({ id }) => id)).toEqual([
      disclosure_id,
      read.body.disclosure_id,
    ]);
  });

  it('answers unknown, malformed, foreign, ended and never consented subjects in one and the same way', async () => {
    const gone = await aKnown('40');
    await gone.customer.api.post(`/v1/me/consents/${gone.access.consentId}/withdraw`).send({}).expect(200);
    const late = await aKnown('41');
    await change(late, `expires_at = now() - interval '1 second'`);
    const once = await aKnown('42', { use: 'once' });
    const erased = await aKnown('43');
    await app.db.query('delete from subject_keys where customer_id = $1', [erased.customer.customerId]);
    const rival = await aRetailer(app, { name: 'Grocer T' });
    const foreign = await consentToken(app, rival, mira.customer, { details: [line] });
    const stranger = await aCustomer(app);
    const unknown = 'p1AAAAAAAAAAAAAAAAAAAAAA';

    const subjects = [
      unknown,
      'p1',
      '',
      stranger.customerId,
      foreign.subject,
      gone.subject,
      late.subject,
      once.subject,
      erased.subject,
    ];
    const { body } = await lookUp(subjects);
    const [first, ...others] = (body.results as object[]).map((result) => ({ ...result, subject: undefined }));
    expect(first).toEqual({ subject: undefined, code: 'no-consent', detail: expect.any(String), retryable: false });
    for (const other of others) expect(other).toEqual(first);
    for (const [place, subject] of subjects.entries()) {
      const alone = await lookUp([subject]);
      expect(alone.body.results).toEqual([body.results[place]]);
    }
    expect((body.results as { subject: string }[]).map(({ subject }) => subject)).toEqual(subjects);
    expect(await disclosed(app, gone.customer.key)).toEqual([]);
  });

  it('answers about one customer by the consent that stands, whatever others there are or were', async () => {
    const back = await aKnown('46');
    await back.customer.api.post(`/v1/me/consents/${back.access.consentId}/withdraw`).send({}).expect(200);
    await consentToken(app, grocer, back.customer, { details: [line], use: 'once' });
    await consentToken(app, await aRetailer(app, { name: 'Grocer U' }), back.customer, {
      details: [{ ...line, attributes: ['receipt'] }],
    });
    expect(sizesOf(await lookUp([back.subject]))).toEqual(['no-consent']);
    const { consentId } = await consentToken(app, grocer, back.customer, { details: [line] });
    const alone = await lookUp([back.subject]);
    expect(sizesOf(alone)).toEqual(['46']);
    expect(alone.body.results[0].consent).toMatchObject({ id: consentId });
  });

  it('says of a paused consent that it is paused, and records it', async () => {
    const paused = await aKnown('39');
    await change(paused, `status = 'paused'`);
    const answer = await lookUp([paused.subject, mira.subject]);
    expect(sizesOf(answer)).toEqual(['consent-paused', '38']);
    expect(answer.body.results[0]).toMatchObject({ retryable: true });
    expect(await disclosed(app, paused.customer.key)).toMatchObject([{ refused: 'consent-paused', batchSize: 1 }]);
    const entries = await audited(app, paused.customer.key);
    expect(entries.filter(({ type }) => type === 'disclosure.refused')).toHaveLength(1);
  });

  it('refuses for each subject by itself what its consent does not cover', async () => {
    const more = await aKnown('45', { details: [{ ...line, attributes: ['size', 'receipt'] }] });
    const answer = await lookUp([mira.subject, more.subject], { attributes: ['size.footwear', 'receipt.delivery'] });
    expect(sizesOf(answer)).toEqual(['outside-consent', '45']);
    expect(answer.body.results[0].outside).toEqual({ attributes: ['receipt.delivery'] });
    const special = await lookUp([mira.subject], { attributes: ['food.allergen'] });
    expect(sizesOf(special)).toEqual(['outside-consent']);
  });

  it('takes the only purpose and touchpoint of each consent as read, and asks for the others', async () => {
    const wide = await aKnown('46', { details: [{ ...line, touchpoints: ['till', 'web'] }] });
    const answer = await lookUp([mira.subject, wide.subject], { touchpoint: undefined });
    expect(sizesOf(answer)).toEqual(['38', 'invalid-request']);
    expect(answer.body.results[1].errors).toEqual([{ pointer: '/touchpoint', detail: expect.any(String) }]);
  });

  it('counts against the reads that a customer allows per day', async () => {
    const counted = await aKnown('47');
    await change(counted, 'max_reads_per_day = 1');
    const answer = await lookUp([counted.subject, counted.subject]);
    expect(sizesOf(answer)).toEqual(['47', 'daily-reads-spent']);
    const { retryable, retry_after: seconds } = answer.body.results[1];
    const midnight = new Date(app.clock.now().getTime() + seconds * 1_000);
    expect(retryable).toBe(true);
    expect(Math.abs(midnight.getTime() - new Date(midnight).setUTCHours(0, 0, 0, 0))).toBeLessThan(30_000);
  });

  it('answers a subject as often as it is asked for, each time as a disclosure of its own', async () => {
    const asked = await aKnown('48');
    const { body } = await lookUp([asked.subject, asked.subject]);
    const ids = (body.results as { disclosure_id: string }[]).map(({ disclosure_id }) => disclosure_id);
    expect((await disclosed(app, asked.customer.key)).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });

  it('names what is wrong with the question as a whole', async () => {
    const answer = await lookUp([mira.subject], { attributes: ['size', 'size.hat'], stage: 'sleeping' });
    expect(refusalOf(answer)).toBe('400 invalid-request');
    expect(answer.body.errors[0].pointer).toBe('/stage');
    const unknown = await lookUp([mira.subject], { attributes: ['size', 'size.hat'] });
    expect(unknown.body.errors[0].pointer).toBe('/attributes/1');
    const nothing = await lookUp([mira.subject], { attributes: [] });
    expect(nothing.body.errors[0].pointer).toBe('/attributes');
    expect((await lookUp([])).body.errors[0].pointer).toBe('/subjects');
  });

  it('is refused as a whole while the retailer is suspended, whoever is asked for', async () => {
    await suspendRetailer(app, grocer);
    try {
      expect(refusalOf(await lookUp([mira.subject]))).toBe('403 retailer-suspended');
      expect(refusalOf(await lookUp(['nobody']))).toBe('403 retailer-suspended');
    } finally {
      await reinstateRetailer(app, grocer);
    }
  });

  it('takes the client’s own token, not one of a consent', async () => {
    const answer = await mira.access.fetch('POST', '/v1/preferences/lookup', { subjects: [mira.subject] });
    expect(refusalOf(answer)).toBe('403 insufficient-scope');
    const other = await retailerToken(app, grocer, { scope: 'consents.read' });
    expect(refusalOf(await other.fetch('POST', '/v1/preferences/lookup', { subjects: [mira.subject] }))).toBe(
      '403 insufficient-scope',
    );
  });

  it('gives no answer to a proof that was used before, nor when it cannot be recorded', async () => {
    const path = '/v1/preferences/lookup';
    const body = { subjects: [mira.subject, 'nobody'], touchpoint: 'till' };
    const before = (await disclosed(app, mira.customer.key)).length;
    const proof = await dpopProof(office.key, { htm: 'POST', htu: app.url + path, token: office.accessToken });
    const send = () => dpopFetch(app, office, 'POST', path, { body, proof });

    const failed = await whileDisclosuresFail(app, send);
    expect(refusalOf(failed)).toBe('503 unavailable');
    expect(failed.body).not.toHaveProperty('results');
    // Nothing was recorded, the proof neither.
    expect((await send()).status).toBe(200);
    expect(refusalOf(await send())).toBe('401 invalid-dpop-proof');
    expect(await disclosed(app, mira.customer.key)).toHaveLength(before + 1);
  });
});
