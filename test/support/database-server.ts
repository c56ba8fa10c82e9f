import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

/** What the start of a run tells every test file, in environment variables. */
const runSettings = {
  /** A database whose user may create others. */
  serverUrl: 'CCX_TEST_SERVER_URL',
  /** The migrated database that each test file gets a copy of. */
  template: 'CCX_TEST_TEMPLATE',
  /** Where the run keeps what it learns. */
  folder: 'CCX_TEST_FOLDER',
  /** The sources as ES modules, for tests that start processes. */
  compiled: 'CCX_TEST_COMPILED',
} as const;

export function runSetting(name: keyof typeof runSettings): string {
  const value = process.env[runSettings[name]];
  if (!value) throw new Error('Start the tests through jest: its global setup starts the database.');
  return value;
}

/** The URL of another database on the same server. */
export function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

export async function onServer<T>(serverUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes a database, empty or as a copy of another, and answers its URL. */
export async function createDatabase(serverUrl: string, name: string, template = 'template1'): Promise<string> {
  await onServer(serverUrl, (client) =>
    // Cheaper than to log each block, where nothing is fsynced.
    client.query(`create database ${name} template ${template} strategy file_copy`),
  );
  return urlOf(serverUrl, name);
}

export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await onServer(serverUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
      return;
    } catch (error) {
      // An owner who is no superuser may not end autovacuum, which is done in a moment.
      if ((error as { code?: string }).code !== '42501' || attempt === 50) throw error;
      await delay(100);
    }
  }
}
