import { createHash } from 'node:crypto';

import { eventTypes } from '../src/consents/event-types.js';
import { specialClasses } from '../src/consents/special-products.js';
import { aCustomer, bearer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser, type PageAnswer, textOf } from './support/browser.js';
import {
  aConsent,
  aConsentRequest,
  approve,
  ask,
  aSpecialConsent,
  command,
  reporting,
  special,
  specialProducts,
  statementOf,
} from './support/consents.js';
import { aDelegation } from './support/delegations.js';
import { aRetailerWithTill, requestDevice } from './support/device.js';
import { pushRequest, retailerToken, signIn } from './support/oauth.js';
import { publishedKeys, verified } from './support/receipts.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';
import { aRule } from './support/rules.js';
import { aTern, switchTo } from './support/switches.js';

let app: TestApp;
let grocer: TestRetailer;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
  grocer = await aRetailer(app, { name: 'Grocer A', incentive: 'Five per cent off' });
});
beforeEach(async () => {
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const DAY = 86_400_000;
const problem = (code: string) => `${app.url}/problems/${code}`;
const between = () => ({ customer: mira, retailer: grocer });
const aRequest = (details: object = specialProducts) => aConsentRequest(app, { ...between(), details: [details] });

describe('asking to name special products', () => {
  it.each<[string, () => object[], string[]]>([
    ['together with others', () => [reporting, specialProducts], ['/authorization_details/1']],
    [
      'together with a special attribute',
      () => [special, specialProducts],
      ['/authorization_details/0', '/authorization_details/1'],
    ],
    [
      'of two classes at once',
      () => [{ ...specialProducts, products: ['pharmacy', 'test'] }],
      ['/authorization_details/0/products'],
    ],
    [
      'of a class that there is not',
      () => [{ ...specialProducts, products: ['weapons'] }],
      ['/authorization_details/0/products/0'],
    ],
    ['of no class', () => [{ ...specialProducts, products: undefined }], ['/authorization_details/0/products']],
    [
      'for two purposes',
      () => [{ ...specialProducts, purposes: ['dpv:ServicePersonalisation', 'dpv:Marketing'] }],
      ['/authorization_details/0/purposes'],
    ],
    ['from before', () => [{ ...specialProducts, since: 'P30D' }], ['/authorization_details/0/since']],
    ['in an ordinary line', () => [{ ...reporting, products: ['pharmacy'] }], ['/authorization_details/0/products']],
  ])('is refused %s', async (_, details, pointers) => {
    const asRetailer = await retailerToken(app, grocer);
    const { status, body } = await ask(asRetailer, { email: mira.email }, details());
    expect({ status, type: body.type }).toEqual({ status: 400, type: problem('invalid-authorization-details') });
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
  });

  it('is refused by a device', async () => {
    const till = await aRetailerWithTill(app);
    const line = { ...specialProducts, touchpoints: ['till'] };
    const answer = await requestDevice(app, till.client, { authorization_details: JSON.stringify([line]) });
    expect(answer.body.error).toBe('invalid_authorization_details');
  });

  it('shows a statement that names everything, in both languages, each with its hash', async () => {
    const { text, hash } = await statementOf(await aRequest());
    expect(text.en).toBe(
      'I expressly consent to Grocer A naming products of this kind in what it reports to my CCX account: Medicines and ' +
        'pharmacy products. This may reveal something about my health. Only for this purpose: Personalising the ' +
        'service. Only here: Till and Website. Only in reports of this kind: Purchases and Returns. My consent holds ' +
        'for at most 90 days from now on. What happens while this holds may still be reported up to 3 days after its end. ' +
        'I can withdraw it in my CCX account whenever I like, and it then ends at once.',
    );
    expect(text.de).toContain('Produkte dieser Art nennen darf: Arzneimittel und Apothekenprodukte. Das kann etwas');
    expect(text.de).toContain('Nur in Meldungen dieser Art: Einkäufe und Rückgaben.');
    for (const language of ['en', 'de'] as const) {
      expect(hash[language]).toBe(createHash('sha256').update(text[language]).digest('base64url'));
    }
  });

  it.each(specialClasses)('has words for %s', async (products) => {
    const { text } = await statementOf(await aRequest({ ...specialProducts, products: [products] }));
    expect(text.en).toMatch(/reveal something about my (health|intimate life)/);
    expect(text.de).toMatch(/etwas über (meine Gesundheit|mein Intimleben) verraten/);
    expect(`${text.en} ${text.de}`).not.toMatch(/_|undefined|\b(pharmacy|test)\b:/);
  });

  it('says what refusing means: products stay unnamed', async () => {
    const { id } = await aRequest();
    const { body } = await mira.api.get(`/v1/me/consent-requests/${id}`).expect(200);
    expect(body.in_words.refusing.en).toContain('only that there was one');
    expect(body.in_words.incentive).toBeNull();
    expect(body.in_words.life.en).toContain('at most 90 days');
  });
});

describe('giving it', () => {
  it('takes the statement that was shown, is for ninety days, and shows in the receipt', async () => {
    const before = await aConsent(app, { ...between(), details: [reporting] });
    const { consent, consentId } = await aSpecialConsent(app, { ...between(), details: [specialProducts] });
    expect(consentId).toBe(before.consentId);
    const line = consent.details[1];
    expect(line).toMatchObject({ ...specialProducts, late_reporting: 'P3D', since: expect.any(String) });
    expect(Date.parse(line.expires_at) - app.clock.now().getTime()).toBeLessThanOrEqual(90 * DAY);
    expect(Date.parse(consent.expires_at)).toBeGreaterThan(Date.parse(line.expires_at));

    const { body } = await mira.api.get(`/v1/me/consents/${consentId}/receipts`).expect(200);
    const { consent_record } = await verified(await publishedKeys(app), body.items[0].jws);
    expect(consent_record.event.event_type).toBe('dpv:ExplicitlyExpressedConsent');
    expect(consent_record.pii_processing.purposes[1]).toMatchObject({
      line_type: 'ccx_interactions_special',
      lawful_basis: 'dpv:ExplicitlyExpressedConsent',
      event_types: specialProducts.event_types,
      statement: line.statement,
      pii_information: [
        {
          '@type': 'dpv:SpecialCategoryPersonalData',
          pii_type: 'dpv:ObservedPersonalData',
          pii_attribute_id: 'pharmacy',
          special_pii_category: true,
        },
      ],
    });
  });

  it.each([
    ['without a statement', {}],
    ['with another statement', { statement: createHash('sha256').digest('base64url') }],
  ])('is refused %s', async (_, approval) => {
    const { body } = await approve(await aRequest(), approval).expect(400);
    expect(body.errors).toEqual([expect.objectContaining({ pointer: '/statement' })]);
  });

  it('may leave out kinds of report and touchpoints', async () => {
    const request = await aRequest();
    const { hash } = await statementOf(request);
    const items = [{ id: request.body.authorization_details[0].id, touchpoints: ['till'], products: ['pharmacy'] }];
    const { body } = await approve(request, { statement: hash.en, items }).expect(200);
    expect(body.request.status).toBe('narrowed');
    expect(body.consent.details).toEqual([expect.objectContaining({ products: ['pharmacy'], touchpoints: ['till'] })]);
  });

  it('takes a recent sign-in, and is not for programs of the customer', async () => {
    const request = await aRequest();
    const { hash } = await statementOf(request);
    const token = { name: 'a', scopes: ['consents.write'], expires_at: new Date(app.clock.now().getTime() + DAY) };
    const { body } = await mira.api.post('/v1/me/tokens').send(token).expect(201);
    const program = { ...request, customer: { ...mira, api: bearer(app, body.token) } };
    await approve(program, { statement: hash.en }).expect(401);
    app.clock.advance({ seconds: 301 });
    const refused = await approve(request, { statement: hash.en }).expect(401);
    expect(refused.body.type).toBe(problem('recent-sign-in-required'));
  });

  it('is for the customer alone: whoever acts for them neither sees nor gives it', async () => {
    const request = await aRequest();
    const { hash } = await statementOf(request);
    const { acting } = await aDelegation(app, { giver: mira });
    await acting.get(`/v1/me/consent-requests/${request.id}`).expect(404);
    await acting.post(`/v1/me/consent-requests/${request.id}/approve`).send({ statement: hash.en }).expect(404);
    await approve(request, { statement: hash.en }).expect(200);
    const { body } = await acting.get('/v1/me/consents').expect(200);
    expect({ items: body.items, active: body.counts.active }).toEqual({ items: [], active: 0 });
  });

  it('is never done by a rule, though one may refuse it', async () => {
    const statusOf = async ({ id }: { id: string }) =>
      (await mira.api.get(`/v1/me/consent-requests/${id}`).expect(200)).body.status;
    const when = { attributes: ['size'], purposes: ['dpv:ServicePersonalisation'] };
    await aRule(mira, { name: 'Sizes', effect: 'allow', when, enabled: true });
    expect(await statusOf(await aRequest())).toBe('open');
    await aRule(mira, { name: 'Nothing', effect: 'refuse', when: { purposes: when.purposes }, enabled: true });
    expect(await statusOf(await aRequest({ ...specialProducts, products: ['test'] }))).toBe('refused');
  });

  it('is neither renewed nor taken along to another retailer', async () => {
    const given = await aSpecialConsent(app, { ...between(), details: [specialProducts] });
    expect((await command(given, 'renew').expect(409)).body.type).toBe(problem('not-renewable'));
    const mover = { customer: mira, tern: await aTern(app), access: given as never };
    const { body } = await switchTo(mover, { dry_run: true }).expect(200);
    expect(body.difference).toMatchObject({ kept: [], ask_anew: [{ attribute: 'pharmacy' }] });
    expect(body.difference.ask_anew[0].in_words.en).toContain('“Medicines and pharmacy products”');
  });
});

describe('the pages', () => {
  const signedIn = async (details: object[], language = 'en') => {
    const { address } = await pushRequest(app, grocer.client, { details });
    const browser = new Browser(app.url, { 'accept-language': language });
    return { browser, page: await signIn(browser, await browser.follow(await browser.get(address)), mira) };
  };
  const statementOn = ({ body }: PageAnswer) => /name="statement"\s+value="([^"]+)"/.exec(body)?.[1] ?? '';

  it('ask about special products on a screen of their own, with nothing ticked and nothing in return', async () => {
    const { browser, page } = await signedIn([reporting, specialProducts]);
    expect(textOf(page.body)).toContain('Question 1 of 2');
    expect(textOf(page.body)).not.toContain('Medicines');
    const second = await browser.follow(await browser.submit(page, 'decision', { decision: 'approve' }));
    const text = textOf(second.body);
    expect(text).toContain('Which products Grocer A may name in its reports');
    expect(text).toContain('I expressly consent to Grocer A naming products of this kind');
    expect(text).toContain('If you refuse, CCX does not keep which products of this kind Grocer A reports');
    expect(text).not.toContain('Five per cent off');
    expect(text).not.toContain('You have stated nothing here yet');
    expect(second.body).not.toMatch(/<input[^>]*\schecked/);

    const silent = await browser.submit(second, 'decision', { decision: 'approve' });
    expect([silent.status, textOf(silent.body).includes('tick that you agree expressly')]).toEqual([422, true]);
    await browser.follow(
      await browser.submit(second, 'decision', { decision: 'approve', statement: statementOn(second) }),
    );
    const { body } = await mira.api.get('/v1/me/consents').expect(200);
    expect(body.items[0].details.map(({ type }: { type: string }) => type)).toEqual([
      'ccx_interactions',
      'ccx_interactions_special',
    ]);

    const list = textOf((await browser.get('/account/consents')).body);
    expect(list).toContain('Grocer A may name in its reports');
    const one = textOf((await browser.get(`/account/consents/${body.items[0].id}`)).body);
    expect(one).toContain('Especially protected');
    expect(one).toContain('Medicines and pharmacy products');
  });

  it('let the customer take it back, like everything else', async () => {
    const { browser, page } = await signedIn([reporting, specialProducts]);
    const second = await browser.follow(await browser.submit(page, 'decision', { decision: 'approve' }));
    await browser.follow(
      await browser.submit(second, 'decision', { decision: 'approve', statement: statementOn(second) }),
    );
    const { body } = await mira.api.get('/v1/me/consents').expect(200);
    const path = `/account/consents/${body.items[0].id}`;
    const change = await browser.get(`${path}/change`);
    const left = [...change.body.matchAll(/name="item" value="([^"]+)"/g)]
      .map(([, value]) => value as string)
      .filter((value) => !value.startsWith('ccx_interactions_special'));
    await browser.follow(await browser.submit(change, 'change', { item: left }));
    const after = await mira.api.get(`/v1/me/consents/${body.items[0].id}`).expect(200);
    expect(after.body.details.map(({ type }: { type: string }) => type)).toEqual(['ccx_interactions']);
  });

  it('speak German', async () => {
    const { page } = await signedIn([specialProducts], 'de');
    const text = textOf(page.body);
    expect(text).toContain('Welche Produkte Grocer A in Meldungen nennen darf');
    expect(text).toContain('Wenn Sie ablehnen, bewahrt CCX nicht auf, welche Produkte dieser Art Grocer A meldet');
  });

  it('put many kinds of report under headings, each in a few words', async () => {
    const touchpoints = ['till', 'web'];
    const { page } = await signedIn([{ ...reporting, event_types: [...eventTypes], touchpoints }]);
    const text = textOf(page.body);
    const headings = ['Shopping', 'Offers and loyalty programmes', 'Website, app and social media', 'In the store'];
    for (const heading of [...headings, 'Calls and opinions']) expect(text).toContain(heading);
    expect(text).toContain('What you buy');
    expect(text).not.toContain('Grocer A may report to your CCX account');
    expect(page.body.match(/name="item"/g)).toHaveLength(eventTypes.length);
  });

  it('say few of them in whole sentences', async () => {
    const { page } = await signedIn([reporting]);
    expect(textOf(page.body)).toContain('Grocer A may report to your CCX account what you buy.');
  });
});
