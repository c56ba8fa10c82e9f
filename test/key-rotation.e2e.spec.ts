import { compactVerify, createLocalJWKSet, jwtVerify } from 'jose';

import { SigningKeys } from '../src/platform/crypto/signing-keys.js';
import { aCustomer, anOperator } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { eventually } from './support/eventually.js';
import { kidOf, kidsAt, publishedKeys, rotateKeys } from './support/keys.js';
import {
  type ConsentAccess,
  consentToken,
  dpopFetch,
  type JsonAnswer,
  post,
  refresh,
  tokenRequest,
} from './support/oauth.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';
import { type SecondProcess, startSecondProcess } from './support/second-process.js';

jest.setTimeout(120_000);

let app: TestApp;
let second: SecondProcess;
let grocer: TestRetailer;
beforeAll(async () => {
  app = await startApp({ config: { OAUTH_PROFILE: 'strict' } });
  second = await startSecondProcess(app);
  grocer = await aRetailer(app);
}, 120_000);
afterAll(async () => {
  await second.stop();
  await app.stop();
});

const CALLERS = 4;
const ROTATIONS = 3;
const PATIENCE_MS = 30_000;
const reading = '/v1/preferences?touchpoint=till&stage=shopping';
const origins = () => [app.url, second.origin];

/** Everything that clients do with tokens, at both processes in turn, until it is told to stop. */
class Caller {
  readonly refused: string[] = [];
  /** The latest token of each key. */
  readonly tokens = new Map<string, string>();
  answered = 0;
  private stopping = false;
  readonly done: Promise<void>;

  constructor(private readonly access: ConsentAccess) {
    this.tokens.set(kidOf(access.accessToken), access.accessToken);
    this.done = this.run();
  }

  stop(): Promise<void> {
    this.stopping = true;
    return this.done;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      for (const [origin, other] of [origins(), origins().reverse()] as [string, string][])
        await this.round(origin, other);
    }
  }

  private async round(origin: string, other: string): Promise<void> {
    const { client, refreshToken = '' } = this.access;
    const own = await this.check('token', tokenRequest(app, client, { grant_type: 'client_credentials' }, { origin }));
    await this.call(other, 'GET', '/v1/retailer', own.body.access_token);
    const { body } = await this.check('refresh', refresh(app, client, refreshToken, { origin }));
    this.tokens.set(kidOf(body.access_token), body.access_token);
    for (const token of this.tokens.values()) {
      await this.call(other, 'GET', reading, token);
      const asked = post(app, client, '/oauth/introspect', { token }, false, { origin });
      const { active } = (await this.check('introspection', asked)).body;
      if (active !== true) this.refused.push(`introspection: not active at ${origin}`);
    }
  }

  private call(origin: string, method: string, path: string, accessToken: string): Promise<JsonAnswer> {
    return this.check(path, dpopFetch(app, { ...this.access, accessToken }, method, path, { origin }));
  }

  private async check(what: string, answer: Promise<JsonAnswer>): Promise<JsonAnswer> {
    const { status, headers, body } = await answer;
    this.answered++;
    if (status !== 200) this.refused.push(`${what}: ${status} ${JSON.stringify(body)}`);
    return { status, headers, body };
  }
}

/** Customers who sign in and consent, one after the other, until there are no more. Answers what went wrong. */
async function consents(goOn: () => boolean): Promise<string[]> {
  const refused: string[] = [];
  while (goOn()) {
    const customer = await aCustomer(app);
    await consentToken(app, grocer, customer).catch((error: unknown) => refused.push(String(error)));
  }
  return refused;
}

describe('while two processes are under load', () => {
  it('keys rotate, and no request fails', async () => {
    const operator = await anOperator(app);
    const receipts = [await app.get(SigningKeys).signReceipt({ round: 0 })];
    const callers = await Promise.all(
      Array.from({ length: CALLERS }, async () => new Caller(await consentToken(app, grocer, await aCustomer(app)))),
    );
    let rotating = true;
    const consenting = consents(() => rotating);
    try {
      for (let round = 1; round <= ROTATIONS; round++) {
        const current = await rotateKeys(app, operator, 'token');
        await rotateKeys(app, operator, 'receipt');
        receipts.push(await app.get(SigningKeys).signReceipt({ round }));
        // Both sign with the new key within seconds, and have published the one after it.
        await eventually(() => expect(callers.filter(({ tokens }) => !tokens.has(current))).toEqual([]), PATIENCE_MS);
        await eventually(async () => expect(await kidsAt(second.origin)).toEqual(await kidsAt(app.url)), PATIENCE_MS);
      }
    } finally {
      rotating = false;
      await Promise.all(callers.map((caller) => caller.stop()));
    }
    expect(await consenting).toEqual([]);
    expect(callers.flatMap(({ refused }) => refused)).toEqual([]);
    for (const { tokens, answered } of callers) {
      expect(tokens.size).toBe(ROTATIONS + 1);
      expect(answered).toBeGreaterThan(20);
    }
    for (const origin of origins()) {
      const keys = createLocalJWKSet({ keys: [...(await publishedKeys(origin))] });
      for (const jws of receipts) await expect(compactVerify(jws, keys)).resolves.toBeDefined();
      for (const token of callers[0]?.tokens.values() ?? []) {
        await expect(jwtVerify(token, keys, { issuer: app.url })).resolves.toBeDefined();
      }
    }
  });

  it('keys that may have leaked are believed nowhere within seconds', async () => {
    const operator = await anOperator(app);
    const access = await consentToken(app, grocer, await aCustomer(app));
    const read = (origin: string, accessToken = access.accessToken) =>
      dpopFetch(app, { ...access, accessToken }, 'GET', reading, { origin });
    for (const origin of origins()) expect((await read(origin)).status).toBe(200);
    await operator.api.post('/v1/admin/keys/rotate').send({ use: 'token', emergency: true }).expect(200);
    for (const origin of origins()) {
      await eventually(async () => expect((await read(origin)).status).toBe(401));
      expect(await kidsAt(origin)).not.toContain(kidOf(access.accessToken));
      const { body } = await refresh(app, grocer.client, access.refreshToken ?? '', { origin });
      for (const reader of origins()) {
        await eventually(async () => expect((await read(reader, body.access_token)).status).toBe(200));
      }
    }
  });
});
