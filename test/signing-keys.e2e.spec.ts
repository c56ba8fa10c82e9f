import { compactVerify, createLocalJWKSet, SignJWT } from 'jose';

import type { SigningKeyDto } from '../src/authorization/keys.dto.js';
import { Clock } from '../src/platform/clock.js';
import { Kek } from '../src/platform/crypto/kek.js';
import { privateKeyOf } from '../src/platform/crypto/key-pair.js';
import { SigningKey, type SigningKeyStatus, type SigningKeyUse } from '../src/platform/crypto/signing-key.entity.js';
import { SigningKeys } from '../src/platform/crypto/signing-keys.js';
import { WrappedKeys } from '../src/platform/crypto/wrapped-keys.js';
import { Database } from '../src/platform/database/database.js';
import { aCustomer, anOperator, type TestStaff } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { kidOf, kidsAt, publishedKeys, ripenNextKey, rotateKeys } from './support/keys.js';
import {
  accessOf,
  claimsOf,
  consentToken,
  dpopFetch,
  refresh,
  type RetailerAccess,
  retailerToken,
} from './support/oauth.js';
import { race, statusesOf } from './support/race.js';
import { audited } from './support/records.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let operator: TestStaff;
let grocer: TestRetailer;
beforeAll(async () => {
  app = await startApp();
  grocer = await aRetailer(app);
});
// Some tests let months pass, which no session outlives.
beforeEach(async () => {
  operator = await anOperator(app);
});
afterEach(() => app.clock.set(new Date()));
afterAll(() => app.stop());

const list = async (use: SigningKeyUse): Promise<SigningKeyDto[]> =>
  (await operator.api.get('/v1/admin/keys?limit=200').expect(200)).body.items.filter(
    (key: SigningKeyDto) => key.use === use,
  );
const kidsOf = async (use: SigningKeyUse): Promise<string[]> => (await list(use)).map(({ kid }) => kid);
const kidBy = async (use: SigningKeyUse, status: SigningKeyStatus): Promise<string> =>
  String((await list(use)).find((key) => key.status === status)?.kid);
const emergency = (use: SigningKeyUse) =>
  operator.api.post('/v1/admin/keys/rotate').send({ use, emergency: true }).expect(200);
const readPreferences = (access: Pick<RetailerAccess, 'fetch'>) =>
  access.fetch('GET', '/v1/preferences?touchpoint=till&stage=shopping');
const receipt = () => app.get(SigningKeys).signReceipt({ event: 'given' });
const verify = async (jws: string) =>
  compactVerify(jws, createLocalJWKSet({ keys: [...(await publishedKeys(app.url))] }));

describe('the keys that verify tokens', () => {
  const at = new Date();
  class StoppedClock extends Clock {
    ahead = 0;
    override now(): Date {
      return new Date(at.getTime() + this.ahead);
    }
  }
  /** As a process has them that has just started. */
  const freshKeys = (clock = new StoppedClock()) => {
    const kek = app.get(Kek);
    return new SigningKeys(app.get(Database), kek, clock, new WrappedKeys(kek));
  };

  it('are there for every one of many tokens that come at once, right after the start', async () => {
    const kid = await kidBy('token', 'current');
    const keys = freshKeys();
    const found = await Promise.all([1, 2, 3].map(() => keys.verificationKey(kid)));
    expect(found).not.toContain(undefined);
  });

  it('are looked for again when a token names another one, though not for every forged token', async () => {
    const clock = new StoppedClock();
    const keys = freshKeys(clock);
    await expect(keys.verificationKey('forged')).resolves.toBeUndefined();
    const { current } = (await emergency('token')).body;
    await expect(keys.verificationKey(current.kid)).resolves.toBeUndefined();
    clock.ahead = 1_000;
    await expect(keys.verificationKey(current.kid)).resolves.toBeDefined();
  });

  it('are looked for at once when they could not be read before', async () => {
    const kid = await kidBy('token', 'current');
    const keys = freshKeys();
    await app.db.query('revoke select on signing_keys from ccx_app');
    await expect(keys.verificationKey(kid)).rejects.toThrow('permission denied');
    await app.db.query('grant select on signing_keys to ccx_app');
    await expect(keys.verificationKey(kid)).resolves.toBeDefined();
  });

  it('are never those of receipts', async () => {
    const access = await retailerToken(app, grocer);
    const key = await app.get(Database).reader.findOneByOrFail(SigningKey, { use: 'receipt', status: 'current' });
    const forged = await new SignJWT(claimsOf(access.accessToken))
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid })
      .sign(privateKeyOf(key, app.get(Kek)));
    const answer = await dpopFetch(app, { ...access, accessToken: forged }, 'GET', '/v1/retailer');
    expect(answer.status).toBe(401);
    expect(await kidsAt(app.url)).toContain(key.kid);
  });

  it('are made once, however many processes start at the same moment on an empty database', async () => {
    await app.db.query('delete from signing_keys');
    const started = [1, 2, 3].map(() => freshKeys());
    await Promise.all(started.map((keys) => keys.onModuleInit()));
    await Promise.all(started.map((keys) => keys.onModuleDestroy()));
    await app.get(SigningKeys).refresh();
    for (const use of ['token', 'receipt'] as const) {
      expect((await list(use)).map(({ status }) => status).sort()).toEqual(['current', 'next']);
    }
  });
});

