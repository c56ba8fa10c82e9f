import { randomUUID } from 'node:crypto';

import { decodeProtectedHeader } from 'jose';

import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser, formsOf, type PageAnswer, textOf } from './support/browser.js';
import {
  aConsent,
  aConsentRequest,
  aSpecialConsent,
  reading,
  reporting,
  special,
  type TestConsent,
} from './support/consents.js';
import { consentToken, pushRequest, retailerToken, signIn } from './support/oauth.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let customer: TestCustomer;
beforeAll(async () => {
  app = await startApp();
  grocer = await aRetailer(app, { name: 'Grocer A' });
});
beforeEach(async () => {
  customer = await aCustomer(app);
});
afterAll(() => app.stop());

const english = { 'accept-language': 'en' };

/** Somebody in front of a page of their account, signed in on the way there. */
async function inAccount(path: string, who: TestCustomer = customer): Promise<{ browser: Browser; page: PageAnswer }> {
  const browser = new Browser(app.url, english);
  const door = await browser.follow(await browser.get(path));
  const { email, password } = who;
  return { browser, page: await browser.follow(await browser.submit(door, 'sign-in', { email, password })) };
}

const submitted = async (
  browser: Browser,
  page: PageAnswer,
  action: string,
  fields: Record<string, string | string[]> = {},
) => browser.follow(await browser.submit(page, action, fields));

async function stateOf({ consentId }: TestConsent) {
  const { body } = await customer.api.get(`/v1/me/consents/${consentId}`).expect(200);
  return body;
}

const given = (options: Parameters<typeof aConsent>[1] = {}) =>
  aConsent(app, { customer, retailer: grocer, ...options });

describe('the way into the account', () => {
  it('leads through the door to the page that was wanted', async () => {
    const { page } = await inAccount('/account/requests');
    expect([page.status, textOf(page.body).includes('Nobody is waiting for an answer')]).toEqual([200, true]);
    expect(textOf(page.body)).toContain(customer.email);
  });

  it('leads nowhere else, whatever the address says', async () => {
    const browser = new Browser(app.url, english);
    for (const to of ['https://evil.example/', '//evil.example', '/\\evil.example', '/x/..//evil.example']) {
      const door = await browser.get(`/account/sign-in?to=${encodeURIComponent(to)}`);
      const { location } = await browser.submit(door, 'sign-in', {
        email: customer.email,
        password: customer.password,
      });
      expect(location).toBe(`${app.url}/account/consents`);
      browser.forget('ccx_session');
    }
  });

  it('is open to newcomers, who see their recovery codes once', async () => {
    const browser = new Browser(app.url, english);
    const form = await browser.get('/account/sign-up');
    const email = `${randomUUID()}@example.org`;
    const codes = await browser.submit(form, 'sign-up', { email, password: 'three geese over the canal' });
    expect(codes.body.match(/<li>/g)).toHaveLength(10);
    const page = await browser.follow(await browser.get('/account'));
    expect(textOf(page.body)).toContain('You have allowed nobody anything.');
  });

  it('says the same of an unknown address and of a wrong password', async () => {
    const browser = new Browser(app.url, english);
    const door = await browser.get('/account/sign-in');
    const wrong = await browser.submit(door, 'sign-in', { email: customer.email, password: 'something else' });
    const unknown = await browser.submit(door, 'sign-in', { email: 'nobody@example.org', password: 'something else' });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(textOf(wrong.body)).toBe(textOf(unknown.body));
  });

  it('takes only forms of the browser in which they were opened', async () => {
    const door = await new Browser(app.url, english).get('/account/sign-in');
    const stranger = new Browser(app.url, english);
    await stranger.get('/account/sign-in');
    const answer = await stranger.submit(door, 'sign-in', { email: customer.email, password: customer.password });
    expect([answer.status, stranger.cookie('ccx_session')]).toEqual([403, undefined]);
  });

  it('opens to somebody who has forgotten the password and has kept a recovery code', async () => {
    const browser = new Browser(app.url, english);
    const form = await browser.get('/account/recover?to=/account/requests');
    const { email, recoveryCodes } = customer;
    const fields = { email, code: recoveryCodes[0] ?? '', password: 'five herons by the weir' };
    const wrong = await browser.submit(form, 'recover', { ...fields, code: 'AAAA-BBBB-CCCC-DDDD' });
    const weak = await browser.submit(form, 'recover', { ...fields, password: 'short' });
    expect([wrong.status, weak.status]).toEqual([401, 422]);
    expect(textOf(wrong.body)).toContain('do not go together');
    const inside = await browser.follow(await browser.submit(form, 'recover', fields));
    expect(textOf(inside.body)).toContain('Nobody is waiting for an answer');
    await customer.api.get('/v1/me').expect(401);
    expect((await browser.submit(form, 'recover', { ...fields, password: 'six herons by the weir' })).status).toBe(403);
  });

  it('leads out again, and the session is over', async () => {
    const { browser, page } = await inAccount('/account/consents');
    const token = browser.cookie('ccx_session') ?? '';
    const out = await submitted(browser, page, 'sign-out');
    expect(textOf(out.body)).toContain('Sign in');
    await app.http.get('/v1/me').set('authorization', `Bearer ${token}`).expect(401);
  });

  it('keeps its cookies to this very host where the service is reached over TLS', async () => {
    const { sessionCookie } = await import('../src/authorization/pages/session-cookie.js');
    expect(sessionCookie('x', { secure: true })).toBe('__Host-ccx_session=x; Path=/; HttpOnly; SameSite=Lax; Secure');
    const overTls = await startApp({ config: { PUBLIC_URL: 'https://ccx.example' } });
    const { headers } = await fetch(`http://127.0.0.1:${overTls.config.PORT}/account/sign-in`);
    await overTls.stop();
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-ccx_visitor=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax; Secure$/),
    ]);
  });
});

