import { randomUUID } from 'node:crypto';

import { encode } from 'uqr';

import { spellTillCode } from '../src/customers/till-code.js';
import { Pepper } from '../src/platform/crypto/pepper.js';
import { hmac } from '../src/platform/crypto/seal.js';
import type { CountedLimit } from '../src/platform/http/rate-limits.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser, type PageAnswer } from './support/browser.js';
import { aConsent, command, withdraw } from './support/consents.js';
import { disclosed } from './support/disclosed.js';
import type { JsonAnswer, RetailerAccess } from './support/oauth.js';
import { race, statusesOf } from './support/race.js';
import { aClient, aRetailer, suspendRetailer, type TestRetailer } from './support/retailers.js';
import { anOfflineCustomer, live, PURPOSE, state, tillsOf } from './support/snapshots.js';

let app: TestApp;
let grocer: TestRetailer;
let tills: RetailerAccess;
beforeAll(async () => {
  app = await startApp();
  grocer = await aRetailer(app);
  tills = await tillsOf(app, grocer);
});
afterAll(() => app.stop());

const QUERY = `purpose=${PURPOSE}`;

async function shown(customer: Pick<TestCustomer, 'api'>): Promise<string> {
  const { body } = await customer.api.post('/v1/me/till-codes').expect(201);
  return body.code;
}

const scan = (code: string, by = tills, query = QUERY): Promise<JsonAnswer> =>
  by.fetch('GET', `/v1/till-codes/${encodeURIComponent(code)}?${query}`);

/** What a till learns from an answer, but for the id of the request. */
const learned = ({ status, body }: JsonAnswer) => ({ status, ...body, instance: undefined });

const hashes = async () => (await app.db.query<{ code_hash: Buffer }>('select code_hash from till_codes')).rows;