describe('a rotation', () => {
  it('lets the next key sign, publishes another one, and leaves what was signed before good', async () => {
    const customer = await aCustomer(app);
    const before = await consentToken(app, grocer, customer);
    const next = await kidBy('token', 'next');
    expect(await rotateKeys(app, operator, 'token')).toBe(next);

    const { body } = await refresh(app, grocer.client, before.refreshToken ?? '');
    expect(kidOf(body.access_token)).toBe(next);
    for (const access of [before, accessOf(app, grocer.client, body)]) {
      expect((await readPreferences(access)).status).toBe(200);
    }
    const old = kidOf(before.accessToken);
    expect(await kidsAt(app.url)).toEqual(expect.arrayContaining([next, await kidBy('token', 'next'), old]));
  });

  it('keeps a retired token key published for as long as its tokens live, and no longer', async () => {
    const old = await kidBy('token', 'current');
    await rotateKeys(app, operator, 'token');
    app.clock.advance({ minutes: 59 });
    expect(await kidsAt(app.url)).toContain(old);
    app.clock.advance({ minutes: 1 });
    expect(await kidsAt(app.url)).not.toContain(old);
  });

  it('keeps receipts verifiable with the published keys for ever', async () => {
    const before = await receipt();
    const current = await rotateKeys(app, operator, 'receipt');
    const after = await receipt();
    expect(kidOf(after)).toBe(current);
    app.clock.advance({ days: 4000 });
    for (const jws of [before, after]) {
      const { payload, protectedHeader } = await verify(jws);
      expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({ event: 'given' });
      expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'consent-receipt+jwt', kid: kidOf(jws) });
    }
  });

  it('waits until everybody can know the next key, and says until when', async () => {
    await rotateKeys(app, operator, 'token');
    const next = (await list('token')).find(({ status }) => status === 'next');
    const ask = () => operator.api.post('/v1/admin/keys/rotate').send({ use: 'token' });
    const { body } = await ask().expect(409);
    expect(body).toMatchObject({ retryable: true, usable_from: next?.usable_from });
    expect(body.type).toMatch(/signing-key-too-new$/);
    app.clock.set(new Date(String(next?.usable_from)));
    await ask().expect(200);
  });

  it('happens once when two operators ask for it at the same moment', async () => {
    await ripenNextKey(app, 'receipt');
    const ask = () => operator.api.post('/v1/admin/keys/rotate').send({ use: 'receipt' });
    const held = { use: 'receipt', status: 'current' };
    expect(statusesOf(await race(app.db, 'signing_keys', held, [ask, ask]))).toEqual([200, 409]);
  });

  it('is in the log and announced, with who did it', async () => {
    const current = await rotateKeys(app, operator, 'receipt');
    const data = { use: 'receipt', emergency: false, current, next: await kidBy('receipt', 'next') };
    const entries = await audited(app, null);
    expect(entries.filter(({ type }) => type === 'signing-key.rotated').at(-1)).toMatchObject({
      actor: { kind: 'operator', id: operator.staffId },
      data,
    });
    const { rows } = await app.db.query(`select data from outbox_events where subject = $1`, [current]);
    expect(rows).toEqual([{ data: expect.objectContaining(data) }]);
  });

  it('needs to be told what for', async () => {
    for (const body of [{}, { use: 'both' }, { use: 'token', emergency: 'yes' }]) {
      await operator.api.post('/v1/admin/keys/rotate').send(body).expect(400);
    }
  });
});