describe('the language of the pages', () => {
  it('is switched by a link on each of them, and remembered', async () => {
    const browser = new Browser(app.url, english);
    const door = await browser.get('/account/sign-in');
    const [, address = ''] = /<a\s+class="language"\s+href="([^"]+)"/.exec(door.body) ?? [];
    const german = await browser.follow(await browser.get(address.replaceAll('&amp;', '&')));
    expect([german.body.includes('<html lang="de">'), textOf(german.body).includes('Anmelden')]).toEqual([true, true]);
    expect((await browser.get('/account/sign-up')).body).toContain('<html lang="de">');
  });

  it('leads back to this service alone', async () => {
    const browser = new Browser(app.url);
    const answer = await browser.get(`/language/de?back=${encodeURIComponent('https://evil.example/')}`);
    expect(answer.location).toBe(`${app.url}/`);
  });
});

describe('“my consents”', () => {
  it('say who may see what, with the customer’s own value, since when and until when', async () => {
    await customer.api
      .post('/v1/me/preferences')
      .send({
        attribute: 'size.footwear',
        value: { system: 'EUROPE', size: '42.5', width: 'wide' },
        strength: 'want',
        applies_to: { level: 'everyone' },
      })
      .expect(201);
    await given();
    const { page } = await inAccount('/account/consents');
    const text = textOf(page.body);
    for (const said of [
      'Grocer A may see',
      'Shoe size Europe, 42.5, Wide (preferred)',
      'what you buy',
      'Active',
      'Since',
      'Until',
    ]) {
      expect(text).toContain(said);
    }
  });

  it('are seen by nobody else: the page of another’s is not there', async () => {
    const { consentId } = await given();
    const stranger = await aCustomer(app);
    const { browser, page } = await inAccount('/account/consents', stranger);
    expect(textOf(page.body)).toContain('You have allowed nobody anything.');
    for (const path of ['', '/withdraw', '/renew', '/change', '/receipts/1']) {
      const answer = await browser.get(`/account/consents/${consentId}${path}`);
      expect([answer.status, textOf(answer.body).includes('There is nothing here')]).toEqual([404, true]);
    }
    expect((await browser.get('/account/consents/nothing')).status).toBe(404);
    expect((await browser.get('/account/nothing')).status).toBe(404);
  });

  it('end in two clicks, with one question about what was reported', async () => {
    const consent = await given();
    const { browser, page } = await inAccount('/account/consents');
    expect(page.body).toContain(`href="/account/consents/${consent.consentId}/withdraw"`); // the first
    const asked = await browser.get(`/account/consents/${consent.consentId}/withdraw`);
    expect(textOf(asked.body)).toContain('What should become of what Grocer A has reported');
    const ended = await submitted(browser, asked, 'withdraw', { reported_data: 'delete' }); // the second
    expect(textOf(ended.body)).toContain('It has ended.');
    expect(await stateOf(consent)).toMatchObject({ status: 'withdrawn', reported_data: 'delete' });
  });

  it('keep what was reported unless the customer says otherwise', async () => {
    const consent = await given();
    const { browser, page } = await inAccount(`/account/consents/${consent.consentId}/withdraw`);
    await submitted(browser, page, 'withdraw');
    expect(await stateOf(consent)).toMatchObject({ status: 'withdrawn', reported_data: 'keep' });
  });

  it('are paused and resumed', async () => {
    const consent = await given();
    const { browser, page } = await inAccount(`/account/consents/${consent.consentId}`);
    const paused = await submitted(browser, page, 'pause');
    expect(textOf(paused.body)).toContain('Nothing can be read while it is paused.');
    expect((await stateOf(consent)).status).toBe('paused');
    await submitted(browser, paused, 'resume');
    expect((await stateOf(consent)).status).toBe('active');
  });

  it('are narrowed by unticking, at once', async () => {
    const consent = await given();
    const { browser, page } = await inAccount(`/account/consents/${consent.consentId}/change`);
    const items = fieldOf(page, 'change', 'item').filter((item) => !item.endsWith('size.apparel'));
    await submitted(browser, page, 'change', { item: items, days: '30', reads: '3' });
    const { details, version } = await stateOf(consent);
    expect(version).toBe(2);
    expect(details.flatMap(({ attributes = [] }: { attributes?: string[] }) => attributes)).toEqual(['size.footwear']);
    const days = (Date.parse(details[0].expires_at) - app.clock.now().getTime()) / 86_400_000;
    expect(days).toBeCloseTo(30, 1);
  });

  it('lose what is unticked from every line that gives it, each of which says what for, where and until when', async () => {
    const consent = await given({ details: [reading], lifetime_days: 30 });
    const elsewhere = { ...reading, attributes: ['size.footwear', 'receipt.delivery'], touchpoints: ['kiosk'] };
    await given({ details: [elsewhere], lifetime_days: 90 });
    expect((await stateOf(consent)).details).toHaveLength(2);

    const { browser, page } = await inAccount(`/account/consents/${consent.consentId}/change`);
    const boxes = fieldOf(page, 'change', 'item');
    expect(boxes.map((box) => box.split(' ')[1])).toEqual(['size.apparel', 'size.footwear', 'receipt.delivery']);
    const text = textOf(page.body);
    expect(text).toContain(`Personalising the service: Till and Website, until ${dayIn(30)}`);
    expect(text).toContain(`Personalising the service: Kiosk, until ${dayIn(90)}`);
    const touchpoints = fieldOf(page, 'change', 'touchpoint').filter((box) => !box.endsWith('web'));
    await submitted(browser, page, 'change', {
      item: boxes.filter((box) => !box.endsWith('size.footwear')),
      touchpoint: touchpoints,
    });
    expect((await stateOf(consent)).details).toEqual([
      expect.objectContaining({ attributes: ['size.apparel'], touchpoints: ['till'] }),
      expect.objectContaining({ attributes: ['receipt.delivery'], touchpoints: ['kiosk'] }),
    ]);
  });

  it('say of a line that ends before the others when it does', async () => {
    await given();
    await aSpecialConsent(app, { customer, retailer: grocer });
    const { page } = await inAccount('/account/consents');
    expect(textOf(page.body)).toContain(`Grocer A may see · Until ${dayIn(90)} Allergen`);
    expect(textOf(page.body).match(/· Until/g)).toHaveLength(1);
  });

  it('say who has ended them', async () => {
    const scopes = ['preferences.read', 'grant_management_revoke'];
    const giving = await aRetailer(app, { name: 'Giver', client: { scopes } });
    const { consentId } = await consentToken(app, giving, customer);
    const managing = await retailerToken(app, giving, { scope: 'grant_management_revoke' });
    expect((await managing.fetch('DELETE', `/oauth/grants/${consentId}`)).status).toBe(204);
    const own = await given();
    await customer.api.post(`/v1/me/consents/${own.consentId}/withdraw`).expect(200);
    const { browser, page } = await inAccount('/account/consents');
    expect(textOf(page.body)).toMatch(/Grocer A ■ Ended by you .*Giver ■ Ended by Giver/);
    expect(textOf((await browser.get(`/account/consents/${consentId}`)).body)).toContain('Ended by Giver');
  });

  it('are not ended by unticking everything, which is said', async () => {
    const consent = await given();
    const { browser, page } = await inAccount(`/account/consents/${consent.consentId}/change`);
    const answer = await browser.submit(page, 'change', { item: [] });
    expect([answer.status, textOf(answer.body).includes('You have unticked everything')]).toEqual([422, true]);
    expect((await stateOf(consent)).version).toBe(1);
  });

  it('are renewed', async () => {
    const consent = await given({ lifetime_days: 30 });
    const { browser, page } = await inAccount(`/account/consents/${consent.consentId}/renew`);
    await submitted(browser, page, 'renew', { choice: choiceOf(page, 90) });
    const days = (Date.parse((await stateOf(consent)).expires_at) - app.clock.now().getTime()) / 86_400_000;
    expect(days).toBeCloseTo(90, 1);
  });

  it('are renewed by what the page says, word by word, in its language', async () => {
    const consent = await given({ lifetime_days: 30 });
    const { browser, page } = await inAccount(`/account/consents/${consent.consentId}/renew`);
    expect(textOf(page.body)).toContain(`You have allowed this until ${dayIn(30)}. It would hold for longer.`);
    expect(textOf(page.body)).toContain(`If you do not renew it, it ends on ${dayIn(30)}.`);
    const german = await browser.follow(
      await browser.get(`/language/de?back=/account/consents/${consent.consentId}/renew`),
    );
    await submitted(browser, german, 'renew', { choice: choiceOf(german, 180) });
    const [, hash = ''] = choiceOf(german, 180).split(' ');
    const { body: notice } = await customer.api.get(`/v1/me/notices/${hash}`).expect(200);
    expect(notice.language).toBe('de');
    const text = textOf(german.body);
    for (const said of [notice.title, notice.life, notice.ending, notice.refusing]) expect(text).toContain(said);
    for (const { items, conditions } of notice.details) {
      for (const said of [...items.map(({ sentence }: { sentence: string }) => sentence), ...conditions])
        expect(text).toContain(said);
    }
  });

  it('are renewed only until the day that was said, and not to an earlier end', async () => {
    const tomorrow = new Date(app.clock.now().getTime() + 86_400_000).toISOString().slice(0, 10);
    app.clock.set(new Date(`${tomorrow}T23:58:00Z`));
    customer = await aCustomer(app);
    const consent = await given({ lifetime_days: 30 });
    const { browser, page } = await inAccount(`/account/consents/${consent.consentId}/renew`);
    const choice = choiceOf(page, 90);
    const earlier = await browser.submit(page, 'renew', { choice: choice.replace('90', '7') });
    expect([earlier.status, textOf(earlier.body).includes('ends later than now')]).toEqual([422, true]);
    const none = await browser.submit(page, 'renew', { choice: [] });
    expect([none.status, textOf(none.body).includes('ends later than now')]).toEqual([422, true]);
    app.clock.advance({ minutes: 5 });
    const outdated = await browser.submit(page, 'renew', { choice });
    expect([outdated.status, textOf(outdated.body).includes('Something has changed')]).toEqual([422, true]);
    expect((await stateOf(consent)).version).toBe(1);
    await submitted(browser, outdated, 'renew', { choice: choiceOf(outdated, 90) });
    expect((await stateOf(consent)).version).toBe(2);
  });

  it('have signed receipts to keep', async () => {
    const consent = await given();
    const { browser, page } = await inAccount(`/account/consents/${consent.consentId}`);
    expect(textOf(page.body)).toContain('You allowed it');
    const { status, headers, body } = await browser.get(`/account/consents/${consent.consentId}/receipts/1`);
    expect([status, headers.get('content-disposition')]).toEqual([
      200,
      expect.stringMatching(/^attachment; .*\.jws"$/),
    ]);
    expect(decodeProtectedHeader(body).typ).toBe('consent-receipt+jwt');
    expect((await browser.get(`/account/consents/${consent.consentId}/receipts/2`)).status).toBe(404);
  });

  it('lead to older ones that have ended, page by page', async () => {
    for (let count = 0; count < 6; count++) {
      const { consentId } = await given({ details: [reading] });
      await customer.api.post(`/v1/me/consents/${consentId}/withdraw`).expect(200);
    }
    const { browser, page } = await inAccount('/account/consents');
    expect(page.body.match(/<article/g)).toHaveLength(5);
    const [, older = ''] = /href="(\/account\/consents\/ended\?before=[^"]+)"/.exec(page.body) ?? [];
    expect((await browser.get(older)).body.match(/<article/g)).toHaveLength(1);
  });

  it('take no command from a form that was made for another one, or by somebody else', async () => {
    const [one, other] = [await given(), await aConsent(app, { customer, retailer: await aRetailer(app) })];
    const { browser, page } = await inAccount(`/account/consents/${one.consentId}`);
    const [form = ''] = fieldOf(page, 'pause', 'form');
    const answer = await browser.post(`/account/consents/${other.consentId}/pause`, { form });
    expect([answer.status, (await stateOf(other)).status]).toEqual([403, 'active']);
    const forged = await browser.post(`/account/consents/${one.consentId}/pause`, { form: 'x' });
    expect([forged.status, (await stateOf(one)).status]).toEqual([403, 'active']);
  });

  it('say what was done only when it was', async () => {
    const { browser } = await inAccount('/account/consents');
    const page = await browser.get('/account/consents?done=withdrawn.forged');
    expect([page.status, textOf(page.body).includes('It has ended.')]).toEqual([200, false]);
  });
});

