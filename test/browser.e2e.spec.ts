import { randomUUID } from 'node:crypto';

import type { Locator, Page } from 'playwright-core';

import { eventTypes } from '../src/consents/event-types.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { erased } from './support/erasures.js';
import { startApp, type TestApp } from './support/app.js';
import { findChromium, type Language, languages, RealBrowser } from './support/chromium.js';
import { aConsent, aConsentRequest } from './support/consents.js';
import { aRetailerWithTill, authorizeDevice } from './support/device.js';
import { type AuthorizationOptions, pushRequest } from './support/oauth.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';
import { allowSubstitution } from './support/rules.js';
import { aMover } from './support/switches.js';
import { aYear } from './support/timeline.js';

// Each looks at several pages in several ways.
jest.setTimeout(180_000);

const chromium = findChromium();
if (chromium === undefined) {
  console.warn(
    'The pages were NOT tried in a browser: there is no Chromium. Install it, or say where it is: CHROMIUM_PATH.',
  );
}

let app: TestApp;
let browser: RealBrowser;
let grocer: TestRetailer;
const incentive = 'Two per cent back on every shop that you let us learn from.';
const password = 'three geese over the canal';

const shoes = {
  type: 'ccx_preferences',
  attributes: ['size.footwear'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
  retention: 'P30D',
};
const more = { ...shoes, attributes: ['size.footwear', 'receipt.delivery', 'contact.marketing'] };
const shared = { ...more, recipients: ['Hermes Delivery'] };
const purchases = {
  type: 'ccx_interactions',
  event_types: ['transaction.completed', 'return.completed'],
  purposes: ['dpv:PersonalisedBenefits'],
  touchpoints: ['till', 'web'],
};
const allergens = {
  type: 'ccx_preferences_special',
  attributes: ['food.allergen'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
};
const medicines = {
  type: 'ccx_interactions_special',
  products: ['pharmacy'],
  event_types: purchases.event_types,
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
};
const stated = [
  { attribute: 'size.footwear', value: { system: 'EUROPE', size: '42.5', width: 'wide' }, strength: 'want' },
  { attribute: 'receipt.delivery', value: { form: 'email' }, strength: 'want' },
  { attribute: 'food.allergen', value: { code: 'AP' }, strength: 'never' },
];

const words = {
  en: { signUp: 'Create an account', allow: 'Allow what is ticked', refuse: 'Refuse all of it', later: 'Refuse it' },
  de: { signUp: 'Konto anlegen', allow: 'Angekreuztes erlauben', refuse: 'Alles ablehnen', later: 'Ablehnen' },
} as const;

(chromium === undefined ? describe.skip : describe)('in a real browser that runs no script', () => {
  beforeAll(async () => {
    app = await startApp();
    grocer = await aRetailer(app, { name: 'Albatross Groceries', incentive });
    browser = await RealBrowser.start(chromium ?? '');
  });
  afterAll(async () => {
    await browser?.stop();
    await app.stop();
  });

  describe.each(languages)('in %s', (language) => {
    it('a newcomer signs up, gives a part of what is asked, and the retailer gets that part', async () => {
      const page = await browser.visitor(language);
      await page.goto(await askedBy(grocer, { details: [more, purchases], lifetimeDays: 365 }));
      await expectSound(page, 'sign-in');
      await follow(page, page.getByRole('link', { name: words[language].signUp }));
      await expectSound(page, 'sign-up');
      const email = `mira.${randomUUID().slice(0, 4)}@example.org`;
      await page.getByRole('textbox', { name: /mail/i }).fill(email);
      await page.locator('[name=password]').fill(password);
      await press(page, 'sign-up');
      await expectSound(page, 'recovery-codes');
      const token = await stateAll({ email });
      await follow(page, page.locator('main .button'));
      await expectSound(page, 'consent');

      await page.locator('[name=item][value$="contact.marketing"]').uncheck();
      await page.locator('[name=item][value$="return.completed"]').uncheck();
      await page.locator('[name=days]').selectOption('90');
      const told = await toldTheShop(page, () => page.getByRole('button', { name: words[language].allow }).click());
      expect(told.get('code')).toBeTruthy();
      const { body } = await app.http.get('/v1/me/consents').set('authorization', `Bearer ${token}`).expect(200);
      expect(body.items[0].details.map(({ attributes, event_types }: never) => attributes ?? event_types)).toEqual([
        ['receipt.delivery', 'size.footwear'],
        ['transaction.completed'],
      ]);
    });

    it('refusing takes as many clicks as allowing, from a button as large and as dark', async () => {
      const customer = await mira();
      const page = await inFrontOf(customer, language, grocer, { details: [more, purchases] });
      const [refuse, allow] = await Promise.all(
        (['refuse', 'allow'] as const).map((answer) => looksOf(page, words[language][answer])),
      );
      expect(refuse).toEqual(allow);
      await follow(page, page.getByRole('button', { name: words[language].refuse }));
      await expectSound(page, 'refused');
      const told = await toldTheShop(page, () => page.locator('main .button').click());
      expect(told.get('error')).toBe('access_denied');
    });

    it('what stays, what would be added and what would end is marked in words', async () => {
      const customer = await mira();
      await stateAll(customer);
      const given = await aConsent(app, {
        customer,
        retailer: grocer,
        details: [{ ...shoes, attributes: ['size.footwear', 'size.apparel'] }],
      });
      const wider = await inFrontOf(customer, language, grocer, { details: [shared, purchases] });
      await expectSound(wider, 'difference');
      await expect(marksOf(wider)).resolves.toEqual(['new', 'new', 'new', 'new', 'wider']);
      const instead = await inFrontOf(customer, language, grocer, {
        details: [more],
        params: { grant_management_action: 'replace', grant_id: given.consentId, prompt: 'consent' },
      });
      await expectSound(instead, 'replacement');
      await expect(marksOf(instead)).resolves.toContain('going');
    });

    it('what is especially protected has a screen of its own, with nothing ticked, and takes a recent sign-in', async () => {
      const customer = await mira();
      await stateAll(customer);
      const page = await inFrontOf(customer, language, grocer, { details: [shoes, allergens] });
      await follow(page, page.getByRole('button', { name: words[language].allow }));
      await expectSound(page, 'special');
      expect(await page.locator('main input:checked').count()).toBe(0);
      expect(await page.locator('main input[type=checkbox]').count()).toBe(1);

      app.clock.advance({ minutes: 6 });
      await page.reload();
      await expectSound(page, 'special-confirm');
      await page.locator('[name=statement]').check();
      await page.locator('[name=password]').fill('something else entirely');
      await follow(page, page.locator('[value=approve]'));
      await expectSound(page);
      expect(await page.locator('main input:checked').count()).toBe(0);
      await page.locator('[name=statement]').check();
      await page.locator('[name=password]').fill(customer.password);
      const told = await toldTheShop(page, () => page.locator('[value=approve]').click());
      expect(told.get('code')).toBeTruthy();
    });

    it('many kinds of report stand under headings, and special products on a screen of their own', async () => {
      const customer = await mira();
      const details = [{ ...purchases, event_types: [...eventTypes] }, medicines];
      const page = await inFrontOf(customer, language, grocer, { details });
      await expectSound(page, 'reports');
      expect(await page.locator('main [name=item]').count()).toBe(eventTypes.length);
      await follow(page, page.getByRole('button', { name: words[language].allow }));
      await expectSound(page, 'special-products');
      await page.locator('[name=statement]').check();
      const told = await toldTheShop(page, () => page.locator('[value=approve]').click());
      expect(told.get('code')).toBeTruthy();
    });

    it('a special question is refused in one click, without password and without ticking anything', async () => {
      const customer = await mira();
      const page = await inFrontOf(customer, language, grocer, { details: [allergens] });
      app.clock.advance({ minutes: 6 });
      await page.reload();
      await follow(page, page.getByRole('button', { name: words[language].later, exact: true }));
      const told = await toldTheShop(page, () => page.locator('main .button').click());
      expect(told.get('error')).toBe('access_denied');
    });

    it('a code that a till shows is typed, compared and decided', async () => {
      const till = await aRetailerWithTill(app, { name: 'Albatross Groceries' });
      const customer = await mira();
      const page = await browser.visitor(language);
      const codes = await authorizeDevice(app, till.client);
      await page.goto(`${app.url}/oauth/device`);
      await expectSound(page, 'device-code');
      await page.locator('[name=user_code]').fill('WRONG-CODE');
      await follow(page, page.locator('main button'));
      await expectSound(page);
      await page.locator('[name=user_code]').fill(codes.user_code);
      await follow(page, page.locator('main button'));
      await expectSound(page, 'device-confirm');
      await follow(page, page.locator('[name=confirm]'));
      await signIn(page, customer);
      await follow(page, page.getByRole('button', { name: words[language].allow }));
      await expectSound(page, 'device-done');
    });

    it('“my consents” are seen, paused, narrowed, renewed and ended in two clicks', async () => {
      const customer = await mira();
      await stateAll(customer);
      const page = await browser.visitor(language);
      await page.goto(`${app.url}/account`);
      await expectSound(page, 'account-sign-in');
      await signIn(page, customer);
      await expectSound(page, 'consents-none');

      const thistle = await aRetailer(app, { name: 'Thistle Market' });
      const cobbler = await aRetailer(app, { name: 'Cobbler & Sons', sectors: ['footwear'] });
      const { consentId } = await aConsent(app, {
        customer,
        retailer: grocer,
        details: [more, purchases],
        lifetime_days: 90,
      });
      const paused = await aConsent(app, { customer, retailer: thistle, details: [shared], max_reads_per_day: 3 });
      const ended = await aConsent(app, { customer, retailer: cobbler, details: [shoes] });
      await customer.api.post(`/v1/me/consents/${paused.consentId}/pause`).expect(200);
      await customer.api.post(`/v1/me/consents/${ended.consentId}/withdraw`).expect(200);
      await aConsentRequest(app, {
        customer,
        retailer: cobbler,
        details: [shoes],
        message: 'So that your size is in stock.',
      });
      await page.goto(`${app.url}/account/consents`);
      await expectSound(page, 'consents');

      await page.goto(`${app.url}/account/consents/${consentId}`);
      await press(page, 'pause');
      await expectSound(page);
      await press(page, 'resume');
      await expectSound(page, 'consent-detail');
      await page.goto(`${app.url}/account/consents/${consentId}/renew`);
      await expectSound(page, 'consent-renew');
      await press(page, 'renew');
      // The same shoe size once more, in other places: a line of its own.
      await aConsent(app, { customer, retailer: grocer, details: [{ ...shoes, touchpoints: ['kiosk'] }] });
      await page.goto(`${app.url}/account/consents/${consentId}/change`);
      await expectSound(page, 'consent-change');
      await page.locator('[name=item][value$="contact.marketing"]').uncheck();
      await press(page, 'change');

      await page.goto(`${app.url}/account/consents`);
      await follow(page, page.locator(`a[href="/account/consents/${consentId}/withdraw"]`));
      await expectSound(page, 'consent-withdraw');
      await press(page, 'withdraw');
      await expectSound(page);
      const { body } = await customer.api.get(`/v1/me/consents/${consentId}`).expect(200);
      expect([body.status, body.reported_data]).toEqual(['withdrawn', 'keep']);
    });

    it('requests of the inbox are answered on the same page', async () => {
      const customer = await mira();
      await stateAll(customer);
      const page = await inAccount(customer, language, '/account/requests');
      await expectSound(page);
      const { id } = await aConsentRequest(app, {
        customer,
        retailer: grocer,
        details: [more],
        message: 'So that your size is in stock.',
      });
      await page.goto(`${app.url}/account/requests`);
      await expectSound(page, 'requests');
      await page.goto(`${app.url}/account/requests/${id}`);
      await expectSound(page, 'request');
      await follow(page, page.getByRole('button', { name: words[language].refuse }));
      await expectSound(page);
      await page.goto(`${app.url}/account/requests/${id}`);
      await expectSound(page, 'request-closed');
    });

    it('rules are made, switched on and removed, once it is sure who does it', async () => {
      const customer = await mira();
      const page = await inAccount(customer, language, '/account/rules');
      await expectSound(page);
      await customer.api
        .post('/v1/me/rules')
        .send({ ...allowSubstitution, lifetime_days: 30 })
        .expect(201);
      await page.goto(`${app.url}/account/rules/new`);
      await expectSound(page, 'rule-new');
      await page.locator('[name=name]').fill(language === 'en' ? 'Nothing is passed on' : 'Nichts wird weitergegeben');
      await press(page, 'rules');
      await expectSound(page, 'rules');

      app.clock.advance({ minutes: 6 });
      await follow(page, page.locator('form[action$="/on"] button'));
      await expectSound(page, 'confirm');
      await page.locator('[name=password]').fill(customer.password);
      await press(page, 'confirm');
      await follow(page, page.locator('form[action$="/on"] button'));
      await follow(page, page.locator('form[action$="/remove"] button').first());
      expect(await page.locator('article').count()).toBe(1);
    });

    it('a consent is taken to another retailer, and that is called off', async () => {
      const customer = await mira();
      await stateAll(customer);
      const { access, tern } = await aMover(app, { customer, details: [more, purchases] });
      const page = await inAccount(customer, language, `/account/consents/${access.consentId}`);
      await follow(page, page.locator('a[href$="/switch"]'));
      await expectSound(page);
      await page.locator('[name=to]').selectOption(tern.id);
      await follow(page, page.locator('main [type=submit]'));
      await expectSound(page, 'switch');
      await follow(page, page.locator('main [type=submit]'));
      await expectSound(page, 'switch-agreed');
      await press(page, 'call-off');
      await expectSound(page);
    });

    it('the summary of an export shows who reported what', async () => {
      const customer = await mira();
      await aYear(app, customer);
      const page = await browser.visitor(language);
      await page.setExtraHTTPHeaders({ authorization: `Bearer ${customer.token}` });
      await page.goto(`${app.url}/v1/me/export/summary?time_zone=Europe/Berlin`);
      await expectSound(page, 'export-summary');
      await page.locator('summary').first().click();
      await expectSound(page);
    });

    it('a code for the till is shown, and another one on demand', async () => {
      const customer = await mira();
      const page = await inAccount(customer, language, '/account/till-code');
      await expectSound(page, 'till-code');
      const digits = () => page.locator('.digits').textContent();
      const shown = await digits();
      await follow(page, page.locator('main .button'));
      expect(await digits()).not.toBe(shown);
      await expectSound(page);
    });

    it('the account is going to be erased, and is kept after all', async () => {
      const customer = await mira();
      const page = await inAccount(customer, language, '/account/erasure');
      await expectSound(page, 'erasure');
      await follow(page, page.locator('main form button'));
      await expectSound(page, 'erasure-asked');
      await page.goto(`${app.url}/account/erasure`);
      await expectSound(page, 'erasure-waiting');
      await follow(page, page.locator('main form button'));
      await expectSound(page);
      const { token } = await erased(app, customer);
      await page.goto(`${app.url}/account/erasure/progress`);
      await page.locator('main input[name=token]').fill(token);
      await follow(page, page.locator('main form button'));
      await expectSound(page, 'erasure-progress');
    });

    it('the page about security, the front page and the pages for what goes wrong are sound', async () => {
      const customer = await mira();
      const page = await inAccount(customer, language, '/account/security');
      await expectSound(page, 'security');
      await page.goto(`${app.url}/account/consents/${randomUUID()}`);
      await expectSound(page, 'not-found');
      await page.goto(`${app.url}/account/recover`);
      await expectSound(page, 'recover');
      await page.goto(`${app.url}/interaction/nothing`);
      await expectSound(page, 'visit-over');
      await page.goto(`${app.url}/oauth/authorize?client_id=nobody`);
      await expectSound(page, 'oauth-error');
      await page.goto(app.url);
      await expectSound(page, 'home');
    });
  });
});

/** Somebody new whose address is as long as people's are. */
function mira(): Promise<TestCustomer> {
  return aCustomer(app, { email: `mira.${randomUUID().slice(0, 4)}@example.org` });
}

/** No page leaves anybody out, whatever they see it with. One that has a name is in the pictures. */
async function expectSound(page: Page, name?: string): Promise<void> {
  expect(await browser.faults(page, name)).toEqual([]);
}

async function askedBy({ client }: TestRetailer, options: AuthorizationOptions): Promise<string> {
  return (await pushRequest(app, client, options)).address;
}

/** Sends the customer to the page on which they decide. */
async function inFrontOf(
  customer: TestCustomer,
  language: Language,
  retailer: TestRetailer,
  options: AuthorizationOptions,
): Promise<Page> {
  const page = await browser.visitor(language);
  await page.goto(await askedBy(retailer, options));
  await signIn(page, customer);
  return page;
}

async function inAccount(customer: TestCustomer, language: Language, path: string): Promise<Page> {
  const page = await browser.visitor(language);
  await page.goto(app.url + path);
  await signIn(page, customer);
  return page;
}

async function signIn(page: Page, customer: Pick<TestCustomer, 'email' | 'password'>): Promise<void> {
  await page.locator('[name=email]').fill(customer.email);
  await page.locator('[name=password]').fill(customer.password);
  await press(page, 'sign-in');
}

/** What the retailer is told by the address to which the browser is sent back. There is no shop at it. */
async function toldTheShop(page: Page, act: () => Promise<void>): Promise<URLSearchParams> {
  const [request] = await Promise.all([page.waitForRequest((sent) => new URL(sent.url()).origin !== app.url), act()]);
  return new URL(request.url()).searchParams;
}

/** Clicks on what leads to another page, and waits for that. */
async function follow(page: Page, target: Locator): Promise<void> {
  await Promise.all([page.waitForEvent('load'), target.click()]);
}

/** Sends the form whose address ends so. */
function press(page: Page, action: string): Promise<void> {
  return follow(page, page.locator(`form[action$="/${action}"] button`).first());
}

/** States a few preferences for whoever has this account, and answers a token of theirs. */
async function stateAll({ email }: { email: string }): Promise<string> {
  const { body } = await app.http.post('/v1/sessions').send({ email, password }).expect(201);
  for (const preference of stated) {
    await app.http
      .post('/v1/me/preferences')
      .set('authorization', `Bearer ${body.token}`)
      .send({ ...preference, applies_to: { level: 'everyone' } })
      .expect(201);
  }
  return body.token;
}

async function looksOf(page: Page, name: string): Promise<unknown> {
  const button = page.getByRole('button', { name });
  const { width, height } = (await button.boundingBox()) ?? { width: 0, height: 0 };
  const style: unknown = await button.evaluate(`(element) => {
    const { color, backgroundColor, fontSize, fontWeight, borderColor } = getComputedStyle(element);
    return { color, backgroundColor, fontSize, fontWeight, borderColor };
  }`);
  return { width, height, style };
}

async function marksOf(page: Page): Promise<string[]> {
  const marks = await page.locator('.mark-of').all();
  const classes = await Promise.all(marks.map((mark) => mark.getAttribute('class')));
  return classes.map((name) => name?.replace('mark-of ', '') ?? '').sort();
}
