import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeSignerKey } from '../crypto/note-signer.js';
import { ConfigError, loadConfig } from './config.js';
import { loadLogSigners } from './log-keys.js';
import { loadSecrets } from './secrets.js';

const secret = Buffer.alloc(32, 7).toString('base64');
const logKey = makeSignerKey('ccx.example/log/v1');
const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://ccx.example',
  DATABASE_URL: 'postgres://ccx@db.example/ccx',
  CCX_KEK: secret,
  CCX_PEPPER: secret,
  CCX_LOG_KEY: logKey,
  LOG_STATE_FILE: '/var/lib/ccx/last-signed',
  ERASURE_REGISTER_FILE: '/var/lib/ccx/erasures',
};

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

describe('the settings', () => {
  it('need nothing in development', () => {
    expect(loadConfig({})).toMatchObject({
      NODE_ENV: 'development',
      issuer: 'http://127.0.0.1:3000',
      OAUTH_PROFILE: 'development',
      RATE_LIMITS: true,
      SEED: true,
    });
  });

  it('are typed, and an empty value counts as absent', () => {
    expect(loadConfig({ PORT: '8080', RATE_LIMITS: 'off', DATABASE_URL: '' })).toMatchObject({
      PORT: 8080,
      RATE_LIMITS: false,
      DATABASE_URL: undefined,
      issuer: 'http://127.0.0.1:8080',
    });
  });

  it('seed nothing and log nothing in tests', () => {
    expect(loadConfig({ NODE_ENV: 'test' })).toMatchObject({ SEED: false, LOG_LEVEL: 'silent' });
  });

  it.each([
    ['127.0.0.1', 'http://127.0.0.1:3000'],
    ['0.0.0.0', 'http://localhost:3000'],
    ['::', 'http://localhost:3000'],
    ['::1', 'http://[::1]:3000'],
  ])('give a service at %s the issuer %s', (HOST, issuer) => {
    expect(loadConfig({ HOST }).issuer).toBe(issuer);
  });

  it('take an issuer with a trailing slash for the same origin, and no path', () => {
    expect(loadConfig({ PUBLIC_URL: 'https://ccx.example/' }).issuer).toBe('https://ccx.example');
    expect(faultsOf({ PUBLIC_URL: 'https://ccx.example/api' })).toEqual([
      'PUBLIC_URL must be an origin, such as https://ccx.example',
    ]);
  });

  it('are refused with every fault named at once', () => {
    expect(
      faultsOf({ PORT: 'http', RATE_LIMITS: 'yes', NODE_ENV: 'prod', CCX_KEK: 'short', CCX_PEPPER_FILE: '/nowhere' }),
    ).toEqual([
      'NODE_ENV must be one of the following values: development, test, production',
      expect.stringMatching(/^PORT must /),
      expect.stringMatching(/^PORT must /),
      expect.stringMatching(/^PORT must /),
      expect.stringMatching(/^PUBLIC_URL must /),
      'RATE_LIMITS must be on or off',
      'CCX_KEK must be 32 bytes in base64',
      'CCX_PEPPER_FILE names a file that cannot be read: /nowhere',
    ]);
  });

  it('never quote a secret in a fault', () => {
    expect(faultsOf({ CCX_KEK: 'hunter2' }).join()).not.toContain('hunter2');
  });
});

describe('a production start', () => {
  it('is strict, limited and unseeded by itself', () => {
    expect(loadConfig(production)).toMatchObject({ OAUTH_PROFILE: 'strict', RATE_LIMITS: true, SEED: false });
  });

  it('is refused with every development default named', () => {
    const faults = faultsOf({
      NODE_ENV: 'production',
      OAUTH_PROFILE: 'development',
      RATE_LIMITS: 'off',
      SEED: 'on',
      DEV_OPERATOR_PASSWORD: 'operator-of-a-development-ccx',
      PUBLIC_URL: 'http://ccx.example',
    });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'DATABASE_URL',
      'CCX_KEK',
      'CCX_PEPPER',
      'ERASURE_REGISTER_FILE',
      'CCX_LOG_KEY',
      'LOG_STATE_FILE',
      'OAUTH_PROFILE',
      'RATE_LIMITS',
      'SEED',
      'DEV_OPERATOR_PASSWORD',
      'PUBLIC_URL',
    ]);
  });

  it('is refused without the address that it is reached at, which its tokens name for ever', () => {
    expect(faultsOf({ ...production, PUBLIC_URL: '' })).toContain(
      'PUBLIC_URL must be an origin, such as https://ccx.example',
    );
  });

  it('may be plain http on a loopback address', () => {
    const here = { PUBLIC_URL: 'http://127.0.0.1:3000', CCX_LOG_KEY: makeSignerKey('127.0.0.1:3000/log/v1') };
    expect(faultsOf({ ...production, ...here })).toEqual([]);
    expect(faultsOf({ ...production, PUBLIC_URL: 'http://127.0.0.1.example' })).not.toEqual([]);
  });
});