describe('the requests of the inbox', () => {
  it('are not those of a visit that was left half-way', async () => {
    const { address } = await pushRequest(app, grocer.client);
    const visitor = new Browser(app.url, english);
    await signIn(visitor, await visitor.follow(await visitor.get(address)), customer);
    expect((await customer.api.get('/v1/me/consent-requests?status=open').expect(200)).body.items).toHaveLength(1);
    const { page } = await inAccount('/account/requests');
    expect(textOf(page.body)).toContain('Nobody is waiting for an answer.');
    expect(page.body).not.toContain('class="count"');
  });

  it('have a receipt once they are refused', async () => {
    const { id } = await aConsentRequest(app, { customer, retailer: grocer });
    const { browser, page } = await inAccount(`/account/requests/${id}`);
    expect((await browser.get(`/account/requests/${id}/receipt`)).status).toBe(404);
    const list = await submitted(browser, page, 'decision', { decision: 'refuse' });
    expect(list.body).toContain(`href="/account/requests/${id}"`);
    const closed = await browser.get(`/account/requests/${id}`);
    expect(closed.body).toContain(`href="/account/requests/${id}/receipt"`);
    const { headers, body } = await browser.get(`/account/requests/${id}/receipt`);
    expect(headers.get('content-disposition')).toMatch(/^attachment; .*\.jws"$/);
    expect(decodeProtectedHeader(body).typ).toBe('consent-receipt+jwt');
    const stranger = await inAccount('/account/requests', await aCustomer(app));
    expect((await stranger.browser.get(`/account/requests/${id}/receipt`)).status).toBe(404);
  });

  it('are counted, listed, and decided on the page that an OAuth visit shows', async () => {
    const request = await aConsentRequest(app, {
      customer,
      retailer: grocer,
      message: 'So that your size is in stock.',
    });
    const { browser, page } = await inAccount('/account/requests');
    expect(textOf(page.body)).toContain('1 waits for you');
    expect(textOf(page.body)).toContain('So that your size is in stock.');
    const asked = await browser.get(`/account/requests/${request.id}`);
    expect(textOf(asked.body)).toContain('Grocer A asks for your consent.');
    const items = fieldOf(asked, 'decision', 'item').filter((item) => item.endsWith('size.footwear'));
    const decided = await submitted(browser, asked, 'decision', { decision: 'approve', item: items });
    expect(textOf(decided.body)).toContain('You have allowed it.');
    const { body } = await customer.api.get('/v1/me/consents').expect(200);
    expect(body.items[0].details).toEqual([expect.objectContaining({ attributes: ['size.footwear'] })]);
  });

  it('are refused in as many steps', async () => {
    const { id } = await aConsentRequest(app, { customer, retailer: grocer });
    const { browser, page } = await inAccount(`/account/requests/${id}`);
    const refused = await submitted(browser, page, 'decision', { decision: 'refuse' });
    expect(textOf(refused.body)).toContain('You have refused it. Nothing was shared.');
    const again = await browser.submit(page, 'decision', { decision: 'approve' });
    expect(textOf(again.body)).toContain('This request has been answered.');
    expect((await customer.api.get('/v1/me/consents').expect(200)).body.items).toEqual([]);
  });

  it('are asked again when everything is unticked, or the page is not of now', async () => {
    const { id } = await aConsentRequest(app, { customer, retailer: grocer });
    const { browser, page } = await inAccount(`/account/requests/${id}`);
    const nothing = await browser.submit(page, 'decision', { decision: 'approve', item: [] });
    const outdated = await browser.submit(page, 'decision', { decision: 'approve', notice: 'of yesterday' });
    expect([nothing.status, outdated.status]).toEqual([422, 422]);
    expect(textOf(outdated.body)).toContain('Something has changed');
  });

  it('of something special take the statement, ticked by hand, and a recent sign-in', async () => {
    const { id } = await aConsentRequest(app, { customer, retailer: grocer, details: [special] });
    const { browser, page } = await inAccount(`/account/requests/${id}`);
    expect(page.body).not.toMatch(/<input[^>]*type="checkbox"[^>]*\schecked/);
    const [, statement = ''] = /name="statement"\s+value="([^"]+)"/.exec(page.body) ?? [];
    const silent = await browser.submit(page, 'decision', { decision: 'approve', statement: [] });
    expect([silent.status, textOf(silent.body).includes('tick that you agree expressly')]).toEqual([422, true]);

    app.clock.advance({ minutes: 6 });
    const late = await browser.get(`/account/requests/${id}`);
    const wrong = await browser.submit(late, 'decision', { decision: 'approve', statement, password: 'not it' });
    expect([wrong.status, textOf(wrong.body).includes('This password is not right')]).toEqual([401, true]);
    const { password } = customer;
    const allowed = await submitted(browser, late, 'decision', { decision: 'approve', statement, password });
    expect(allowed.status).toBe(200);
    const { body } = await customer.api.get('/v1/me/consents').expect(200);
    expect(body.items[0].details).toEqual([expect.objectContaining({ attributes: ['food.allergen'] })]);
  });

  it('of somebody else are not there', async () => {
    const { id } = await aConsentRequest(app, { customer, retailer: grocer });
    const { page } = await inAccount(`/account/requests/${id}`, await aCustomer(app));
    expect(page.status).toBe(404);
  });

  it('that a rule has decided say so', async () => {
    const rule = { name: 'No sizes', effect: 'refuse', when: { attributes: ['size'] }, enabled: true };
    await customer.api.post('/v1/me/rules').send(rule).expect(201);
    await aConsentRequest(app, { customer, retailer: grocer, details: [reading] });
    await aConsentRequest(app, { customer, retailer: grocer, details: [reading, reporting] });
    const { browser, page } = await inAccount('/account/requests');
    expect(textOf(page.body)).toContain('Decided by your rule “No sizes”');
    const [, open = ''] = /href="(\/account\/requests\/[^"]+)"/.exec(page.body) ?? [];
    const text = textOf((await browser.get(open)).body);
    expect(text).toContain('Left out by your own rules');
    expect(text).toContain('“Shoe size”. Your rule “No sizes” refuses this');
  });
});