describe('a till code', () => {
  it('is twelve digits, good for a minute', async () => {
    const { api } = await aCustomer(app);
    const { body } = await api.post('/v1/me/till-codes').expect(201);
    expect(body.code).toMatch(/^\d{12}$/);
    const lasts = Date.parse(body.expires_at) - app.clock.now().getTime();
    expect(lasts).toBeGreaterThan(55_000);
    expect(lasts).toBeLessThanOrEqual(60_000);
  });

  it('tells the till what the customer lets it know there, as a look-up would, and is recorded', async () => {
    const { customer, consentId } = await anOfflineCustomer(app, grocer, { details: [live] });
    const { status, body, headers } = await scan(await shown(customer));
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toMatchObject({ consent: { id: consentId }, touchpoint: 'till', stage: 'shopping', more: false });
    expect(body.preferences.map(({ attribute }: { attribute: string }) => attribute)).toEqual([
      'language.spoken',
      'receipt.delivery',
    ]);
    const lookup = await tills.fetch('POST', '/v1/preferences/lookup', {
      subjects: [body.subject],
      touchpoint: 'till',
      purpose: PURPOSE,
    });
    expect(lookup.body.results[0].preferences).toEqual(body.preferences);
    const [row] = await disclosed(app, customer.key);
    expect(row).toMatchObject({ id: body.disclosure_id, touchpoint: 'till', refused: null });
  });

  it('may be typed in groups', async () => {
    const { customer } = await anOfflineCustomer(app, grocer);
    expect((await scan(spellTillCode(await shown(customer)))).status).toBe(200);
  });

  it('is good once', async () => {
    const { customer } = await anOfflineCustomer(app, grocer);
    const code = await shown(customer);
    expect([(await scan(code)).status, (await scan(code)).status]).toEqual([200, 404]);
    await expect(disclosed(app, customer.key)).resolves.toHaveLength(1);
  });

  it('is good once when two tills have it at the same moment', async () => {
    const { customer } = await anOfflineCustomer(app, grocer);
    const code = await shown(customer);
    const outcomes = await race(app.db, 'till_codes', { customer_id: customer.customerId }, [
      () => scan(code),
      () => scan(code),
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 404]);
    await expect(disclosed(app, customer.key)).resolves.toHaveLength(1);
  });

  it('is replaced by the next one', async () => {
    const { customer } = await anOfflineCustomer(app, grocer);
    const [one, other] = [await shown(customer), await shown(customer)];
    expect([(await scan(one)).status, (await scan(other)).status]).toEqual([404, 200]);
  });

  it('is the only one when two are made at the same moment', async () => {
    const customer = await aCustomer(app);
    const { customerId } = customer;
    const make = () => customer.api.post('/v1/me/till-codes');
    await race(app.db, 'customers', { customer_id: customerId }, [() => make().expect(201), () => make().expect(201)]);
    const { rowCount } = await app.db.query('select from till_codes where customer_id = $1', [customerId]);
    expect(rowCount).toBe(1);
  });

  it('is over after a minute, and forgotten', async () => {
    const { customer } = await anOfflineCustomer(app, grocer);
    const code = await shown(customer);
    app.clock.advance({ seconds: 61 });
    expect((await scan(code)).status).toBe(404);
    await app.runJob('till-codes');
    await expect(hashes()).resolves.toEqual([]);
  });

  it('cannot be found out by whoever has the table', async () => {
    const customer = await aCustomer(app);
    const code = await shown(customer);
    const { rows } = await app.db.query<{ row: string }>('select t::text as row from till_codes t');
    for (const { row } of rows) expect(row).not.toContain(code);
  });

  it('tells a till the same of somebody without consent as of nobody', async () => {
    const stranger = await aCustomer(app);
    const elsewhere = (await anOfflineCustomer(app, await aRetailer(app, { name: 'Another' }))).customer;
    const former = await anOfflineCustomer(app, grocer);
    await withdraw(former).expect(200);
    const used = (await anOfflineCustomer(app, grocer)).customer;
    const spent = await shown(used);
    await scan(spent);
    const nobody = learned(await scan('000000000000'));
    expect(nobody).toMatchObject({ status: 404, type: `${app.url}/problems/till-code-not-found` });
    for (const code of [
      await shown(stranger),
      await shown(elsewhere),
      await shown(former.customer),
      spent,
      'not a code',
      randomUUID(),
    ]) {
      expect(learned(await scan(code))).toEqual(nobody);
    }
    // Nor is it recorded anywhere that somebody showed a code to a retailer they have nothing to do with.
    for (const { key } of [stranger, elsewhere]) await expect(disclosed(app, key)).resolves.toEqual([]);
  });

  it('tells why nothing is given of somebody with consent, and records the refusal', async () => {
    const paused = await anOfflineCustomer(app, grocer);
    await command(paused, 'pause').expect(200);
    const onlyWeb = await anOfflineCustomer(app, grocer, { details: [{ ...live, touchpoints: ['web'] }] });
    const spent = await anOfflineCustomer(app, grocer, { max_reads_per_day: 1 });
    await scan(await shown(spent.customer));
    for (const [{ customer }, status, code] of [
      [paused, 403, 'consent-paused'],
      [onlyWeb, 403, 'outside-consent'],
      [spent, 429, 'daily-reads-spent'],
    ] as const) {
      const answer = await scan(await shown(customer));
      expect([answer.status, answer.body.type]).toEqual([status, `${app.url}/problems/${code}`]);
      expect((await disclosed(app, customer.key)).at(-1)).toMatchObject({ refused: code, touchpoint: 'till' });
    }
  });

  it('tells a till no more than the view of tills has room for', async () => {
    const modest = await aRetailer(app, { name: 'Modest', menu: null });
    const wanted = { ...live, attributes: ['size.footwear'] };
    const { customer } = await aConsent(app, { retailer: modest, details: [wanted] });
    const answer = await scan(await shown(customer), await tillsOf(app, modest));
    expect([answer.status, answer.body.type]).toEqual([403, `${app.url}/problems/outside-view`]);
  });

  it('tells nothing to clients that do not serve the till, and to suspended retailers, and stays good', async () => {
    const retailer = await aRetailer(app, { name: 'Closing down' });
    const { customer } = await anOfflineCustomer(app, retailer);
    const code = await shown(customer);
    const web = await tillsOf(app, { ...retailer, client: await aClient(app, retailer.id, { touchpoints: ['web'] }) });
    const refused = await scan(code, web);
    expect([refused.status, refused.body.type]).toEqual([403, `${app.url}/problems/till-not-served`]);
    const till = await tillsOf(app, retailer);
    await suspendRetailer(app, retailer);
    const suspended = await scan(code, till);
    expect([suspended.status, suspended.body.type]).toEqual([403, `${app.url}/problems/retailer-suspended`]);
    await expect(disclosed(app, customer.key)).resolves.toEqual([]);
  });

  it('is not used up by a question that says no purpose', async () => {
    const { customer } = await anOfflineCustomer(app, grocer);
    const code = await shown(customer);
    expect((await scan(code, tills, 'stage=shopping')).status).toBe(400);
    expect((await scan(code)).status).toBe(200);
  });

  it('may be made by a program that may read the preferences, and by no other', async () => {
    const customer = await aCustomer(app);
    const expires_at = new Date(app.clock.now().getTime() + 86_400_000).toISOString();
    const codeFor = async (scope: string) => {
      const { body } = await customer.api.post('/v1/me/tokens').send({ name: scope, scopes: [scope], expires_at });
      return app.http.post('/v1/me/till-codes').set('authorization', `Bearer ${body.token}`);
    };
    expect([(await codeFor('preferences.read')).status, (await codeFor('consents.read')).status]).toEqual([201, 403]);
  });
});

