import { startApp, type TestApp } from './support/app.js';
import { Browser, type PageAnswer, textOf } from './support/browser.js';
import { aConsent, aSpecialConsent, reading, reporting } from './support/consents.js';
import { consentToken, signIn } from './support/oauth.js';
import { aRetailer } from './support/retailers.js';
import { aMover, arrive, LOGIN_ADDRESS, type Mover, switchTo } from './support/switches.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

/** The customer in front of a page of their account. */
async function inAccount({ customer }: Pick<Mover, 'customer'>, path: string, language = 'en') {
  const browser = new Browser(app.url, { 'accept-language': language });
  const door = await browser.follow(await browser.get(path));
  return { browser, page: await signIn(browser, door, customer) };
}

const addressOf = ({ access }: Mover) => `/account/consents/${access.consentId}`;

/** From the consent to the page that says what would go along to the other retailer. */
async function lookedAt(mover: Mover, language?: string): Promise<{ browser: Browser; page: PageAnswer }> {
  const { browser, page } = await inAccount(mover, `${addressOf(mover)}/switch`, language);
  expect(page.body).toContain(`<option value="${mover.tern.id}">Tern Market</option>`);
  return { browser, page: await browser.get(`${addressOf(mover)}/switch?to=${mover.tern.id}`) };
}

const agreedTo = async (browser: Browser, page: PageAnswer, fields: Record<string, string> = {}) =>
  browser.follow(await browser.submit(page, 'switch', fields));

