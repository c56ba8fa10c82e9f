import { createHash } from 'node:crypto';

import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser, textOf } from './support/browser.js';
import {
  aConsent,
  aConsentRequest,
  approve,
  aSpecialConsent,
  command,
  later,
  reading,
  refuse,
  reporting,
  special,
  type TestConsent,
  type TestRequest,
} from './support/consents.js';
import { pushRequest, retailerToken, signIn } from './support/oauth.js';
import { publishedKeys, verified } from './support/receipts.js';
import { aRetailer } from './support/retailers.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

/** The hash that the newest receipt under the path names, and the language. */
async function named({ api }: TestCustomer, path: string): Promise<{ sha256: string; language: string }> {
  const { body } = await api.get(`/v1/me/${path}/receipts`).expect(200);
  const { consent_record } = await verified(await publishedKeys(app), body.items[0].jws);
  const { privacy_notice, language } = consent_record.pii_processing;
  return { sha256: privacy_notice.sha256, language };
}

/** A notice as it is answered, byte for byte. */
async function fetched({ api }: TestCustomer, sha256: string): Promise<string> {
  const { text, headers } = await api.get(`/v1/me/notices/${sha256}`).expect(200);
  expect(headers['content-type']).toContain('application/json');
  return text;
}

const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');

// What a notice holds is for each test to say.
// oxlint-disable-next-line typescript/no-explicit-any
async function noticeOf({ customer, id }: Pick<TestRequest, 'customer' | 'id'>): Promise<any> {
  const { sha256 } = await named(customer, `consent-requests/${id}`);
  return JSON.parse(await fetched(customer, sha256));
}

/** Everything in a text of two languages that is in this one. */
function inLanguage(value: unknown, language: 'en' | 'de'): unknown {
  if (Array.isArray(value)) return value.map((member) => inLanguage(member, language));
  if (typeof value !== 'object' || value === null) return value;
  if ('en' in value && 'de' in value) return value[language];
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inLanguage(member, language)]));
}

/** Every sentence of a notice that is for people to read. */
function sentencesOf(notice: {
  title: string;
  incentive: string | null;
  life: string;
  ending: string;
  refusing: string;
  details: {
    items: { sentence: string }[];
    purposes: { sentence: string }[];
    touchpoints: { label: string }[];
    conditions: string[];
  }[];
}): string[] {
  const { title, incentive, life, ending, refusing, details } = notice;
  const lines = details.flatMap(({ items, purposes, touchpoints, conditions }) => [
    ...[...items, ...purposes].map(({ sentence }) => sentence),
    ...touchpoints.map(({ label }) => label),
    ...conditions,
  ]);
  return [title, ...(incentive === null ? [] : [incentive]), life, ending, refusing, ...lines];
}

