import { randomUUID } from 'node:crypto';

import fc from 'fast-check';

import type { JsonObject, JsonValue } from '../src/platform/json.js';
import { startApp, type TestApp } from './support/app.js';
import { reading, reporting } from './support/consents.js';
import { contentsOf } from './support/contents.js';
import { damage } from './support/damage.js';
import { aLife, type Life, shops } from './support/lives.js';
import { dpopProof, type RetailerAccess, retailerToken } from './support/oauth.js';
import { allowSubstitution } from './support/rules.js';
import { lookedAt } from './support/suggestions.js';

/** A write that would succeed, but for what a test does to it. */
interface Write {
  readonly method: string;
  readonly path: string;
  readonly sound: () => JsonObject;
  readonly token?: string;
  readonly asRetailer?: RetailerAccess;
  /** Where the version is read that it replaces. */
  readonly replaces?: string;
}

interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
}

const names = [
  'registering',
  'recording a preference',
  'revising a preference',
  'asking for a consent',
  'approving a request',
  'withdrawing a consent',
  'changing a rule',
  'reporting an interaction',
] as const;

let app: TestApp;
let mira: Life;
let writes: Record<(typeof names)[number], Write>;
beforeAll(async () => {
  app = await startApp();
  const both = await shops(app);
  mira = await aLife(app, both);
  const { customer, preferenceId, openRequest, ruleId, till, tailoring } = mira;
  const preference = `/v1/me/preferences/${preferenceId}`;
  const { token } = customer;
  const asking = await retailerToken(app, both.grocer, { scope: 'consents.read consents.request' });
  const size = { value: { system: 'EUROPE', size: '40' }, strength: 'want', applies_to: { level: 'everyone' } };
  const request = {
    customer: { email: customer.email },
    authorization_details: [reading, reporting],
    message: 'Hello',
  };
  const [line] = openRequest.body.authorization_details as { id: string }[];
  writes = {
    registering: {
      method: 'POST',
      path: '/v1/customers',
      sound: () => ({ email: `${randomUUID()}@example.org`, password: 'three geese over the canal', language: 'de' }),
    },
    'recording a preference': {
      method: 'POST',
      path: '/v1/me/preferences',
      token,
      sound: () => ({
        attribute: 'brand.affinity',
        value: { brand: randomUUID() },
        strength: 'want',
        weight: 50,
        applies_to: { level: 'sector', sector: 'grocery' },
        context: { touchpoint: ['web'], time: { time_zone: 'Europe/Berlin', from: '21:00', to: '08:00' } },
        valid_until: '2099-01-01T00:00:00Z',
      }),
    },
    'revising a preference': {
      method: 'PUT',
      path: preference,
      replaces: preference,
      token,
      sound: () => size,
    },
    'asking for a consent': {
      method: 'POST',
      path: '/v1/consent-requests',
      asRetailer: asking,
      sound: () => request,
    },
    'approving a request': {
      method: 'POST',
      path: `/v1/me/consent-requests/${openRequest.id}/approve`,
      token,
      sound: () => ({ items: [{ id: line?.id ?? '', touchpoints: ['till'] }], expires_at: inDays(30) }),
    },
    'withdrawing a consent': {
      method: 'POST',
      path: `/v1/me/consents/${till.consentId}/withdraw`,
      token,
      sound: () => ({ reported_data: 'keep' }),
    },
    'changing a rule': {
      method: 'PUT',
      path: `/v1/me/rules/${ruleId}`,
      replaces: `/v1/me/rules/${ruleId}`,
      token,
      sound: () => ({ ...allowSubstitution, lifetime_days: 30 }),
    },
    'reporting an interaction': {
      method: 'POST',
      path: '/v1/interactions',
      asRetailer: tailoring.tills,
      sound: () => tailoring.sale(),
    },
  };
});
afterAll(() => app.stop());

const inDays = (days: number) => new Date(app.clock.now().getTime() + days * 86_400_000).toISOString();

