import { randomUUID } from 'node:crypto';

import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser, formsOf, type PageAnswer, textOf } from './support/browser.js';
import {
  type AuthorizationOptions,
  codeOf,
  consentAccessOf,
  consentToken,
  pushRequest,
  redeem,
  signIn,
} from './support/oauth.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let customer: TestCustomer;
beforeAll(async () => {
  app = await startApp();
  grocer = await aRetailer(app, { name: 'Grocer A', incentive: 'Five per cent off' });
});
beforeEach(async () => {
  customer = await aCustomer(app);
});
afterAll(() => app.stop());

const password = 'three geese over the canal';
const shoes = {
  type: 'ccx_preferences',
  attributes: ['size.footwear'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
};
const more = { ...shoes, attributes: ['size.footwear', 'receipt.delivery'], touchpoints: ['till', 'web', 'app'] };
const purchases = {
  type: 'ccx_interactions',
  event_types: ['transaction.completed', 'return.completed'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till'],
};

const allergens = {
  type: 'ccx_preferences_special',
  attributes: ['food.allergen'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till'],
};

interface Visitor {
  readonly browser: Browser;
  readonly page: PageAnswer;
  readonly verifier: string;
}

/** Somebody whom a retailer has sent here, in front of the first page. */
async function aVisitor(
  options: AuthorizationOptions = {},
  headers: Readonly<Record<string, string>> = {},
  retailer = grocer,
): Promise<Visitor> {
  const { address, verifier } = await pushRequest(app, retailer.client, options);
  const browser = new Browser(app.url, headers);
  return { browser, page: await browser.follow(await browser.get(address)), verifier };
}

/** The same person, signed in and in front of the consent page. */
async function asked(
  options: AuthorizationOptions = {},
  headers: Readonly<Record<string, string>> = {},
  retailer = grocer,
): Promise<Visitor> {
  const visitor = await aVisitor(options, headers, retailer);
  return { ...visitor, page: await signIn(visitor.browser, visitor.page, customer) };
}

async function given(
  { browser, verifier, page }: Visitor,
  choice: Readonly<Record<string, string | readonly string[]>> = {},
) {
  const answer = await browser.follow(await browser.submit(page, 'decision', { decision: 'approve', ...choice }));
  const { body } = await redeem(app, grocer.client, codeOf(answer, grocer.client), verifier);
  return consentAccessOf(app, grocer.client, body).details as {
    attributes?: string[];
    event_types?: string[];
    touchpoints: string[];
    expires_at: string;
  }[];
}

const boxes = (page: PageAnswer, name: string) =>
  formsOf(page.body)
    .flatMap(({ fields }) => fields)
    .find(([field]) => field === name)?.[1] ?? [];

describe('every page', () => {
  it('runs no script, loads nothing from elsewhere and cannot be framed', async () => {
    const { page } = await asked();
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; style-src 'self'; img-src 'self'; form-action");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(page.body).not.toMatch(/<script|\son\w+=|javascript:|style="/i);
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('runs a script of ours alone where one signs in, for passkeys, and none that stands in the page', async () => {
    const { page } = await aVisitor();
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'; connect-src 'self'");
    expect(page.body.match(/<script[^>]*>/g)).toEqual([expect.stringMatching(/^<script src="\/assets\/passkey\.js/)]);
    expect(page.body).not.toMatch(/\son\w+=|javascript:|style="/i);
  });

  it('lets its forms lead back to the client and nowhere else', async () => {
    const { page } = await aVisitor();
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' https://grocer.example;");
  });

  it('is in German for whoever reads German, and in English for everybody else', async () => {
    const inGerman = await asked({}, { 'accept-language': 'de-AT,de;q=0.9,en;q=0.5' });
    expect(inGerman.page.body).toContain('<html lang="de">');
    expect(textOf(inGerman.page.body)).toContain('Grocer A bittet um Ihre Einwilligung.');
    const inFrench = await asked({}, { 'accept-language': 'fr' });
    expect(inFrench.page.body).toContain('<html lang="en">');
    expect(textOf(inFrench.page.body)).toContain('Grocer A asks for your consent.');
  });

  it('follows the language that the client asks for', async () => {
    const { page } = await aVisitor({ params: { ui_locales: 'de' } }, { 'accept-language': 'en' });
    expect(page.body).toContain('<html lang="de">');
  });

  it('shows names as text, whatever they hold', async () => {
    const hostile = await aRetailer(app, {
      name: '<img src=x onerror=alert(1)>"\'',
      incentive: '</q><script>alert(2)</script>',
    });
    const { page } = await asked({}, {}, hostile);
    expect(page.body).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;');
    expect(page.body).not.toMatch(/<img|<script/);
  });

  it('is dressed in a stylesheet that browsers may keep', async () => {
    const { page, browser } = await aVisitor();
    const [, address = ''] = /<link rel="stylesheet" href="([^"]+)"/.exec(page.body) ?? [];
    const { status, headers } = await browser.get(address);
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      200,
      'text/css; charset=utf-8',
      'public, max-age=31536000, immutable',
    ]);
  });
});

describe('signing in', () => {
  it('says the same of an unknown address and of a wrong password', async () => {
    const { browser, page } = await aVisitor();
    const unknown = await browser.submit(page, 'sign-in', { email: 'nobody@example.org', password });
    const wrong = await browser.submit(page, 'sign-in', { email: customer.email, password: 'something else entirely' });
    expect([unknown.status, wrong.status]).toEqual([401, 401]);
    expect(textOf(wrong.body)).toContain('do not go together');
    expect(textOf(unknown.body)).toBe(textOf(wrong.body));
  });

  it('keeps the session in a cookie that scripts and other sites never see, and that opens nothing of the API', async () => {
    const { browser, page } = await aVisitor();
    const { headers } = await browser.submit(page, 'sign-in', { email: customer.email, password });
    const cookies = headers.getSetCookie().filter((line) => line.startsWith('ccx_session='));
    expect(cookies.map((line) => line.replace(/=[^;]+/, ''))).toEqual(['ccx_session; Path=/; HttpOnly; SameSite=Lax']);
    await app.http.get('/v1/me').set('cookie', cookies.join('; ')).expect(401);
  });

  it('is not asked of somebody who is signed in, unless the client wants it', async () => {
    const { browser } = await asked();
    const next = async (options: AuthorizationOptions) => {
      const { address } = await pushRequest(app, grocer.client, options);
      return textOf((await browser.follow(await browser.get(address))).body);
    };
    expect(await next({})).toContain('asks for your consent');
    expect(await next({ params: { prompt: 'login' } })).toContain('Sign in to see what');
  });

  it('is asked again once the session has ended anywhere', async () => {
    const { browser } = await asked();
    const { body } = await customer.api.get('/v1/me/sessions').expect(200);
    for (const { id } of body.items)
      if (id !== customer.sessionId) await customer.api.delete(`/v1/me/sessions/${id}`).expect(204);
    const { address } = await pushRequest(app, grocer.client);
    expect(textOf((await browser.follow(await browser.get(address))).body)).toContain('Sign in to see what');
  });

  it('ends the session that the browser had', async () => {
    const { browser } = await asked();
    const before = browser.cookie('ccx_session') ?? '';
    const { address } = await pushRequest(app, grocer.client, { params: { prompt: 'login' } });
    await signIn(browser, await browser.follow(await browser.get(address)), customer);
    expect(browser.cookie('ccx_session')).not.toBe(before);
    await app.http.get('/v1/me').set('authorization', `Bearer ${before}`).expect(401);
  });

  it('leads on in the browser of whoever signed in, and not in the one in which the visit was planted', async () => {
    await consentToken(app, grocer, customer); // so that there would be nothing to ask
    const { browser, page } = await aVisitor();
    const answer = await browser.submit(page, 'sign-in', { email: customer.email, password });
    browser.forget('ccx_session');
    const elsewhere = await browser.get(answer.location ?? '');
    expect([elsewhere.status, elsewhere.location]).toEqual([400, undefined]);
  });

  it('can be given up, which the client is told, also by somebody who was signed in before', async () => {
    const stranger = await aVisitor();
    const { browser, page } = await asked();
    const out = { browser, page: await browser.follow(await browser.submit(page, 'sign-out')) };
    for (const visitor of [stranger, out]) {
      const answer = await visitor.browser.follow(await visitor.browser.submit(visitor.page, 'cancel'));
      expect(new URL(answer.location ?? '').searchParams.get('error')).toBe('access_denied');
    }
  });

  it('fills in the address that the client knows', async () => {
    const { page } = await aVisitor({ params: { login_hint: 'mira@example.org' } });
    expect(boxes(page, 'email')).toEqual(['mira@example.org']);
  });
});

describe('signing up', () => {
  const signUpForm = async ({ browser, page }: Visitor) =>
    browser.get(`${/action="([^"]+)\/sign-in"/.exec(page.body)?.[1]}/sign-up`);

  it('leads a newcomer past their recovery codes to the question', async () => {
    const visitor = await aVisitor();
    const email = `${randomUUID()}@example.org`;
    const codes = await visitor.browser.submit(await signUpForm(visitor), 'sign-up', { email, password });
    expect(codes.body.match(/<li>/g)).toHaveLength(10);
    const [, onwards = ''] = /<a class="button wide" href="([^"]+)"/.exec(codes.body) ?? [];
    const page = await visitor.browser.follow(await visitor.browser.get(onwards));
    expect(textOf(page.body)).toContain('Grocer A asks for your consent.');
    expect(textOf(page.body)).toContain(email);
  });

  it.each([
    ['an address that has an account', () => ({ email: customer.email, password }), 409],
    ['something that is no address', () => ({ email: 'mira', password }), 422],
    [
      'a password that would be guessed',
      () => ({ email: `${randomUUID()}@example.org`, password: 'password1234' }),
      422,
    ],
    ['a password that is too short', () => ({ email: `${randomUUID()}@example.org`, password: 'short' }), 422],
  ])('is refused with %s, and says why', async (_, fields, status) => {
    const visitor = await aVisitor();
    const answer = await visitor.browser.submit(await signUpForm(visitor), 'sign-up', fields());
    expect([answer.status, answer.body.includes('role="alert"')]).toEqual([status, true]);
  });
});

describe('the consent page', () => {
  it('says who asks, for what exactly, what for, where and for how long, with the customer’s own value', async () => {
    await customer.api
      .post('/v1/me/preferences')
      .send({
        attribute: 'size.footwear',
        value: { system: 'EUROPE', size: '42.5', width: 'wide' },
        strength: 'want',
        applies_to: { level: 'everyone' },
      })
      .expect(201);
    const { page } = await asked({ details: [more, purchases], lifetimeDays: 90 });
    const text = textOf(page.body);
    for (const said of [
      'Grocer A asks for your consent.',
      'Five per cent off',
      'Grocer A may see what you have stated under “Shoe size”. You have stated: Europe, 42.5, Wide (preferred)',
      'Grocer A may see what you have stated under “Receipt”. You have stated nothing here yet.',
      'Grocer A may report to your CCX account what you buy.',
      'Personalising the service.',
      '90 days, as asked for',
      'You can end it whenever you like',
      customer.email,
    ]) {
      expect(text).toContain(said);
    }
  });

  it('says where in boxes, and not once more in words', async () => {
    const { page } = await asked({ details: [{ ...more, retention: 'P7D' }] });
    expect(textOf(page.body)).toContain('Where Till Website App Good to know Grocer A may keep it for 7 days.');
    expect(textOf(page.body)).not.toContain('Only here');
  });

  it('gives exactly what is left ticked, for as long as is chosen', async () => {
    const visitor = await asked({ details: [more, purchases], scope: 'preferences.read interactions.write' });
    const items = boxes(visitor.page, 'item').filter(
      (box) => box.endsWith('size.footwear') || box.endsWith('transaction.completed'),
    );
    const touchpoints = boxes(visitor.page, 'touchpoint').filter((box) => box.endsWith('till'));
    const details = await given(visitor, { item: items, touchpoint: touchpoints, days: '30' });
    expect(details).toEqual([
      expect.objectContaining({ attributes: ['size.footwear'], touchpoints: ['till'] }),
      expect.objectContaining({ event_types: ['transaction.completed'], touchpoints: ['till'] }),
    ]);
    const days = (Date.parse(details[0]?.expires_at ?? '') - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(30, 1);
  });

  it('has everything ticked that was asked for, and nothing else', async () => {
    const { page } = await asked({ details: [more] });
    expect(boxes(page, 'item').map((box) => box.split(' ')[1])).toEqual(['receipt.delivery', 'size.footwear']);
    expect(boxes(page, 'touchpoint').map((box) => box.split(' ')[1])).toEqual(['till', 'web', 'app']);
  });

  it('cannot be made to give what was not asked for', async () => {
    const { browser, page } = await asked();
    const [box = ''] = boxes(page, 'item');
    const answer = await browser.submit(page, 'decision', {
      decision: 'approve',
      item: box.replace('size.footwear', 'contact.marketing'),
    });
    expect(answer.status).toBe(400);
    expect((await customer.api.get('/v1/me/consents').expect(200)).body.items).toEqual([]);
  });

  it('asks again when everything is unticked', async () => {
    const { browser, page } = await asked();
    const answer = await browser.submit(page, 'decision', { decision: 'approve', item: [] });
    expect(answer.status).toBe(422);
    expect(textOf(answer.body)).toContain('You have unticked everything');
  });

  it('is not shown for what has been given already, and shows the difference when more is asked', async () => {
    const { browser } = await (async (visitor) => (await given(visitor), visitor))(
      await asked({ details: [shoes], lifetimeDays: 366 }),
    );
    const again = await pushRequest(app, grocer.client, { details: [shoes] });
    expect((await browser.follow(await browser.get(again.address))).location).toContain('code=');

    const wider = await pushRequest(app, grocer.client, { details: [{ ...more, touchpoints: ['till', 'web'] }] });
    const page = await browser.follow(await browser.get(wider.address));
    expect(textOf(page.body)).toContain('“Shoe size”. ✓ Stays as it is');
    expect(textOf(page.body)).not.toContain('“Receipt”. ✓ Stays as it is');
    const visitor = { browser, page, verifier: wider.verifier };
    const details = await given(visitor);
    expect(new Set(details.flatMap(({ attributes = [] }) => attributes))).toEqual(
      new Set(['size.footwear', 'receipt.delivery']),
    );
    expect((await customer.api.get('/v1/me/consents').expect(200)).body.items).toHaveLength(1);
  });

  it('says until when something is given, and that it would hold for longer, which can be left out', async () => {
    const first = await asked({ details: [more], lifetimeDays: 30 });
    const [before] = await given(first);
    const renewing = { details: [more], lifetimeDays: 90, params: { prompt: 'consent' } };
    const { address, verifier } = await pushRequest(app, grocer.client, renewing);
    const page = await first.browser.follow(await first.browser.get(address));
    const until = new Date(before?.expires_at ?? '').toLocaleDateString('en-GB', {
      dateStyle: 'long',
      timeZone: 'UTC',
    });
    const text = textOf(page.body);
    expect(text).toContain('“Shoe size”. → Would hold longer');
    expect(text).toContain(`You have allowed this until ${until}. It would hold for longer.`);
    expect(text).not.toContain('Stays as it is');
    const item = boxes(page, 'item').filter((box) => box.endsWith('size.footwear'));
    const after = await given({ browser: first.browser, page, verifier }, { item });
    expect(after.map(({ attributes, expires_at: end }) => [attributes, end > (before?.expires_at ?? '')])).toEqual([
      [before?.attributes, false],
      [['size.footwear'], true],
    ]);
  });

  it('says how often a day it may be read already, where nothing else is asked for', async () => {
    const first = await asked({ details: [shoes], params: { ccx_max_reads_per_day: '5' } });
    expect(textOf(first.page.body)).toContain('5 times a day, as asked for');
    await given(first);
    const { address, verifier } = await pushRequest(app, grocer.client, { details: [more] });
    const page = await first.browser.follow(await first.browser.get(address));
    expect(page.body).toMatch(/<option value="" selected>as now, 5 times a day<\/option>/);
    expect(page.body).not.toContain('<option value="10">');
    expect(textOf(page.body)).toContain('Grocer A may look at most 5 times a day.');
    await given({ browser: first.browser, page, verifier });
    const { body } = await customer.api.get('/v1/me/consents').expect(200);
    expect(body.items[0].max_reads_per_day).toBe(5);
  });

  it('asks for what is given once every time', async () => {
    const first = await asked({ use: 'once' });
    await given(first);
    const { address } = await pushRequest(app, grocer.client, { use: 'once' });
    expect(textOf((await first.browser.follow(await first.browser.get(address))).body)).toContain(
      'asks for your consent',
    );
  });

  it('goes on by itself when the request is approved elsewhere meanwhile', async () => {
    const { browser, page } = await asked();
    const { body } = await customer.api.get('/v1/me/consent-requests').expect(200);
    await customer.api.post(`/v1/me/consent-requests/${body.items[0].id}/approve`).send({}).expect(200);
    const answer = await browser.follow(await browser.submit(page, 'decision', { decision: 'refuse' }));
    expect(answer.location).toContain('code=');
  });

  it('lets the customer sign out and somebody else go on', async () => {
    const { browser, page, verifier } = await asked();
    const out = await browser.follow(await browser.submit(page, 'sign-out'));
    expect(textOf(out.body)).toContain('Sign in to see what');
    const other = await aCustomer(app);
    const again = await signIn(browser, out, other);
    expect(textOf(again.body)).toContain(other.email);
    await given({ browser, page: again, verifier });
    expect((await other.api.get('/v1/me/consents').expect(200)).body.items).toHaveLength(1);
    expect((await customer.api.get('/v1/me/consents').expect(200)).body.items).toEqual([]);
  });

  it('is answered by whoever is signed in by then, in whichever window', async () => {
    const { browser, page, verifier } = await asked();
    const other = await aCustomer(app);
    await browser.follow(await browser.submit(await browser.get('/account/consents'), 'sign-out'));
    await browser.submit(await browser.get('/account/sign-in'), 'sign-in', { email: other.email, password });
    const again = await browser.get(/action="([^"]+)\/decision"/.exec(page.body)?.[1] ?? '');
    expect(textOf(again.body)).toContain(other.email);
    await given({ browser, page: again, verifier });
    expect((await other.api.get('/v1/me/consents').expect(200)).body.items).toHaveLength(1);
    expect((await customer.api.get('/v1/me/consents').expect(200)).body.items).toEqual([]);
  });
});

describe('several questions at once', () => {
  const both = { details: [shoes, allergens] };
  const statementOn = (page: PageAnswer) => /name="statement"\s+value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  const consents = async () => (await customer.api.get('/v1/me/consents').expect(200)).body.items;

  it('have a page each: the ordinary ones together, everything special by itself and unticked', async () => {
    const { browser, page } = await asked(both);
    expect(textOf(page.body)).toContain('Question 1 of 2');
    expect(textOf(page.body)).not.toContain('Allergen');
    const second = await browser.follow(await browser.submit(page, 'decision', { decision: 'approve' }));
    expect(textOf(second.body)).toContain('Question 2 of 2');
    expect(textOf(second.body)).toContain('I expressly consent');
    expect(second.body).not.toMatch(/<input[^>]*\schecked/);
    const silent = await browser.submit(second, 'decision', { decision: 'approve' });
    expect([silent.status, textOf(silent.body).includes('tick that you agree expressly')]).toEqual([422, true]);
    const last = await browser.submit(second, 'decision', { decision: 'approve', statement: statementOn(second) });
    expect(codeOf(await browser.follow(last), grocer.client)).toBeTruthy();
    expect((await consents())[0].details.map(({ type }: { type: string }) => type).sort()).toEqual([
      'ccx_preferences',
      'ccx_preferences_special',
    ]);
  });

  it('offer nothing in return for what is special', async () => {
    const { browser, page } = await asked(both);
    expect(textOf(page.body)).toContain('Five per cent off');
    const second = await browser.follow(await browser.submit(page, 'decision', { decision: 'approve' }));
    expect(textOf(second.body)).not.toContain('Five per cent off');
  });

  it('are answered one by one: what was allowed holds although the rest was refused', async () => {
    const { browser, page } = await asked(both);
    const second = await browser.follow(await browser.submit(page, 'decision', { decision: 'refuse' }));
    const last = await browser.submit(second, 'decision', { decision: 'approve', statement: statementOn(second) });
    expect(codeOf(await browser.follow(last), grocer.client)).toBeTruthy();
    expect(await consents()).toEqual([
      expect.objectContaining({ details: [expect.objectContaining({ attributes: ['food.allergen'] })] }),
    ]);
  });

  it('lead back without anything when each was refused', async () => {
    const { browser, page } = await asked(both);
    const second = await browser.follow(await browser.submit(page, 'decision', { decision: 'refuse' }));
    const refused = await browser.submit(second, 'decision', { decision: 'refuse' });
    expect(textOf(refused.body)).toContain('You have refused');
    expect(await consents()).toEqual([]);
  });

  it('leave out what is given already', async () => {
    const first = await asked({ details: [shoes] });
    await given(first);
    const { address } = await pushRequest(app, grocer.client, both);
    const page = await first.browser.follow(await first.browser.get(address));
    expect(textOf(page.body)).toContain('I expressly consent');
    expect(textOf(page.body)).not.toContain('Question');
  });

  it('take the password again for what is special, once the sign-in is older than five minutes', async () => {
    const { browser, page } = await asked({ details: [allergens] });
    expect(page.body).not.toContain('name="password"');
    app.clock.advance({ minutes: 6 });
    const late = await browser.get(/action="([^"]+)\/decision"/.exec(page.body)?.[1] ?? '');
    const statement = statementOn(late);
    const wrong = await browser.submit(late, 'decision', { decision: 'approve', statement, password: 'not it' });
    expect([wrong.status, textOf(wrong.body).includes('This password is not right')]).toEqual([401, true]);
    const right = await browser.submit(late, 'decision', { decision: 'approve', statement, password });
    expect(codeOf(await browser.follow(right), grocer.client)).toBeTruthy();
  });
});

describe('what a rule of the customer’s decides', () => {
  const rule = (terms: object) => customer.api.post('/v1/me/rules').send({ name: 'Mine', enabled: true, ...terms });

  it('is not asked: what it allows is given', async () => {
    const when = { attributes: ['size.footwear'], purposes: ['dpv:ServicePersonalisation'] };
    await rule({ effect: 'allow', when }).expect(201);
    const { page } = await asked({ details: [shoes] });
    expect(codeOf(page, grocer.client)).toBeTruthy();
  });

  it('is not asked: what it refuses is refused', async () => {
    await rule({ effect: 'refuse', when: { attributes: ['size'] } }).expect(201);
    const { page } = await asked({ details: [shoes] });
    expect(textOf(page.body)).toContain('Your rule “Mine” has refused it for you.');
  });
});

describe('a request on top of what is paused', () => {
  it('says that it stays paused', async () => {
    const first = await asked({ details: [shoes] });
    await given(first);
    const { body } = await customer.api.get('/v1/me/consents').expect(200);
    await customer.api.post(`/v1/me/consents/${body.items[0].id}/pause`).expect(200);
    const { address } = await pushRequest(app, grocer.client, { details: [more] });
    const page = await first.browser.follow(await first.browser.get(address));
    expect(textOf(page.body)).toContain('You have paused what Grocer A may do. It stays paused');
  });
});

describe('a request that takes the place of what is given', () => {
  it('shows what would end, in words', async () => {
    const first = await asked({ details: [more] });
    await given(first);
    const { body } = await customer.api.get('/v1/me/consents').expect(200);
    const { address } = await pushRequest(app, grocer.client, {
      details: [shoes],
      params: { grant_management_action: 'replace', grant_id: body.items[0].id },
    });
    const page = await first.browser.follow(await first.browser.get(address));
    expect(textOf(page.body)).toContain('This would take its place');
    expect(textOf(page.body)).toContain('Grocer A may no longer see what you have stated under “Receipt”. − Would end');
  });
});

describe('refusing', () => {
  it('takes as many steps as allowing, is confirmed, and tells the client', async () => {
    const { browser, page } = await asked();
    const refused = await browser.submit(page, 'decision', { decision: 'refuse' });
    expect(textOf(refused.body)).toContain('You have refused');
    const [, back = ''] = /<a class="button wide" href="([^"]+)"/.exec(refused.body) ?? [];
    const answer = new URL((await browser.follow(await browser.get(back))).location ?? '').searchParams;
    expect([answer.get('error'), answer.get('code')]).toEqual(['access_denied', null]);
    const { body } = await customer.api.get('/v1/me/consent-requests').expect(200);
    expect(body.items).toEqual([expect.objectContaining({ status: 'refused' })]);
    const [, receipt = ''] = /<a href="([^"]+\/receipt)" download/.exec(refused.body) ?? [];
    expect((await browser.get(receipt)).headers.get('content-type')).toContain('application/jose');
  });

  it('is what a form without an answer means', async () => {
    const { browser, page } = await asked();
    expect(textOf((await browser.submit(page, 'decision', {})).body)).toContain('You have refused');
  });
});

