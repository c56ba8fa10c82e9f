import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigError, loadConfig } from './config.js';
import { loadSecrets } from './secrets.js';

const secret = Buffer.alloc(32, 7).toString('base64');
const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://ccx.example',
  DATABASE_URL: 'postgres://ccx@db.example/ccx',
  CCX_KEK: secret,
  CCX_PEPPER: secret,
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
    expect(faultsOf({ ...production, PUBLIC_URL: 'http://127.0.0.1:3000' })).toEqual([]);
    expect(faultsOf({ ...production, PUBLIC_URL: 'http://127.0.0.1.example' })).not.toEqual([]);
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

  it('are given once, not twice', () => {
    expect(faultsOf({ CCX_KEK: secret, CCX_KEK_FILE: '/run/kek' })).toEqual([
      'CCX_KEK and CCX_KEK_FILE must not both be set',
    ]);
  });
});