describe('the rules', () => {
  const formOf = (effect: string, fields: Record<string, string> = {}) => ({ name: 'Mine', effect, ...fields });

  it('are made, are off until they are switched on, and are removed', async () => {
    const { browser, page } = await inAccount('/account/rules/new');
    const made = await submitted(browser, page, 'rules', formOf('sharing'));
    expect(textOf(made.body)).toContain('whatever would be passed on to others');
    const rules = async () => (await customer.api.get('/v1/me/rules').expect(200)).body.items;
    expect(await rules()).toEqual([
      expect.objectContaining({ effect: 'refuse', when: { third_party_sharing: true }, enabled: false }),
    ]);
    const on = await submitted(browser, made, 'on');
    expect((await rules())[0].enabled).toBe(true);
    const off = await submitted(browser, on, 'off');
    expect((await rules())[0].enabled).toBe(false);
    await submitted(browser, off, 'remove');
    expect(await rules()).toEqual([]);
  });

  it('that allow name what they allow and what for', async () => {
    const { browser, page } = await inAccount('/account/rules/new');
    const vague = await browser.submit(page, 'rules', formOf('allow'));
    expect([vague.status, textOf(vague.body).includes('cannot be saved')]).toEqual([422, true]);
    const protectedOne = { attribute: 'food.allergen', purpose: 'dpv:ServicePersonalisation' };
    expect((await browser.submit(page, 'rules', formOf('allow', protectedOne))).status).toBe(422);
    const clear = {
      attribute: 'fulfilment.substitution',
      purpose: 'dpv:DeliveryOfGoods',
      sector: 'grocery',
      days: '30',
    };
    const made = await submitted(browser, page, 'rules', formOf('allow', clear));
    expect(textOf(made.body)).toContain('for 30 days at most');
  });

  it('are changed only by somebody who has just shown who they are', async () => {
    const { browser, page } = await inAccount('/account/rules/new');
    const made = await submitted(browser, page, 'rules', formOf('sharing'));
    app.clock.advance({ minutes: 6 });
    const asked = await submitted(browser, made, 'on');
    expect(textOf(asked.body)).toContain('Is it you?');
    const wrong = await browser.submit(asked, 'confirm', { password: 'not it' });
    expect([wrong.status, textOf(wrong.body).includes('This password is not right')]).toEqual([401, true]);
    const back = await submitted(browser, asked, 'confirm', { password: customer.password });
    const on = await submitted(browser, back, 'on');
    expect(textOf(on.body)).toContain('The rule is on.');
  });
});

