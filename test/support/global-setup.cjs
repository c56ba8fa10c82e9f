const { chmod, mkdtemp } = require('node:fs/promises');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const pg = require('pg');

const { compile } = require('./compile.cjs');

/**
 * One PostgreSQL for the whole run: that of DATABASE_URL, or one of our own that forgets everything. It gets a
 * migrated template, which a test file copies in a tenth of a second; with TEST_DISTRIBUTED=on, a distributed one.
 */
module.exports = async function setup() {
  const folder = await mkdtemp(join(tmpdir(), 'ccx-test-'));
  await chmod(folder, 0o755); // as root the server runs as an account that must be able to enter
  const compiled = join(folder, 'compiled');
  await compile(compiled);
  const load = (path) => import(join(compiled, path));

  const url = process.env.DATABASE_URL ?? (await startServer(load, folder));
  const template = `ccx_test_template_${process.pid}`;
  await onServer(url, `create database ${template}`);
  if (process.env.TEST_DISTRIBUTED === 'on') await onServer(urlOf(url, template), AS_ONE_NODE_CLUSTER);
  const { migrate } = await load('src/platform/database/migrate.js');
  await migrate(urlOf(url, template));
  if (process.env.TEST_DISTRIBUTED === 'on') await distributeTemplate(load, url, template);

  Object.assign(process.env, {
    CCX_TEST_FOLDER: folder,
    CCX_TEST_COMPILED: compiled,
    CCX_TEST_SERVER_URL: url,
    CCX_TEST_TEMPLATE: template,
  });
  globalThis.ccxTest = {
    ...globalThis.ccxTest,
    dropTemplate: () => onServer(url, `drop database if exists ${template} with (force)`),
  };
};

/** Citus with a single machine: every rule of a cluster holds, and a copy of the database has its shards with it. */
const AS_ONE_NODE_CLUSTER = `
  create extension citus;
  select citus_set_coordinator_host('localhost', inet_server_port());
  select citus_set_node_property('localhost', inet_server_port(), 'shouldhaveshards', true)`;

async function distributeTemplate(load, url, template) {
  const { distribute } = await load('src/platform/database/distribute.js');
  await distribute(urlOf(url, template), () => undefined);
  // A database can be copied while nobody is connected to it; Citus keeps a process of its own in each.
  await onServer(url, `alter database ${template} allow_connections false`);
  await onServer(url, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${template}'`);
}

async function startServer(load, folder) {
  const { startEmbeddedPostgres } = await load('src/platform/embedded-postgres/embedded-postgres.js');
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };
  const server = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), settings });
  globalThis.ccxTest = { server };
  return server.url;
}

async function onServer(url, statement) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlOf(url, database) {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