async function send(write: Write, body: string | Buffer, contentType = 'application/json'): Promise<Answer> {
  const { method, path, token, asRetailer, replaces } = write;
  const ifMatch = replaces && (await mira.customer.api.get(replaces).expect(200)).headers['etag'];
  const response = await fetch(app.url + path, {
    method,
    headers: {
      'content-type': contentType,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(ifMatch && { 'if-match': ifMatch }),
      ...(asRetailer && (await boundTo(asRetailer, method, path))),
    },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  const text = await response.text();
  const { type = '', detail = '', errors = [] } = JSON.parse(text) as { type?: string; detail?: string; errors?: [] };
  const code = type.split('/').at(-1) ?? '';
  return { status: response.status, contentType: response.headers.get('content-type'), code, detail, errors };
}

async function boundTo({ accessToken, key }: RetailerAccess, htm: string, path: string) {
  const proof = await dpopProof(key, { htm, htu: app.url + path, token: accessToken, now: app.clock.now() });
  return { authorization: `DPoP ${accessToken}`, dpop: proof };
}

const sendJson = (write: Write, body: JsonValue) => send(write, JSON.stringify(body));

/** The sound body with a member before all others. */
const withMember = ({ sound }: Write, member: string) => `{${member},${JSON.stringify(sound()).slice(1)}`;

describe.each(names)('%s', (name) => {
  const deep = `${'['.repeat(200)}1${']'.repeat(200)}`;
  const attacks: [string, (write: Write) => Promise<Answer>, number, string][] = [
    ['10 MB', (write) => send(write, withMember(write, `"x":"${'x'.repeat(10 * 2 ** 20)}"`)), 413, 'body-too-large'],
    ['200 deep JSON', (write) => send(write, withMember(write, `"x":${deep}`)), 400, 'malformed-json'],
    [
      'bytes that are not UTF-8',
      (write) => send(write, Buffer.from(withMember(write, '"x":"\u00ff"'), 'latin1')),
      400,
      'malformed-json',
    ],
    ['a NUL', (write) => send(write, withMember(write, '"x":"a\\u0000b"')), 400, 'malformed-json'],
    ['half a character', (write) => send(write, withMember(write, '"x":"\\ud800"')), 400, 'malformed-json'],
    ['a prototype', (write) => send(write, withMember(write, '"__proto__":{"admin":true}')), 400, 'malformed-json'],
    [
      'a constructor',
      (write) => send(write, withMember(write, '"constructor":{"prototype":{}}')),
      400,
      'malformed-json',
    ],
    [
      'a member twice',
      (write) => {
        const [first] = Object.entries(write.sound());
        return send(write, withMember(write, `${JSON.stringify(first?.[0])}:${JSON.stringify(first?.[1])}`));
      },
      400,
      'malformed-json',
    ],
    ['half a body', (write) => send(write, JSON.stringify(write.sound()).slice(0, -3)), 400, 'malformed-json'],
    ['a text', (write) => send(write, JSON.stringify(write.sound()), 'text/plain'), 415, 'unsupported-media-type'],
  ];

  it.each(attacks)('with %s is refused with the reason, and leaves nothing behind', async (_, attack, status, code) => {
    const before = await contentsOf(app.db);
    const answer = await attack(writes[name]);
    expect(answer).toMatchObject({ status, code, contentType: expect.stringMatching(/^application\/problem\+json/) });
    expect(answer.detail).not.toBe('');
    await expect(contentsOf(app.db)).resolves.toEqual(before);
  });
});

describe('a request that says something wrong', () => {
  type Case = [string, (typeof names)[number], (sound: JsonObject) => JsonObject, string[]];
  const sale =
    (change: JsonObject) =>
    (sound: JsonObject): JsonObject => ({
      ...sound,
      data: { ...(sound['data'] as JsonObject), ...change },
    });
  const line = (change: JsonObject) =>
    sale({ lines: [{ product: { scheme: 'retailer', code: 'A' }, quantity: '1', ...change }] });
  const detail = (change: JsonObject) => (sound: JsonObject) => ({
    ...sound,
    authorization_details: [{ ...reading, ...change }],
  });

  it.each<Case>([
    [
      'an unknown attribute',
      'recording a preference',
      (sound) => ({ ...sound, attribute: 'brand.hate' }),
      ['/attribute'],
    ],
    [
      'a value of the wrong type',
      'recording a preference',
      (sound) => ({ ...sound, value: { brand: 7 } }),
      ['/value/brand'],
    ],
    ['a member of nothing', 'recording a preference', (sound) => ({ ...sound, colour: 'red' }), ['/colour']],
    [
      'a list in the place of an object',
      'recording a preference',
      (sound) => ({ ...sound, applies_to: [null] }),
      ['/applies_to'],
    ],
    [
      'an unknown system of sizes',
      'revising a preference',
      (sound) => ({ ...sound, value: { system: 'MARS', size: '9' } }),
      ['/value/system'],
    ],
    [
      'another attribute',
      'revising a preference',
      (sound) => ({ ...sound, attribute: 'size.apparel' }),
      ['/attribute'],
    ],
    ['an unknown currency', 'reporting an interaction', sale({ currency: 'EUX' }), ['/data/currency']],
    ['an unknown unit', 'reporting an interaction', line({ unit: 'FURLONG' }), ['/data/lines/0/unit']],
    ['a quantity as a number', 'reporting an interaction', line({ quantity: 1 }), ['/data/lines/0/quantity']],
    ['half a penny', 'reporting an interaction', sale({ total: 0.5 }), ['/data/total']],
    ['the name of a cashier', 'reporting an interaction', sale({ cashier: 'Jo' }), ['/data/cashier']],
    [
      'an unknown kind of event',
      'reporting an interaction',
      (sound) => ({ ...sound, type: 'org.example.sneezed' }),
      ['/type'],
    ],
    [
      'an unknown attribute',
      'asking for a consent',
      detail({ attributes: ['size.hat'] }),
      ['/authorization_details/0/attributes/0'],
    ],
    [
      'an unknown purpose',
      'asking for a consent',
      detail({ purposes: ['dpv:Fun'] }),
      ['/authorization_details/0/purposes/0'],
    ],
    ['a member of nothing', 'asking for a consent', detail({ colour: 'red' }), ['/authorization_details/0/colour']],
    [
      'both ways to name somebody',
      'asking for a consent',
      (sound) => ({ ...sound, customer: { email: 'a@example.org', subject: 'x' } }),
      ['/customer'],
    ],
    [
      'a time that is an object',
      'approving a request',
      (sound) => ({ ...sound, expires_at: { toString: 1 } }),
      ['/expires_at'],
    ],
    [
      'a line that was not asked for',
      'approving a request',
      (sound) => ({ ...sound, items: [{ id: randomUUID() }] }),
      ['/items/0/id'],
    ],
    [
      'an end that has passed',
      'approving a request',
      (sound) => ({ ...sound, expires_at: inDays(-1) }),
      ['/expires_at'],
    ],
    [
      'what is neither kept nor deleted',
      'withdrawing a consent',
      () => ({ reported_data: 'burn' }),
      ['/reported_data'],
    ],
    [
      'a password as a list',
      'registering',
      (sound) => ({ ...sound, password: ['three geese over the canal'] }),
      ['/password'],
    ],
  ])('such as %s, when %s, is told where, and leaves nothing behind', async (_, name, change, pointers) => {
    const write = writes[name];
    const before = await contentsOf(app.db);
    const answer = await sendJson(write, change(write.sound()));
    expect({ status: answer.status, pointers: answer.errors.map(({ pointer }) => pointer) }).toEqual({
      status: name === 'reporting an interaction' ? 422 : 400, // an event is judged by itself, as in a batch
      pointers,
    });
    await expect(contentsOf(app.db)).resolves.toEqual(before);
  });

  it('in one event of a batch costs only that event', async () => {
    const write = writes['reporting an interaction'];
    const good = Array.from({ length: 99 }, () => write.sound());
    const bad = line({ unit: 'FURLONG' })(write.sound());
    await lookedAt(app);
    const before = await contentsOf(app.db);
    const { body } = await mira.tailoring.tills.fetch('POST', '/v1/interactions', good.toSpliced(41, 0, bad));
    expect(body).toMatchObject({ stored: 99, rejected: 1 });
    expect(body.results[41]).toMatchObject({ index: 41, outcome: 'rejected', code: 'invalid-event' });
    await lookedAt(app);
    const after = await contentsOf(app.db);
    const added = Object.entries(after).flatMap(([table, rows]) => {
      const count = rows.length - (before[table]?.length ?? 0);
      return count === 0 ? [] : [`${table} ${count}`];
    });
    expect(added.toSorted()).toEqual(['interaction_keys 99', 'interactions 99', 'log 1', 'outbox_events 1']);
    expect(after['interactions']?.join()).not.toContain(bad['id']);
  });

  it('about a subject that nobody has is refused like one about somebody without a consent', async () => {
    const write = writes['reporting an interaction'];
    await lookedAt(app);
    const before = await contentsOf(app.db);
    const answers = [
      'nobody',
      '',
      `p1${'A'.repeat(22)}`,
      randomUUID(),
      mira.customer.customerId,
      mira.till.subject,
    ].map((subject) => sendJson(write, { ...write.sound(), subject }));
    for (const { status } of await Promise.all(answers)) expect([403, 422]).toContain(status);
    await expect(contentsOf(app.db)).resolves.toEqual(before);
  });
});

// Last, since what is accepted all the same changes what the other tests begin with.
describe('anything in the place of anything', () => {
  it.each(names)('when %s, is never our fault', async (name) => {
    const write = writes[name];
    const spoilt = fc.asyncProperty(damage, async (spoil) => {
      const body = spoil(write.sound());
      const { status, detail } = await sendJson(write, body);
      const isExplained = status < 400 || (status < 500 && detail !== '');
      if (!isExplained) throw new Error(`${status} for ${JSON.stringify(body)}`);
    });
    await expect(fc.assert(spoilt, { numRuns: 60 })).resolves.toBeUndefined();
  });
});
