import { SigningKeys } from '../src/authorization/signing-keys.js';
import { Kek } from '../src/platform/crypto/kek.js';
import { Database } from '../src/platform/database/database.js';
import { startApp, type TestApp } from './support/app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

/** As a process has them that has just started. */
const freshKeys = () => new SigningKeys(app.get(Database), app.get(Kek), app.clock);

describe('the keys that verify tokens', () => {
  it('are there for every one of many tokens that come at once, right after the start', async () => {
    const { kid } = (await app.http.get('/oauth/jwks').expect(200)).body.keys[0];
    const keys = freshKeys();
    const found = await Promise.all([1, 2, 3].map(() => keys.verificationKey(kid)));
    expect(found).not.toContain(undefined);
  });

  it('are looked for again, after a while, when a token names another one', async () => {
    const keys = freshKeys();
    await expect(keys.verificationKey('forged')).resolves.toBeUndefined();
    await app.db.query(
      `update signing_keys set kid = 'renamed', public_jwk = jsonb_set(public_jwk, '{kid}', '"renamed"')
        where status = 'next'`,
    );
    await expect(keys.verificationKey('renamed')).resolves.toBeUndefined();
    app.clock.advance({ seconds: 5 });
    await expect(keys.verificationKey('renamed')).resolves.toBeDefined();
  });

  it('are looked for at once when they could not be read before', async () => {
    const keys = freshKeys();
    await app.db.query('revoke select on signing_keys from ccx_app');
    await expect(keys.verificationKey('renamed')).rejects.toThrow('permission denied');
    await app.db.query('grant select on signing_keys to ccx_app');
    await expect(keys.verificationKey('renamed')).resolves.toBeDefined();
  });
});
