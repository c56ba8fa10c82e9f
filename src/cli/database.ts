import { join } from 'node:path';

import { Client } from 'pg';

import type { Config } from '../platform/config/config.js';
import { migrate, pendingMigrations } from '../platform/database/migrate.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../platform/embedded-postgres/embedded-postgres.js';
import { CliError } from './errors.js';

/** A database to work with, for as long as it is open. */
export interface OpenDatabase {
  /** For the schema's owner. Holds the password, so it does not belong into a log. */
  readonly url: string;
  /** Where the data of the embedded database lives; not set for a server of somebody else. */
  readonly dataFolder?: string;
  /** Stops what was started for it. */
  close(): Promise<void>;
}

const EMBEDDED_DATABASE = 'ccx';

/** The server that the settings name, or else one of our own in the data folder. Its schema is left as it is. */
export async function openDatabase(config: Config, say: (line: string) => void): Promise<OpenDatabase> {
  if (config.DATABASE_URL !== undefined) {
    await reach(config.DATABASE_URL);
    return { url: config.DATABASE_URL, close: async () => undefined };
  }
  const folder = join(config.DATA_FOLDER, 'postgres');
  const server = await startEmbeddedPostgres({ folder, port: config.EMBEDDED_PORT, onProgress: say });
  try {
    await createMissing(server);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: server.urlFor(EMBEDDED_DATABASE), dataFolder: server.dataFolder, close: () => server.stop() };
}

/**
 * Makes sure that the schema is the one of this version: an embedded database is brought up to date, any other is
 * changed only when its operator says so.
 *
 * @throws CliError naming the command to run
 */
export async function requireCurrentSchema(
  { url, dataFolder }: OpenDatabase,
  say: (line: string) => void,
): Promise<void> {
  if (dataFolder !== undefined) {
    await migrate(url, (name) => say(`Migrated ${name}`));
    return;
  }
  const pending = await pendingMigrations(url);
  if (pending.length === 0) return;
  throw new CliError(
    `The schema at DATABASE_URL is behind this version by ${pending.length} migration(s). ` +
      'Nothing was started or changed. Run `npm run migration:run` (or `ccx migrate run`), then start again.',
  );
}

async function createMissing(server: EmbeddedPostgres): Promise<void> {
  const client = new Client({ connectionString: server.url, application_name: 'ccx' });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [EMBEDDED_DATABASE]);
    if (rowCount === 0) await client.query(`create database ${EMBEDDED_DATABASE}`);
  } catch (error) {
    // Of two first starts at once, the other one has made it.
    if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error;
  } finally {
    await client.end();
  }
}

async function reach(url: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'ccx', connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (error) {
    const { message, code } = error as { message?: string; code?: string };
    const { host, pathname } = new URL(url);
    throw new CliError(`The database at DATABASE_URL (${host}${pathname}) cannot be reached: ${message || code}.`);
  } finally {
    await client.end().catch(() => undefined);
  }
}