describe('what a till is answered', () => {
  const bytes = (body: unknown) => Buffer.byteLength(JSON.stringify(body));

  /** Somebody with sizes in many systems, and something that binds. */
  async function aRichCustomer() {
    const { customer } = await anOfflineCustomer(app, grocer);
    for (const [index, language] of languages.entries()) {
      await state(customer, 'language.spoken', {
        value: { language, level: 'fluent' },
        strength: 'want',
        weight: index + 1,
      });
    }
    await state(customer, 'size.footwear', { value: { system: 'EUROPE', size: '42.5' }, strength: 'must' });
    return customer;
  }
  const languages = [
    'en',
    'fr',
    'it',
    'es',
    'pt',
    'nl',
    'da',
    'sv',
    'fi',
    'pl',
    'cs',
    'hu',
    'ro',
    'bg',
    'el',
    'tr',
    'hr',
    'sl',
  ];

  it('is at most 2 KiB of a rich profile, with what binds and nothing by halves, and says that there is more', async () => {
    const customer = await aRichCustomer();
    const { status, body } = await scan(await shown(customer));
    expect([status, body.more]).toEqual([200, true]);
    expect(bytes(body)).toBeLessThanOrEqual(2_048);
    expect(body.preferences.map(({ attribute }: { attribute: string }) => attribute).toSorted()).toEqual([
      'receipt.delivery',
      'size.footwear',
    ]);
    // What was left out was not told, and is not recorded as if it had been.
    const [row] = await disclosed(app, customer.key);
    expect(row?.attributes.toSorted()).toEqual(['receipt.delivery', 'size.footwear']);
  });

  it('leads to all of it by the subject', async () => {
    const { body } = await scan(await shown(await aRichCustomer()));
    const question = { subjects: [body.subject], touchpoint: 'till', purpose: PURPOSE };
    const { body: whole } = await tills.fetch('POST', '/v1/preferences/lookup', question);
    expect(bytes(whole.results[0])).toBeGreaterThan(2_048);
    expect(whole.results[0].preferences.length).toBe(languages.length + 3);
  });
});

