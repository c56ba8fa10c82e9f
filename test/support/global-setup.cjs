const { chmod, mkdtemp } = require('node:fs/promises');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const pg = require('pg');

const { compile } = require('./compile.cjs');

/**
 * One PostgreSQL for the whole run: that of DATABASE_URL, or one of our own that forgets everything. It gets a
 * migrated template, which a test file copies in a tenth of a second.
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
  const { migrate } = await load('src/platform/database/migrate.js');
  await migrate(urlOf(url, template));

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