describe('forging a form', () => {
  it('is refused without the token of the page', async () => {
    const { browser, page } = await asked();
    const answer = await browser.submit(page, 'decision', { decision: 'approve', form: 'x' });
    expect([answer.status, textOf(answer.body).includes('did not come from our page')]).toEqual([403, true]);
    expect((await customer.api.get('/v1/me/consents').expect(200)).body.items).toEqual([]);
  });

  it('is refused with the token of another form, another visit or another session', async () => {
    const { browser, page } = await asked();
    const tokenOf = (from: PageAnswer, action: string) =>
      formsOf(from.body)
        .find((form) => form.action.endsWith(action))
        ?.fields.find(([name]) => name === 'form')?.[1][0] ?? '';
    const elsewhere = await asked();
    for (const form of [tokenOf(page, 'sign-out'), tokenOf(elsewhere.page, 'decision')]) {
      expect((await browser.submit(page, 'decision', { decision: 'approve', form })).status).toBe(403);
    }
    const before = tokenOf(page, 'decision');
    const out = await browser.follow(await browser.submit(page, 'sign-out'));
    const again = await signIn(browser, out, customer);
    expect((await browser.submit(again, 'decision', { decision: 'approve', form: before })).status).toBe(403);
  });

  it('is refused in a browser that did not begin the visit', async () => {
    const { page } = await asked();
    const answer = await new Browser(app.url).submit(page, 'decision', { decision: 'approve' });
    expect([answer.status, textOf(answer.body).includes('no longer open')]).toEqual([410, true]);
  });

  it('is refused as JSON, which a form of another site could be made to look like', async () => {
    const { page } = await asked();
    const { action } = formsOf(page.body).find((form) => form.action.endsWith('decision')) ?? { action: '' };
    const answer = await fetch(app.url + action, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.status).toBe(415);
  });
});

describe('a page that is asked for too late', () => {
  it('says so, and that nothing was shared', async () => {
    const { browser, page } = await asked();
    await browser.follow(await browser.submit(page, 'decision', { decision: 'approve' }));
    const answer = await browser.submit(page, 'decision', { decision: 'approve' });
    expect([answer.status, textOf(answer.body).includes('Nothing was shared')]).toEqual([410, true]);
  });

  it('is a page, too, when it never was one', async () => {
    const answer = await new Browser(app.url, { 'accept-language': 'de' }).get('/interaction/nothing');
    expect([answer.status, textOf(answer.body).includes('nicht mehr offen')]).toEqual([410, true]);
  });
});
