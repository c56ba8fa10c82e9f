import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Config } from './config.js';

const SECRET_BYTES = 32;

export interface Secrets {
  readonly kek: Buffer;
  readonly pepper: Buffer;
}

interface SecretSource {
  readonly setting: 'CCX_KEK' | 'CCX_PEPPER';
  readonly file: 'CCX_KEK_FILE' | 'CCX_PEPPER_FILE';
  /** Where a development service keeps the one that it made. */
  readonly made: string;
}

const sources: Readonly<Record<keyof Secrets, SecretSource>> = {
  kek: { setting: 'CCX_KEK', file: 'CCX_KEK_FILE', made: 'kek' },
  pepper: { setting: 'CCX_PEPPER', file: 'CCX_PEPPER_FILE', made: 'pepper' },
};

/** The secrets of the service. Those that are not given are made once and kept in the data folder. */
export function loadSecrets(config: Config): Secrets {
  const read = (source: SecretSource): Buffer => {
    const given = config[source.setting] ?? fileText(config[source.file]);
    return Buffer.from(given ?? madeSecret(config.DATA_FOLDER, source.made), 'base64');
  };
  return { kek: read(sources.kek), pepper: read(sources.pepper) };
}

/** What is wrong with the secrets that are given. Never quotes one. */
export function secretFaults(config: Config): string[] {
  return Object.values(sources).flatMap(({ setting, file }) => {
    const path = config[file];
    if (config[setting] !== undefined && path !== undefined) return [`${setting} and ${file} must not both be set`];
    if (config[setting] !== undefined)
      return isSecret(config[setting]) ? [] : [`${setting} must be 32 bytes in base64`];
    if (path === undefined) return [];
    const text = fileText(path);
    if (text === undefined) return [`${file} names a file that cannot be read: ${path}`];
    return isSecret(text) ? [] : [`${file} must hold 32 bytes in base64: ${path}`];
  });
}

function isSecret(text: string): boolean {
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) && Buffer.from(text, 'base64').length === SECRET_BYTES;
}

function fileText(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function madeSecret(dataFolder: string, name: string): string {
  const folder = join(dataFolder, 'keys');
  const path = join(folder, name);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, `${randomBytes(SECRET_BYTES).toString('base64')}\n`, { mode: 0o600 });
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