describe('the page about security', () => {
  it('ends a session elsewhere', async () => {
    const { browser, page } = await inAccount('/account/security');
    expect(textOf(page.body)).toContain('this browser');
    const ended = await submitted(browser, page, 'end');
    expect(textOf(ended.body)).toContain('That session has ended.');
    await customer.api.get('/v1/me').expect(401);
  });

  it('lets a passkey be made by somebody who has just signed in, and by nobody else', async () => {
    const { browser, page } = await inAccount('/account/security');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const options = await browser.post('/account/security/passkeys/options', {});
    expect([options.status, JSON.parse(options.body)]).toEqual([
      200,
      expect.objectContaining({ challenge: expect.any(String) }),
    ]);
    const empty = await browser.submit(page, 'passkeys', { passkey: 'nothing' });
    expect([empty.status, textOf(empty.body).includes('No passkey was added')]).toEqual([422, true]);

    app.clock.advance({ minutes: 6 });
    const late = await browser.get('/account/security');
    expect(late.headers.get('content-security-policy')).not.toContain('script-src');
    expect(textOf(late.body)).toContain('Confirm that it is you');
  });
});

describe('the front page', () => {
  it('leads to the account', async () => {
    expect((await new Browser(app.url).get('/')).body).toContain('href="/account"');
  });
});

/** The values of a form's field, as they would be sent untouched. */
function fieldOf(page: PageAnswer, action: string, name: string): string[] {
  const form = formsOf(page.body).find((candidate) => candidate.action.endsWith(`/${action}`));
  return form?.fields.find(([field]) => field === name)?.[1] ?? [];
}

/** What the renewal page sends for so many days. */
function choiceOf(page: PageAnswer, days: number): string {
  return new RegExp(`value="(${days} [0-9a-f]{64})"`).exec(page.body)?.[1] ?? '';
}

function dayIn(days: number): string {
  const at = new Date(app.clock.now().getTime() + days * 86_400_000);
  return at.toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
}