describe('the pages on which a consent is taken along', () => {
  it('lead from the consent to the other retailers, and to what would go along', async () => {
    const mover = await aMover(app, { details: [{ ...reading, touchpoints: ['till', 'web'] }, reporting] });
    await aSpecialConsent(app, { customer: mover.customer, retailer: mover.albatross });
    const { page } = await inAccount(mover, addressOf(mover));
    expect(page.body).toContain(`href="${addressOf(mover)}/switch"`);

    const { page: difference } = await lookedAt(mover);
    const text = textOf(difference.body);
    expect(text).toContain('From Albatross Groceries to Tern Market');
    expect(text).toContain('Tern Market may see what you have stated under “Shoe size”.');
    expect(text).toContain('is specially protected: Tern Market has to ask you for it itself.');
    expect(text).toContain('nothing that Albatross Groceries has reported goes to Tern Market');
    expect(difference.body).not.toContain(`<option value="${mover.albatross.id}">`);
  });

  it('agree to it beforehand, show it in words and where to go on, and let it be called off', async () => {
    const mover = await aMover(app);
    const { browser, page } = await lookedAt(mover);
    const agreed = await agreedTo(browser, page, { withdraw_source: 'on_completion' });
    const text = textOf(agreed.body);
    expect(text).toContain('You have agreed to it beforehand.');
    expect(text).toContain('What Albatross Groceries may do ends when this begins.');
    expect(text).toContain('Tern Market may see what you have stated under “Shoe size”.');
    expect(agreed.body).toContain(`href="${LOGIN_ADDRESS}&amp;iss=${encodeURIComponent(app.url)}"`);

    const list = await browser.get('/account/requests');
    expect(textOf(list.body)).toContain('Agreed beforehand');
    const calledOff = await browser.follow(await browser.submit(agreed, 'call-off'));
    expect(textOf(calledOff.body)).toContain('You have called it off. Nothing was shared.');
    const { body } = await mover.customer.api.get('/v1/me/consent-requests').expect(200);
    expect(body.items).toMatchObject([{ origin: 'switch', status: 'refused' }, { origin: 'par' }]);
  });

  it('say the same in German', async () => {
    const mover = await aMover(app);
    const { browser, page } = await lookedAt(mover, 'de');
    expect(textOf(page.body)).toContain('Von Albatross Groceries zu Tern Market');
    expect(textOf(page.body)).toContain('Was nicht mitgeht');
    const agreed = await agreedTo(browser, page);
    expect(textOf(agreed.body)).toContain('Sie haben dem im Voraus zugestimmt.');
    const { body } = await mover.customer.api.get('/v1/me/consent-requests?status=pre_approved').expect(200);
    const { body: receipts } = await mover.customer.api
      .get(`/v1/me/consent-requests/${body.items[0].id}/receipts`)
      .expect(200);
    const payload = Buffer.from(receipts.items[0].jws.split('.')[1], 'base64url').toString();
    expect(JSON.parse(payload).consent_record.pii_processing.language).toBe('de');
  });

  it('end the first consent at once, and copy what is stated for it, where that is ticked', async () => {
    const mover = await aMover(app, { target: { client: { initiateLoginUri: null } } });
    const statement = { attribute: 'receipt.delivery', value: { form: 'email' }, strength: 'want' };
    const applies_to = { level: 'retailer', retailer_id: mover.albatross.id };
    await mover.customer.api
      .post('/v1/me/preferences')
      .send({ ...statement, applies_to })
      .expect(201);
    const { browser, page } = await lookedAt(mover);
    const fields = { withdraw_source: 'now', copy_overrides: 'yes', delete_reported: 'yes' };
    const agreed = await agreedTo(browser, page, fields);
    expect(textOf(agreed.body)).toContain('Sign in at Tern Market as usual');
    const { body } = await mover.customer.api.get(`/v1/me/consents/${mover.access.consentId}`).expect(200);
    expect(body).toMatchObject({ status: 'withdrawn', reported_data: 'delete' });
    const { body: stated } = await mover.customer.api.get('/v1/me/preferences').expect(200);
    expect(stated.items).toHaveLength(2);
    await arrive(app, mover);
  });

  it('show it again when it is no longer what was shown, or something else is agreed to', async () => {
    const mover = await aMover(app);
    const { browser, page } = await lookedAt(mover);
    await aConsent(app, { customer: mover.customer, retailer: mover.tern, details: [reporting] });
    const outdated = await agreedTo(browser, page);
    expect([outdated.status, textOf(outdated.body)]).toEqual([422, expect.stringContaining('Something has changed')]);
    expect(textOf(outdated.body)).toContain('Tern Market has a consent of yours already.');
    await switchTo(mover).expect(200);
    const pending = await agreedTo(browser, outdated);
    expect([pending.status, textOf(pending.body)]).toEqual([422, expect.stringContaining('Call that off first')]);
  });

  it('say so where nothing can go along, and where there is nothing to agree to', async () => {
    const mover = await aMover(app, {
      details: [{ ...reading, touchpoints: ['kiosk'] }],
      target: { touchpoints: ['web'] },
    });
    const { page } = await lookedAt(mover);
    expect(textOf(page.body)).toContain('Nothing of this can go along to Tern Market.');
    expect(page.body).not.toContain('Agree to this beforehand');

    const given = await aMover(app, { details: [reading] });
    await aConsent(app, { customer: given.customer, retailer: given.tern, details: [reading] });
    const { browser, page: complete } = await lookedAt(given);
    expect(textOf(complete.body)).toContain('Tern Market has all of this already');
    const done = await agreedTo(browser, complete, { withdraw_source: 'on_completion' });
    expect(textOf(done.body)).toContain('Your change holds from now on.');
    expect(textOf(done.body)).toContain('Nothing can be read any more.');
  });

  it('are not offered for what was given once, or has ended, and not shown to others', async () => {
    const mover = await aMover(app);
    const once = await consentToken(app, await aRetailer(app), mover.customer, { use: 'once', details: [reading] });
    const { browser, page } = await inAccount(mover, `/account/consents/${once.consentId}/switch`);
    expect(page.body).not.toContain('See what would go along');
    const strangers = await browser.get(`/account/consents/${mover.tern.id}/switch?to=${mover.tern.id}`);
    expect(strangers.status).toBe(404);
    const nowhere = await browser.get(`${addressOf(mover)}/switch?to=nowhere`);
    expect(nowhere.status).toBe(404);
    const forged = await browser.post(`${addressOf(mover)}/switch`, { to: mover.tern.id, form: 'forged' });
    expect(forged.status).toBe(403);
  });
});
