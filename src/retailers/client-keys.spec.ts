import { generateKeyPairSync } from 'node:crypto';

import { MOST_KEYS, readClientKeys } from './client-keys.js';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicJwk = pair.publicKey.export({ format: 'jwk' });
const privateJwk = pair.privateKey.export({ format: 'jwk' });
const key = (more: Record<string, unknown> = {}) => ({ ...publicJwk, kid: 'a', ...more });

describe('the keys of a client', () => {
  it('are kept with what they are for, and without what says nothing about the key', () => {
    expect(readClientKeys({ keys: [key({ x5t: 'abc', nbf: 1 })] })).toEqual({
      faults: [],
      keys: [{ kty: 'EC', crv: 'P-256', x: publicJwk.x, y: publicJwk.y, kid: 'a', alg: 'ES256', use: 'sig' }],
    });
  });

  it('are refused when they are private, without being quoted', () => {
    const { keys, faults } = readClientKeys({ keys: [key(), { ...privateJwk, kid: 'b' }] });
    expect(keys).toEqual([]);
    expect(faults).toEqual([{ pointer: '/keys/1/d', detail: expect.stringContaining('private key') }]);
    expect(JSON.stringify(faults)).not.toContain(privateJwk.d);
  });

  it('are refused when two have one kid', () => {
    expect(readClientKeys({ keys: [key(), key()] }).faults).toEqual([
      { pointer: '/keys/1/kid', detail: 'is the kid of another key of the set' },
    ]);
  });

  it.each([
    ['a shared secret', { kty: 'oct', k: 'c2VjcmV0', kid: 'a' }, '/keys/0/k'],
    ['another curve', key({ crv: 'P-384' }), '/keys/0/crv'],
    ['an RSA key', { kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'a' }, '/keys/0/kty'],
    ['no kid', key({ kid: undefined }), '/keys/0/kid'],
    ['another algorithm', key({ alg: 'none' }), '/keys/0/alg'],
    ['a key for encryption', key({ use: 'enc' }), '/keys/0/use'],
    ['a key that must not verify', key({ key_ops: ['sign'] }), '/keys/0/key_ops'],
    ['a point beside the curve', key({ y: publicJwk.x }), '/keys/0/x'],
    ['a text', 'key', '/keys/0'],
    ['nothing', null, '/keys/0'],
  ])('are refused for %s', (_, given, pointer) => {
    expect(readClientKeys({ keys: [given] }).faults.map((fault) => fault.pointer)).toContain(pointer);
  });

  it.each([[{}], [{ keys: [] }], [{ keys: 'all' }], [{ keys: Array(MOST_KEYS + 1).fill(key()) }]])(
    'are refused as a set like %j',
    (set) => {
      expect(readClientKeys(set).faults).toEqual([{ pointer: '/keys', detail: 'must be a list of 1 to 10 keys' }]);
    },
  );
});
