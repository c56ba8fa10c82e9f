import { randomUUID } from 'node:crypto';

import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';

import { loginOf } from '../src/authorization/pages/visits.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Authenticator } from './support/authenticator.js';
import { Browser as PlainBrowser, formsOf } from './support/browser.js';
import { findChromium } from './support/chromium.js';
import { aFreePort } from './support/cli.js';
import { pushRequest } from './support/oauth.js';
import { aPasskey, challengeOf } from './support/passkeys.js';
import { audited } from './support/records.js';
import { aRetailer } from './support/retailers.js';

jest.setTimeout(120_000);

const executablePath = findChromium();
if (executablePath === undefined) {
  console.warn('Passkeys were NOT tried in a browser: there is no Chromium. Install it, or say where: CHROMIUM_PATH.');
}

let app: TestApp;
beforeAll(async () => {
  // A passkey belongs to a name: an address of numbers has none.
  const PORT = String(await aFreePort());
  app = await startApp({ config: { PORT, PUBLIC_URL: `http://localhost:${PORT}` } });
});
afterAll(() => app.stop());

/** How the customer's sessions began, newest first. */
const methods = async ({ api }: TestCustomer) =>
  (await api.get('/v1/me/sessions').expect(200)).body.items.map(
    ({ signed_in_with: method }: { signed_in_with: string }) => method,
  );

describe('the form that signs in with a passkey', () => {
  async function anOwner() {
    const mira = await aCustomer(app);
    return { mira, authenticator: (await aPasskey(app, mira)).authenticator };
  }

  async function atTheDoor() {
    const visitor = new PlainBrowser(app.url);
    return { visitor, page: await visitor.get('/account/sign-in') };
  }

  it('begins a session on the pages exactly as the password does', async () => {
    const { mira, authenticator } = await anOwner();
    const { visitor, page } = await atTheDoor();
    const passkey = JSON.stringify(authenticator.use(await challengeOf(app)));
    const { status, body } = await visitor.follow(await visitor.submit(page, 'passkey', { passkey }));
    expect(status).toBe(200);
    expect(body).toContain(mira.email);
    expect(await methods(mira)).toEqual(['passkey', 'password']);
  });

  it('goes on with what a retailer asks for, and is told to the engine as what it is', async () => {
    const { mira, authenticator } = await anOwner();
    const grocer = await aRetailer(app, { name: 'Albatross Groceries' });
    const { address } = await pushRequest(app, grocer.client);
    const visitor = new PlainBrowser(app.url);
    const door = await visitor.follow(await visitor.get(address));
    const passkey = JSON.stringify(authenticator.use(await challengeOf(app)));
    const page = await visitor.follow(await visitor.submit(door, 'passkey', { passkey }));
    expect(formsOf(page.body).map(({ action }) => action.split('/').at(-1))).toContain('decision');
    expect(await methods(mira)).toEqual(['passkey', 'password']);
    const { customer_id: accountId } = (await mira.api.get('/v1/me')).body;
    const principal = { kind: 'customer', customer: mira.key, scopes: [] } as const;
    expect(loginOf({ ...principal, signedInWith: 'passkey' })).toEqual({ accountId, amr: ['pop', 'mfa'] });
    expect(loginOf({ ...principal, signedInWith: 'password' })).toEqual({ accountId, amr: ['pwd'] });
  });

  it('is hidden from whoever runs no script, and its script comes from us', async () => {
    const { body } = (await atTheDoor()).page;
    expect(body).toMatch(/<form[^>]*data-passkey="use"[^>]* hidden/);
    const [, src = ''] = /<script src="([^"]+)" defer>/.exec(body) ?? [];
    const { headers, text } = await app.http.get(src).expect(200);
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(text.length).toBeLessThan(2_500);
  });

  it.each([
    ['nothing', () => ''],
    ['no JSON', () => '{'],
    ['no passkey', () => '{}'],
    [
      'a stranger’s passkey',
      async () => JSON.stringify(new Authenticator(app.url).use(await challengeOf(app), { userHandle: null })),
    ],
  ])('says what to do when it is sent with %s', async (_, sent) => {
    const { visitor, page } = await atTheDoor();
    const { status, body } = await visitor.submit(page, 'passkey', { passkey: await sent() });
    expect(status).toBe(401);
    expect(body).toContain('Nobody was signed in. Try again, or use your password.');
  });

  it('is refused without its token', async () => {
    const { mira, authenticator } = await anOwner();
    const { visitor, page } = await atTheDoor();
    const passkey = JSON.stringify(authenticator.use(await challengeOf(app)));
    expect((await visitor.submit(page, 'passkey', { passkey, form: 'forged' })).status).toBe(403);
    expect(await methods(mira)).toEqual(['password']);
  });
});