describe('in an emergency, a rotation', () => {
  it('has all tokens refused that could be forged, and leaves refresh tokens', async () => {
    const access = await consentToken(app, grocer, await aCustomer(app));
    await rotateKeys(app, operator, 'token');
    expect((await readPreferences(access)).status).toBe(200);
    const { current, next } = (await emergency('token')).body;

    expect((await readPreferences(access)).status).toBe(401);
    const { body } = await refresh(app, grocer.client, access.refreshToken ?? '');
    expect(kidOf(body.access_token)).toBe(current.kid);
    expect((await readPreferences(accessOf(app, grocer.client, body))).status).toBe(200);
    const all = await kidsOf('token');
    const published = (await kidsAt(app.url)).filter((kid) => all.includes(kid));
    expect(published).toEqual([current.kid, next.kid]);
  });

  it('publishes which keys of receipts prove nothing by themselves any more', async () => {
    const before = await receipt();
    const { current, ended } = (await emergency('receipt')).body;
    expect(ended.map(({ kid }: SigningKeyDto) => kid)).toContain(kidOf(before));
    const revoked = (await publishedKeys(app.url)).find(({ kid }) => kid === kidOf(before))?.revoked;
    expect(revoked).toEqual({ revoked_at: expect.any(Number), reason: 'compromised' });
    await expect(verify(before)).resolves.toBeDefined();
    expect(kidOf(await receipt())).toBe(current.kid);
  });
});

describe('keys that are old', () => {
  const inUse = async () => {
    const { rows } = await app.db.query<{ kid: string }>(
      `select kid from signing_keys where status = 'current' order by use`,
    );
    return rows.map(({ kid }) => kid);
  };
  const canStillSign = async (kid: string | undefined) => {
    const { rows } = await app.db.query('select private_wrapped is not null as can from signing_keys where kid = $1', [
      kid,
    ]);
    return rows[0]?.can as boolean;
  };

  it('are replaced by themselves, those of tokens sooner than those of receipts', async () => {
    const receipts = (await emergency('receipt')).body.current.kid;
    const tokens = (await emergency('token')).body.current.kid;
    app.clock.advance({ days: 89 });
    await app.runJob('signing-keys.rotate');
    expect(await inUse()).toEqual([receipts, tokens]);
    app.clock.advance({ days: 1 });
    await app.runJob('signing-keys.rotate');
    expect(await inUse()).toEqual([receipts, expect.not.stringMatching(tokens)]);
    app.clock.advance({ days: 275 });
    await app.runJob('signing-keys.rotate');
    expect(await inUse()).not.toContain(receipts);
  });

  it('lose their private part: as soon as they are revoked, or when no token needs them any more', async () => {
    const { ended } = (await emergency('receipt')).body;
    for (const { kid } of ended) expect(await canStillSign(kid)).toBe(false);
    const tokens = await kidBy('token', 'current');
    await rotateKeys(app, operator, 'token');
    await app.runJob('signing-keys.rotate');
    expect(await canStillSign(tokens)).toBe(true);
    app.clock.advance({ hours: 2 });
    await app.runJob('signing-keys.rotate');
    expect(await canStillSign(tokens)).toBe(false);
  });
});

describe('the list of keys', () => {
  it('comes in pages, newest first', async () => {
    const first = (await operator.api.get('/v1/admin/keys?limit=1').expect(200)).body;
    const rest = (await operator.api.get(`/v1/admin/keys?cursor=${first.next_cursor}`).expect(200)).body;
    const times = [...first.items, ...rest.items].map(({ created_at }: SigningKeyDto) => created_at);
    expect(times.length).toBeGreaterThan(3);
    expect(times).toEqual(times.toSorted().reverse());
    await operator.api.get('/v1/admin/keys?cursor=nonsense').expect(400);
  });
});
