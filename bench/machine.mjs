// On what a bench has run.
import { arch, cpus, totalmem, type } from 'node:os';

import pg from 'pg';

/** What a reader needs to know to compare figures. */
export async function describeMachine(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query(`select current_setting('server_version') as version,
    current_setting('fsync') as fsync, current_setting('synchronous_commit') as commits`);
  await client.end();
  const [{ version, fsync, commits }] = rows;
  const processors = cpus();
  return {
    at: new Date(),
    processors: `${processors.length} × ${processors[0].model.trim()}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${type()} (${arch()})`,
    node: process.version,
    postgres: `PostgreSQL ${version}, fsync ${fsync}, synchronous_commit ${commits}`,
  };
}
