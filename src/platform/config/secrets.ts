import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Config } from './config.js';

const SECRET_BYTES = 32;

export interface Secrets {
  readonly kek: Buffer;
  /** The KEK before it, while it is being replaced. */
  readonly previousKek?: Buffer;
  readonly pepper: Buffer;
}

/** Where a secret is kept. One in a vault would be another of these: each is read once, at the start. */
interface SecretProvider {
  /** Its text; undefined where it cannot be read. */
  read(): string | undefined;
}

const inEnvironment = (value: string): SecretProvider => ({ read: () => value });
const inFile = (path: string): SecretProvider => ({ read: () => fileText(path) });

interface SecretSource {
  readonly setting: 'CCX_KEK' | 'CCX_KEK_PREVIOUS' | 'CCX_PEPPER';
  readonly file: 'CCX_KEK_FILE' | 'CCX_KEK_PREVIOUS_FILE' | 'CCX_PEPPER_FILE';
}

const sources: Readonly<Record<keyof Secrets, SecretSource>> = {
  kek: { setting: 'CCX_KEK', file: 'CCX_KEK_FILE' },
  previousKek: { setting: 'CCX_KEK_PREVIOUS', file: 'CCX_KEK_PREVIOUS_FILE' },
  pepper: { setting: 'CCX_PEPPER', file: 'CCX_PEPPER_FILE' },
};

/** The secrets of the service. Those that it must have and is not given are made once and kept in the data folder. */
export function loadSecrets(config: Config): Secrets {
  const given = (source: SecretSource, name: string) =>
    secretIn(config, source) ?? Buffer.from(made(config.DATA_FOLDER, name, newSecret), 'base64');
  const previousKek = secretIn(config, sources.previousKek);
  return {
    kek: given(sources.kek, 'kek'),
    ...(previousKek && { previousKek }),
    pepper: given(sources.pepper, 'pepper'),
  };
}

function secretIn(config: Config, { setting, file }: SecretSource): Buffer | undefined {
  const [value, path] = [config[setting], config[file]];
  const provider = value === undefined ? path && inFile(path) : inEnvironment(value);
  const text = provider ? provider.read() : undefined;
  return text === undefined ? undefined : Buffer.from(text, 'base64');
}

/** What is wrong with the secrets that are given. Never quotes one. */
export function secretFaults(config: Config): string[] {
  const faults = Object.values(sources).flatMap(({ setting, file }) => {
    const path = config[file];
    if (config[setting] !== undefined && path !== undefined) return [`${setting} and ${file} must not both be set`];
    if (config[setting] !== undefined)
      return isSecret(config[setting]) ? [] : [`${setting} must be 32 bytes in base64`];
    if (path === undefined) return [];
    const text = fileText(path);
    if (text === undefined) return [`${file} names a file that cannot be read: ${path}`];
    return isSecret(text) ? [] : [`${file} must hold 32 bytes in base64: ${path}`];
  });
  const [kek, previous] = [sources.kek, sources.previousKek].map((source) => secretIn(config, source));
  if (kek && previous?.equals(kek)) faults.push('CCX_KEK_PREVIOUS must be another key than CCX_KEK');
  return faults;
}

function isSecret(text: string): boolean {
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) && Buffer.from(text, 'base64').length === SECRET_BYTES;
}

export function fileText(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

const newSecret = () => randomBytes(SECRET_BYTES).toString('base64');

/** What a development service makes for itself, once, and keeps in the data folder for its owner only. */
export function made(dataFolder: string, name: string, make: () => string): string {
  const folder = join(dataFolder, 'keys');
  const path = join(folder, name);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const draft = `${path}.${randomBytes(8).toString('hex')}`; // processes of two containers may have one number
    writeFileSync(draft, `${make()}\n`, { mode: 0o600 });
    // A link, not a rename: of two processes that start at once, the second keeps the first one's secret.
    try {
      linkSync(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }
  return readFileSync(path, 'utf8').trim();
}