describe('guessing till codes', () => {
  let limited: TestApp;
  beforeAll(async () => {
    limited = await startApp({ config: { RATE_LIMITS: 'on' } });
  });
  afterAll(() => limited.stop());

  const uses = (name: CountedLimit, key: string) => {
    const hash = hmac(limited.get(Pepper).derive('rate limits'), `${name}:${key}`);
    return {
      count: async () => {
        const { rows } = await limited.db.query<{ count: number }>(
          'select coalesce(sum(count), 0)::int as count from rate_limits where key_hash = $1',
          [hash],
        );
        return rows[0]!.count;
      },
      /** As if they had gone on for a while. */
      become: (count: number) =>
        limited.db.query('update rate_limits set count = $2 where key_hash = $1', [hash, count]),
    };
  };

  const clientOf = async (retailer: TestRetailer) =>
    ({ ...retailer, client: await aClient(limited, retailer.id) }) satisfies TestRetailer;
  const isLimited = ({ status, body, headers }: JsonAnswer) => {
    expect([status, body.type]).toEqual([429, `${limited.url}/problems/rate-limited`]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  };

  it('costs the same for somebody who has given no consent as for nobody, and nothing where there is one', async () => {
    const retailer = await aRetailer(limited);
    const till = await tillsOf(limited, retailer);
    const consenting = await anOfflineCustomer(limited, retailer);
    const paused = await anOfflineCustomer(limited, retailer);
    await command(paused, 'pause').expect(200);
    const former = await anOfflineCustomer(limited, retailer);
    await withdraw(former).expect(200);
    const stranger = await aCustomer(limited);
    const counted = [uses('till-code', retailer.client.id), uses('till-code-anywhere', retailer.id)];
    const costs = async (code: string, expected: number) => {
      const before = await Promise.all(counted.map(({ count }) => count()));
      const { status } = await scan(code, till);
      const after = await Promise.all(counted.map(({ count }) => count()));
      expect([status, ...after.map((count, index) => count - before[index]!)]).toEqual([expected, ...cost(expected)]);
    };
    const cost = (status: number) => (status === 404 ? [1, 1] : [0, 0]);
    await costs('000000000000', 404);
    await costs(await shown(stranger), 404);
    await costs(await shown(former.customer), 404);
    await costs(await shown(consenting.customer), 200);
    await costs(await shown(paused.customer), 403);
  });

  it('is answered alike by a suspended retailer’s tills, whether or not somebody has the code', async () => {
    const retailer = await aRetailer(limited, { name: 'Closed' });
    const till = await tillsOf(limited, retailer);
    const code = await shown(await aCustomer(limited));
    await suspendRetailer(limited, retailer);
    const [known, unknown] = [await scan(code, till), await scan('000000000000', till)];
    expect(known.body.type).toBe(`${limited.url}/problems/retailer-suspended`);
    expect(learned(unknown)).toEqual(learned(known));
  });

  it('ends after so many for a client, and not for the others of its retailer', async () => {
    const retailer = await aRetailer(limited);
    const [faulty, other] = [await tillsOf(limited, retailer), await tillsOf(limited, await clientOf(retailer))];
    expect((await scan('000000000000', faulty)).status).toBe(404);
    await uses('till-code', retailer.client.id).become(600);
    isLimited(await scan('000000000001', faulty));
    const { customer } = await anOfflineCustomer(limited, retailer);
    expect((await scan(await shown(customer), other)).status).toBe(200);
  });

  it('ends after so many for all clients of the retailer', async () => {
    const retailer = await aRetailer(limited);
    const [one, other] = [await tillsOf(limited, retailer), await tillsOf(limited, await clientOf(retailer))];
    expect((await scan('000000000000', one)).status).toBe(404);
    await uses('till-code-anywhere', retailer.id).become(3_000);
    isLimited(await scan('000000000001', other));
  });
});

describe('the page with the till code', () => {
  /** Somebody who opens it, and signs in on the way. */
  async function atPage({ email, password }: TestCustomer, language = 'en') {
    const browser = new Browser(app.url, { 'accept-language': language });
    const door = await browser.follow(await browser.get('/account/till-code'));
    return { browser, page: await browser.follow(await browser.submit(door, 'sign-in', { email, password })) };
  }
  const digitsOn = ({ body }: PageAnswer) => /class="digits">([\d ]+)</.exec(body)?.[1] ?? '';

  it('shows digits, and the same as a QR code, with which a till reads', async () => {
    const { customer } = await anOfflineCustomer(app, grocer);
    const { page } = await atPage(customer);
    const digits = digitsOn(page);
    expect(digits).toMatch(/^\d{4} \d{4} \d{4}$/);
    const { data } = encode(digits.replaceAll(' ', ''), { ecc: 'M', border: 4 });
    const [, path = ''] = /<path class="dark" d="([^"]+)"/.exec(page.body) ?? [];
    const dark = new Set([...path.matchAll(/M(\d+) (\d+)/g)].map(([, x, y]) => `${x} ${y}`));
    expect(data.every((row, y) => row.every((module, x) => module === dark.has(`${x} ${y}`)))).toBe(true);
    expect((await scan(digits)).status).toBe(200);
  });

  it('shows another one whenever it is opened, which ends the one before', async () => {
    const { customer } = await anOfflineCustomer(app, grocer);
    const { browser, page } = await atPage(customer);
    const again = await browser.get('/account/till-code');
    expect((await scan(digitsOn(page))).status).toBe(404);
    expect((await scan(digitsOn(again))).status).toBe(200);
  });

  it('runs no script, is kept by no browser, and speaks German, too', async () => {
    const { page } = await atPage(await aCustomer(app), 'de');
    expect(page.body).toContain('Kassencode');
    expect(page.body).not.toContain('<script');
    expect(page.headers.get('cache-control')).toBe('no-store');
  });
});