describe('the keys of the log', () => {
  it('have the name of the log, so that nobody signs another one by mistake', () => {
    expect(faultsOf({ ...production, CCX_LOG_KEY: makeSignerKey('other.example/log/v1') })).toEqual([
      'CCX_LOG_KEY must be of the name ccx.example/log/v1, as PUBLIC_URL has it, and is of other.example/log/v1',
    ]);
    expect(faultsOf({ ...production, CCX_LOG_KEY_PREVIOUS: makeSignerKey('other.example/log/v1') })).toHaveLength(1);
  });

  it('are refused when they are written otherwise, and never quoted', () => {
    const torn = logKey.slice(0, -4);
    const faults = faultsOf({ CCX_LOG_KEY: torn, CCX_LOG_KEY_PREVIOUS_FILE: '/nowhere' });
    expect(faults).toEqual([
      expect.stringMatching(/^CCX_LOG_KEY must hold a key as `ccx log key` makes it/),
      'CCX_LOG_KEY_PREVIOUS_FILE names a file that cannot be read: /nowhere',
    ]);
    expect(faults.join()).not.toContain(torn);
    expect(faultsOf({ CCX_LOG_KEY: logKey, CCX_LOG_KEY_FILE: '/nowhere' })).toEqual([
      'CCX_LOG_KEY and CCX_LOG_KEY_FILE must not both be set',
    ]);
  });

  it('are made once in development, and keep the name of the log when it moves to another port', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ccx-config-'));
    const { current } = loadLogSigners(loadConfig({ DATA_FOLDER: folder }));
    const again = loadLogSigners(loadConfig({ DATA_FOLDER: folder, PORT: '4000' }));
    expect(current.name).toBe('127.0.0.1:3000/log/v1');
    expect(again.current.vkey).toBe(current.vkey);
    rmSync(folder, { recursive: true });
  });

  it('on several hosts ask for something that all of them look at', () => {
    expect(faultsOf({ LOG_SEVERAL_HOSTS: 'on' })).toEqual([expect.stringMatching(/^LOG_SEVERAL_HOSTS needs /)]);
    expect(faultsOf({ LOG_SEVERAL_HOSTS: 'on', LOG_ANCHOR_URL: 'https://anchor.example' })).toEqual([]);
  });
});

describe('the secrets', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ccx-config-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are made once in development, readable by their owner only', () => {
    const config = loadConfig({ DATA_FOLDER: folder });
    const made = loadSecrets(config);
    expect(made.kek).toHaveLength(32);
    expect(made.kek).not.toEqual(made.pepper);
    expect(loadSecrets(config)).toEqual(made);
    expect(statSync(join(folder, 'keys', 'kek')).mode & 0o777).toBe(0o600);
  });

  it('come from files where those are named', () => {
    const file = join(folder, 'kek');
    writeFileSync(file, `${secret}\n`);
    expect(loadSecrets(loadConfig({ DATA_FOLDER: folder, CCX_KEK_FILE: file })).kek).toEqual(Buffer.alloc(32, 7));
  });

  it('know the KEK of before while it is being replaced, which is another one', () => {
    const previous = Buffer.alloc(32, 8).toString('base64');
    const { kek, previousKek } = loadSecrets(
      loadConfig({ CCX_KEK: secret, CCX_KEK_PREVIOUS: previous, DATA_FOLDER: folder }),
    );
    expect([kek, previousKek]).toEqual([Buffer.alloc(32, 7), Buffer.alloc(32, 8)]);
    expect(faultsOf({ CCX_KEK: secret, CCX_KEK_PREVIOUS: secret })).toEqual([
      'CCX_KEK_PREVIOUS must be another key than CCX_KEK',
    ]);
  });

  it('are given once, not twice', () => {
    expect(faultsOf({ CCX_KEK: secret, CCX_KEK_FILE: '/run/kek' })).toEqual([
      'CCX_KEK and CCX_KEK_FILE must not both be set',
    ]);
  });
});