describe('what a customer was shown', () => {
  it('is kept exactly: its bytes have the hash that the receipt names', async () => {
    const { customer, consentId } = await aConsent(app);
    const { sha256 } = await named(customer, `consents/${consentId}`);
    expect(sha256Of(await fetched(customer, sha256))).toBe(sha256);
  });

  it.each(['en', 'de'] as const)('is what the request said in its words (%s)', async (language) => {
    const request = await aConsentRequest(app, {
      details: [reading, reporting],
      message: 'We would like to serve you.',
    });
    const { body } = await request.customer.api.get(`/v1/me/consent-requests/${request.id}`).expect(200);
    await approve(request, { language }).expect(200);
    const notice = await noticeOf(request);
    expect(notice).toMatchObject(inLanguage(body.in_words, language) as object);
    expect(notice).toMatchObject({
      format: 1,
      language,
      shown: true,
      vocabulary_version: '1.2.0',
      message: 'We would like to serve you.',
      retailer: { id: request.retailer.id, name: body.retailer.name, privacy_url: body.retailer.privacy_url },
    });
    expect((await named(request.customer, `consent-requests/${request.id}`)).sha256).toBe(body.notices[language]);
  });

  it.each(['en', 'de'] as const)('is what the page said (%s)', async (language) => {
    const customer = await aCustomer(app);
    const retailer = await aRetailer(app, { incentive: 'Delivery is free for a year.' });
    const { address } = await pushRequest(app, retailer.client, { details: [reading, reporting] });
    const browser = new Browser(app.url, { 'accept-language': language });
    const page = await signIn(browser, await browser.follow(await browser.get(address)), customer);
    await browser.submit(page, 'decision', { decision: 'approve' });

    const { body } = await customer.api.get('/v1/me/consents').expect(200);
    const { sha256, language: told } = await named(customer, `consents/${body.items[0].id}`);
    expect(told).toBe(language);
    const shown = textOf(page.body);
    // Where it is, boxes say there, one for each place.
    const sentences = sentencesOf(JSON.parse(await fetched(customer, sha256)));
    const inBoxes = sentences.filter((sentence) => /^(Only here|Nur hier): /.test(sentence));
    expect(inBoxes).toHaveLength(2);
    for (const sentence of sentences) if (!inBoxes.includes(sentence)) expect(shown).toContain(sentence);
  });

  it.each(['en', 'de'] as const)(
    'is what the screen of a special attribute said, with its statement (%s)',
    async (language) => {
      const customer = await aCustomer(app);
      const retailer = await aRetailer(app, { incentive: 'Delivery is free for a year.' });
      const { address } = await pushRequest(app, retailer.client, { details: [special] });
      const browser = new Browser(app.url, { 'accept-language': language });
      const page = await signIn(browser, await browser.follow(await browser.get(address)), customer);
      await browser.submit(page, 'decision', { decision: 'refuse' });

      const { body } = await customer.api.get('/v1/me/consent-requests').expect(200);
      const notice = await noticeOf({ customer, id: body.items[0].id });
      const shown = textOf(page.body);
      for (const sentence of [...sentencesOf(notice), notice.statement.text]) expect(shown).toContain(sentence);
    },
  );

  it('is kept of what they refused, too', async () => {
    const request = await aConsentRequest(app);
    await refuse(request).expect(200);
    expect(await noticeOf(request)).toMatchObject({ shown: true, details: [{ items: [{}, {}] }, { items: [{}, {}] }] });
  });

  it('is of its own for a renewal, and stays with the first version for the first', async () => {
    const given = await aConsent(app, { lifetime_days: 100 });
    const customer = await later(app, given.customer, 10);
    const offer = await customer.api.get(`/v1/me/consents/${given.consentId}/renewal`).expect(200);
    await command({ ...given, customer }, 'renew', { language: 'de' }).expect(200);
    const path = `consents/${given.consentId}`;
    const { sha256, language } = await named(customer, path);
    expect(language).toBe('de');
    expect(sha256).toBe(offer.body.notices.de);
    expect(JSON.parse(await fetched(customer, sha256))).toMatchObject(inLanguage(offer.body.in_words, 'de') as object);
    const first = await named(customer, `consent-requests/${given.id}`);
    expect(first.sha256).not.toBe(sha256);
    expect(JSON.parse(await fetched(customer, first.sha256))).toMatchObject({ language: 'en' });
  });

  it('holds the words of an express consent', async () => {
    const given = await aSpecialConsent(app);
    const { statement } = await noticeOf(given);
    expect(given.consent.details[0].statement).toBe(statement.hash);
    expect(createHash('sha256').update(statement.text).digest('base64url')).toBe(statement.hash);
  });

  it('is what would have been shown, where a standing rule decided', async () => {
    const customer = await aCustomer(app);
    const when = { attributes: reading.attributes, purposes: reading.purposes };
    await customer.api.post('/v1/me/rules').send({ name: 'sizes', effect: 'allow', enabled: true, when }).expect(201);
    const request = await aConsentRequest(app, { customer, details: [reading] });
    const notice = await noticeOf(request);
    expect(notice).toMatchObject({ shown: false, details: [{ items: [{}, {}] }] });
    expect(JSON.stringify(notice)).not.toContain('"sizes"');
  });

  it('stays as it was whatever becomes of the retailer', async () => {
    const given = await aConsent(app);
    const before = await noticeOf(given);
    await app.db.query(`update retailers set name = 'Somebody else', incentive = 'Nothing' where id = $1`, [
      given.retailer.id,
    ]);
    expect(await noticeOf(given)).toEqual(before);
  });

  it('never holds what they have stated', async () => {
    const customer = await aCustomer(app);
    const value = { system: 'EUROPE', size: '43.5' };
    await customer.api
      .post('/v1/me/preferences')
      .send({ attribute: 'size.footwear', value, strength: 'want' })
      .expect(201);
    const given = await aConsent(app, { customer, details: [reading] });
    expect(JSON.stringify(await noticeOf(given))).not.toMatch(/(?<!:)43\.5/);
  });
});

describe('a notice, for the retailer', () => {
  const asRetailer = ({ asRetailer: access, consentId }: TestConsent, sha256: string) =>
    access.fetch('GET', `/v1/consents/${consentId}/notices/${sha256}`);

  it('is the very same', async () => {
    const given = await aConsent(app);
    const [receipts] = [(await given.asRetailer.fetch('GET', `/v1/consents/${given.consentId}/receipts`)).body.items];
    const { consent_record } = await verified(await publishedKeys(app), receipts[0].jws);
    const { link, sha256 } = consent_record.pii_processing.privacy_notice;
    expect(link).toBe(`${app.url}/v1/consents/${given.consentId}/notices/${sha256}`);
    const { status, body } = await asRetailer(given, sha256);
    expect(status).toBe(200);
    expect(body).toEqual(JSON.parse(await fetched(given.customer, sha256)));
  });

  it('is there for its own consents alone, and for what was shown for those', async () => {
    const customer = await aCustomer(app);
    const [mine, another] = [await aConsent(app, { customer }), await aConsent(app, { customer })];
    const { sha256 } = await named(customer, `consents/${another.consentId}`);
    const elsewhere = await asRetailer(mine, sha256);
    expect(elsewhere.status).toBe(404);
    expect(elsewhere.body.type).toBe(`${app.url}/problems/notice-not-found`);
    const rival = await retailerToken(app, await aRetailer(app), { scope: 'consents.read' });
    expect((await asRetailer({ ...another, asRetailer: rival }, sha256)).body.type).toBe(
      `${app.url}/problems/consent-not-found`,
    );
  });
});

describe('a notice that is not there', () => {
  it('looks like one that was shown to somebody else', async () => {
    const { customer, consentId } = await aConsent(app);
    const { sha256 } = await named(customer, `consents/${consentId}`);
    const stranger = await aCustomer(app);
    const answers = [sha256, '0'.repeat(64)].map((hash) => stranger.api.get(`/v1/me/notices/${hash}`).expect(404));
    for (const { body } of await Promise.all(answers)) expect(body.type).toBe(`${app.url}/problems/notice-not-found`);
  });

  it('is not looked for by what is no hash', async () => {
    const { api } = await aCustomer(app);
    const { body } = await api.get('/v1/me/notices/ABC').expect(400);
    expect(body.errors).toEqual([{ pointer: 'path/hash', detail: 'must be a SHA-256 in lower-case hexadecimal' }]);
  });
});
