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
    url,
    entities,
    applicationName,
    poolSize: pool,
    extra: { options: '-c role=ccx_app -c timezone=UTC', statement_timeout: STATEMENT_TIMEOUT_MS },
  });
}

/** The connection of the schema's owner, for migrations. */
export function ownerDataSource({ url }: Pick<DataSourceSettings, 'url'>): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    entities,
    migrations,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    applicationName: 'ccx-migrate',
    poolSize: 2,
    extra: { options: '-c timezone=UTC' },
  });
}
