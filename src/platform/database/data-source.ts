import type { PoolConfig } from 'pg';
import { DataSource } from 'typeorm';

import { entities } from '../../entities.js';
import { migrations } from '../../../migrations/index.js';
import { ServiceConnection, type ServiceConnectionConfig } from './connection.js';
import { DatabaseSessionError } from './session.errors.js';

export interface DataSourceSettings {
  url: string;
  pool: number;
  applicationName: string;
  /** After how long a statement is ended that nobody should wait for any longer. */
  statementSeconds?: number;
}

/** For how long a caller waits for a connection: one to be free, or one to be made. */
const CONNECT_MS = 5_000;
const KEEP_ALIVE_MS = 10_000;
/** What the network may add to the longest statement. */
const LATE_MS = 2_000;

/**
 * How every pool of the service connects. It acts as the role `ccx_app`, which cannot change or delete what is
 * append-only, whoever the URL logs in as.
 */
export function serviceConnections({ url, applicationName, statementSeconds = 30 }: Omit<DataSourceSettings, 'pool'>) {
  return {
    connectionString: withOptions(url, '-c role=ccx_app -c timezone=UTC'),
    application_name: applicationName,
    statement_timeout: statementSeconds * 1_000,
    longestSilenceMs: statementSeconds * 1_000 + LATE_MS,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    Client: ServiceConnection,
  } satisfies PoolConfig & ServiceConnectionConfig;
}

/** The connections of the service, for TypeORM. */
export function serviceDataSource({ pool, ...settings }: DataSourceSettings): DataSource {
  return new DataSource({
    type: 'postgres',
    url: settings.url,
    entities,
    poolSize: pool,
    extra: serviceConnections(settings),
  });
}

/**
 * The same, connected, and with the rights that the service should have.
 *
 * @throws DatabaseSessionError when it has others: a pooler in between takes no options, and passes on what the login has
 */
export async function openServiceDataSource(settings: DataSourceSettings): Promise<DataSource> {
  const source = await serviceDataSource(settings).initialize();
  const [session] = await source.query<[{ role: string; zone: string }]>(
    `select current_user as role, current_setting('TimeZone') as zone`,
  );
  if (session.role === 'ccx_app' && session.zone === 'UTC') return source;
  await source.destroy();
  throw new DatabaseSessionError(session.role, session.zone);
}

/** The connection of the schema's owner, for migrations. */
export function ownerDataSource({ url }: Pick<DataSourceSettings, 'url'>): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    migrations,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    applicationName: 'ccx-migrate',
    poolSize: 2,
    extra: { options: '-c timezone=UTC' },
  });
}

/** Ours come after those that the URL has: of two, PostgreSQL takes the later one; `pg` would take the URL's alone. */
function withOptions(url: string, options: string): string {
  const [address, query] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('options', `${parameters.get('options') ?? ''} ${options}`.trim());
  return `${address}?${parameters.toString()}`;
}