(executablePath === undefined ? describe.skip : describe)('in a browser with an authenticator', () => {
  let browser: Browser;
  beforeAll(async () => {
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browser = await chromium.launch({ executablePath: executablePath as string, args });
  });
  afterAll(() => browser?.close());

  /** A device with a screen lock, in somebody's hand. */
  async function aDevice(language = 'en'): Promise<{ page: Page; devices: CDPSession; id: string }> {
    const page = await (await browser.newContext({ locale: language })).newPage();
    const devices = await page.context().newCDPSession(page);
    await devices.send('WebAuthn.enable');
    const { authenticatorId: id } = await devices.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return { page, devices, id };
  }

  const signUp = async (page: Page) => {
    const mira = await aCustomer(app, { email: `${randomUUID()}@example.org` });
    await page.goto(`${app.url}/account/sign-in`);
    await page.fill('input[name=email]', mira.email);
    await page.fill('input[name=password]', mira.password);
    await page.click('button:text-is("Sign in")');
    await page.waitForURL('**/account/consents');
    return mira;
  };

  const addPasskey = async (page: Page) => {
    await page.goto(`${app.url}/account/security`);
    await page.fill('form[data-passkey=make] input[name=name]', 'Test device');
    await page.click('form[data-passkey=make] button');
  };

  const signOut = async (page: Page) => {
    await page.click('button:text-is("Sign out")');
    await page.waitForURL('**/account/sign-in');
  };

  it('a passkey is added and signs in, without address or password', async () => {
    const { page } = await aDevice();
    const mira = await signUp(page);
    await addPasskey(page);
    await page.waitForSelector('text=The passkey has been added.');
    await page.waitForSelector('text=Test device');
    await signOut(page);
    await page.click('button:text-is("Sign in with a passkey")');
    await page.waitForURL('**/account/consents');
    expect(await methods(mira)).toEqual(['passkey', 'password']);
    expect((await audited(app, mira.key)).at(-1)).toMatchObject({ data: { method: 'passkey' } });
  });

  it('an authenticator that has one makes no second, and the page says so', async () => {
    const { page } = await aDevice();
    const mira = await signUp(page);
    await addPasskey(page);
    await page.waitForSelector('text=The passkey has been added.');
    await addPasskey(page);
    await page.waitForSelector('[role=alert]:has-text("No passkey was added.")');
    expect((await mira.api.get('/v1/me/passkeys')).body.items).toHaveLength(1);
  });

  it('a device whose owner is not recognised signs nobody in, and the page says so', async () => {
    const { page, devices, id } = await aDevice();
    const mira = await signUp(page);
    await addPasskey(page);
    await page.waitForSelector('text=The passkey has been added.');
    await signOut(page);
    await devices.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: false });
    await page.click('button:text-is("Sign in with a passkey")');
    await page.waitForSelector('[role=alert]:has-text("Nobody was signed in.")');
    expect(await methods(mira)).toEqual(['password']);
    await devices.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: true });
    await page.click('button:text-is("Sign in with a passkey")');
    await page.waitForURL('**/account/consents');
  });

  it('a passkey shows that it is still the same person', async () => {
    const { page } = await aDevice();
    const mira = await signUp(page);
    await addPasskey(page);
    await page.waitForSelector('text=The passkey has been added.');
    app.clock.advance({ minutes: 6 });
    await page.goto(`${app.url}/account/confirm?to=/account/security`);
    await page.click('button:text-is("Confirm with a passkey")');
    await page.waitForURL('**/account/security');
    await page.waitForSelector('form[data-passkey=make]');
    expect((await methods(mira))[0]).toBe('passkey');
  });

  it('speaks German', async () => {
    const { page } = await aDevice('de-DE');
    await page.goto(`${app.url}/account/sign-in`);
    expect(await page.locator('form[data-passkey] button').textContent()).toBe('Mit einem Passkey anmelden');
  });

  it('none is offered at an address of numbers', async () => {
    const { page } = await aDevice();
    await page.goto(`${app.url.replace('localhost', '127.0.0.1')}/account/sign-in`);
    await page.waitForSelector('button:text-is("Sign in")');
    expect(await page.locator('form[data-passkey]').isVisible()).toBe(false);
  });
});
