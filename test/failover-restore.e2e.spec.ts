import { join } from 'node:path';

import { migrate } from '../src/platform/database/migrate.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aFolder, ccx, type Finished } from './support/cli.js';
import { aConsent } from './support/consents.js';
import { createDatabase, onServer } from './support/database-server.js';
import { askToBeErased, tablesWith } from './support/erasures.js';
import { eventually } from './support/eventually.js';
import { codeBlock } from './support/guide.js';
import { publishLog } from './support/log.js';
import { findServerPrograms, PostgresServer } from './support/postgres-server.js';
import { startSecondProcess } from './support/second-process.js';

const programs = findServerPrograms();
if (!programs) console.warn('Skipped: PostgreSQL’s server programs are not here (apt-get install postgresql).');

jest.setTimeout(60_000);
const surroundings = { ...process.env };
const guide = join(__dirname, '../docs/operator/backup.md');

(programs ? describe : describe.skip)('a database that is restored to a moment, as the guide tells', () => {
  let server: PostgresServer;
  let restored: PostgresServer;
  let app: TestApp;
  /** The app, but with the restored database. */
  let there: TestApp;
  let mira: TestCustomer;
  let otto: TestCustomer;
  let later: TestCustomer;

  beforeAll(async () => {
    const folder = await aFolder();
    const backup = join(folder, 'backup');
    const settings = codeBlock(guide, 'conf').replaceAll('/backup/', `${backup}/`);
    server = await PostgresServer.make(programs ?? '', join(folder, 'server'), settings.split('\n'));
    await Promise.all([server.own(backup), server.own(join(backup, 'wal'))]);
    const template = 'ccx_restore_template';
    await migrate(await createDatabase(server.url, template));
    Object.assign(process.env, { CCX_TEST_SERVER_URL: server.url, CCX_TEST_TEMPLATE: template });
    app = await startApp();
    await app.get(Jobs).onModuleDestroy();

    mira = await aCustomer(app);
    await aConsent(app, { customer: mira });
    await server.script(codeBlock(guide, 'sh backup'), { BACKUP: backup });
    otto = await aCustomer(app); // is in the archive alone
    const [{ target } = { target: '' }] = await server.query<{ target: string }>(
      'select clock_timestamp()::text as target',
    );
    await askToBeErased(app, mira);
    await app.runJob('erasures');
    later = await aCustomer(app);
    await publishLog(app);
    await archived(server);

    restored = await PostgresServer.at(programs ?? '', join(folder, 'restored'));
    await restored.script(codeBlock(guide, 'sh restore'), { BACKUP: backup, TARGET: target });
    await restored.start();
    await eventually(async () => {
      const [{ waits } = { waits: true }] = await restored.query<{ waits: boolean }>(
        'select pg_is_in_recovery() as waits',
      );
      if (waits) throw new Error('The server is not there yet.');
    });
    const url = new URL(app.databaseUrl);
    url.port = String(restored.port);
    there = { ...app, databaseUrl: url.href };
  }, 120_000);
  afterAll(async () => {
    await app?.stop();
    await restored?.remove();
    await server?.remove();
    process.env = surroundings;
  });

  const rowsOf = async (customer: TestCustomer) =>
    onServer(there.databaseUrl, (db) => tablesWith({ db: db as unknown as TestApp['db'] }, customer));
  const recover = async (...options: string[]): Promise<Finished> => {
    const { config, databaseUrl } = there;
    const { CCX_KEK = '', CCX_PEPPER = '', DATA_FOLDER } = config;
    const env = { NODE_ENV: 'test', CCX_KEK, CCX_PEPPER, DATA_FOLDER, DATABASE_URL: databaseUrl };
    return ccx(['log', 'recover', ...options], { cwd: await aFolder(), env });
  };
  const signIn = (origin: string, { email, password }: TestCustomer) =>
    fetch(`${origin}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });

  it('is as it was then: the backup and its log, up to the moment', async () => {
    expect(await rowsOf(mira)).toContain('consents');
    expect(await rowsOf(otto)).toContain('customers');
    expect(await rowsOf(later)).toEqual([]);
  });

  it('signs nothing until somebody declares what is lost', async () => {
    const { code, stderr } = await recover();
    expect(code).toBe(1);
    expect(stderr).toMatch(/some are lost/);
    expect(await recover('--accept-loss', '--json')).toMatchObject({ code: 0 });
  });

  it('has erased again whoever was erased since, before it serves anybody, and its log goes on', async () => {
    const service = await startSecondProcess(there); // ready, and so with a log that continues what was signed
    try {
      expect((await signIn(service.origin, mira)).status).toBe(401);
      expect((await signIn(service.origin, otto)).status).toBe(201);
      await eventually(async () => expect(await rowsOf(mira)).not.toContain('consents'));
      await eventually(async () => {
        const { status } = await fetch(`${service.origin}/log/v1/checkpoint`);
        expect(status).toBe(200);
      });
    } finally {
      await service.stop();
    }
  });
});

/** Waits until the archive has all that was written so far. */
async function archived(server: PostgresServer): Promise<void> {
  const [{ file } = { file: '' }] = await server.query<{ file: string }>(
    'select pg_walfile_name(pg_switch_wal()) as file',
  );
  await eventually(async () => {
    const [state] = await server.query<{ done: boolean }>(
      `select last_archived_wal >= '${file}' as done from pg_stat_archiver`,
    );
    if (!state?.done) throw new Error(`${file} is not in the archive yet.`);
  });
}
