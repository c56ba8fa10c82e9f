import { DataSource } from 'typeorm';

import { entities } from '../../entities.js';
import { migrations } from '../../../migrations/index.js';

export interface DataSourceSettings {
  url: string;
  pool: number;
  applicationName: string;
}

/** Ends a statement that nobody should wait for any longer; migrations and exports have no such limit. */
const STATEMENT_TIMEOUT_MS = 30_000;

/**
 * The connections of the service. They act as the role `ccx_app`, which cannot change or delete what is append-only,
 * whoever the URL logs in as.
 */
export function serviceDataSource({ url, pool, applicationName }: DataSourceSettings): DataSource {
  return new DataSource({
    type: 'postgres',
    url: withOptions(url, '-c role=ccx_app -c timezone=UTC'),
    entities,
    applicationName,
    poolSize: pool,
    extra: { statement_timeout: STATEMENT_TIMEOUT_MS },
  });
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
