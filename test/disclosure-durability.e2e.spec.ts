import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setInterval } from 'node:timers/promises';

import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/platform/embedded-postgres/embedded-postgres.js';
import { migrate } from '../src/platform/database/migrate.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { getBundle } from './support/bundles.js';
import { aFolder, aFreePort } from './support/cli.js';
import { createDatabase } from './support/database-server.js';
import { eventually } from './support/eventually.js';
import { publishLog } from './support/log.js';
import { type ConsentAccess, consentToken, dpopFetch } from './support/oauth.js';
import { aRetailer } from './support/retailers.js';
import { type SecondProcess, startSecondProcess } from './support/second-process.js';

const KILLS = 20;
/** The database stops with every so many of them. */
const KILLS_PER_STOP = 4;
const READ_EVERY_MS = 5;
/** Who waits for a database that is away must not use up the memory of this process. */
const MOST_UNDER_WAY = 200;
/** So many are answered between one breakdown and the next. */
const ANSWERS_BETWEEN = 40;

/**
 * A database server of its own, whose commits wait for its log as they do in production, and two processes of the service
 * that are killed in turn while a till reads as often as 200 times a second. The app of this process only sets things up
 * and looks at what is left.
 */
let postgres: EmbeddedPostgres;
let startPostgres: () => Promise<EmbeddedPostgres>;
let app: TestApp;
let shoppers: { customer: TestCustomer; till: ConsentAccess }[];
let services: SecondProcess[];
let till: Till;
const surroundings = { ...process.env };

beforeAll(async () => {
  const folder = join(await aFolder(), 'postgres');
  const port = await aFreePort();
  startPostgres = () => startEmbeddedPostgres({ folder, port });
  postgres = await startPostgres();
  const template = 'ccx_durable_template';
  await migrate(await createDatabase(postgres.url, template));
  Object.assign(process.env, { CCX_TEST_SERVER_URL: postgres.url, CCX_TEST_TEMPLATE: template });

  app = await startApp();
  await app.get(Jobs).onModuleDestroy(); // background work is left to the services
  const grocer = await aRetailer(app);
  const customers = await Promise.all([1, 2, 3].map(() => aCustomer(app)));
  // A token is good for five minutes, which a busy machine may need for less than all of this.
  const letIn = () =>
    Promise.all(customers.map(async (customer) => ({ customer, till: await consentToken(app, grocer, customer) })));
  shoppers = await letIn();
  services = await Promise.all([startSecondProcess(app), startSecondProcess(app)]);

  till = new Till();
  const reading = till.read();
  for (let kill = 0; kill < KILLS; kill++) {
    await till.untilAnswered(ANSWERS_BETWEEN);
    const victim = services[kill % 2] as SecondProcess;
    victim.process.kill('SIGKILL');
    if (kill % KILLS_PER_STOP === KILLS_PER_STOP - 1) {
      await stopPostgresAtOnce();
      shoppers = await letIn();
    }
    services[kill % 2] = await startSecondProcess(app);
  }
  till.stop();
  await reading;
}, 900_000);
afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await app.stop();
  await postgres.stop();
  process.env = surroundings;
});

/** As `pg_ctl stop -m immediate` does: nothing is finished and nothing written down any more. */
async function stopPostgresAtOnce(): Promise<void> {
  const [pid] = (await readFile(join(postgres.dataFolder, 'postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGQUIT');
  await eventually(() => {
    try {
      process.kill(Number(pid), 0);
    } catch {
      return;
    }
    throw new Error('PostgreSQL is still there.');
  });
  postgres = await startPostgres();
}

/** Reads again and again, from whichever process is there, and notes what it was answered. */
class Till {
  /** The disclosures of the answers that arrived, by customer. */
  readonly answered = new Map<string, string[]>();
  /** Answers that nobody should get, whatever becomes of the service. */
  readonly faults: string[] = [];
  answers = 0;
  interrupted = 0;
  private underWay = 0;
  private stopped = false;

  async read(): Promise<void> {
    let turn = 0;
    for await (const _ of setInterval(READ_EVERY_MS)) {
      if (this.stopped) break;
      if (this.underWay >= MOST_UNDER_WAY) continue;
      turn++;
      void this.readOnce(shoppers[turn % shoppers.length]!, services[turn % 2]!.origin);
    }
    await eventually(() => {
      if (this.underWay > 0) throw new Error(`${this.underWay} reads have not come back.`);
    }, 60_000);
  }

  stop(): void {
    this.stopped = true;
  }

  async untilAnswered(more: number): Promise<void> {
    const goal = this.answers + more;
    await eventually(() => {
      if (this.answers < goal)
        throw new Error(`${goal - this.answers} reads have not been answered: ${this.faults.join()}`);
    }, 60_000);
  }

  private async readOnce({ customer, till: by }: (typeof shoppers)[number], origin: string): Promise<void> {
    this.underWay++;
    try {
      const { status, body } = await dpopFetch(app, by, 'GET', '/v1/preferences?touchpoint=till', { origin });
      if (status === 200) this.note(customer, body.disclosure_id);
      else if (status >= 500) this.interrupted++;
      else this.faults.push(`${status} ${JSON.stringify(body)}`);
    } catch {
      this.interrupted++; // the connection was refused, or cut
    } finally {
      this.underWay--;
    }
  }

  private note({ customerId }: TestCustomer, disclosureId: string): void {
    const noted = this.answered.get(customerId);
    if (noted) noted.push(disclosureId);
    else this.answered.set(customerId, [disclosureId]);
    this.answers++;
  }
}

describe('reads while the service is killed and the database stops, again and again', () => {
  it('went on, were interrupted, and were never answered wrongly', () => {
    expect(till.faults).toEqual([]);
    expect(till.answers).toBeGreaterThan(KILLS * ANSWERS_BETWEEN);
    expect(till.interrupted).toBeGreaterThan(KILLS);
  });

  it('have each a record, wherever an answer left', async () => {
    const { rows } = await app.db.query<{ customer_id: string; id: string }>('select customer_id, id from disclosures');
    const recorded = new Set(rows.map(({ customer_id, id }) => `${customer_id} ${id}`));
    const missing = [...till.answered].flatMap(([customerId, ids]) =>
      ids.map((id) => `${customerId} ${id}`).filter((fact) => !recorded.has(fact)),
    );
    expect(missing).toEqual([]);
  });

  it('have each a proof that leads to a published checkpoint', async () => {
    await publishLog(app);
    for (const { customer, till: by } of shoppers) {
      const bundle = await getBundle(customer.api, `/v1/me/consents/${by.consentId}/bundle`);
      await expect(bundle.verdict(app)).resolves.toMatchObject({ failed: [], exitCode: 0 });
      const proved = new Set(bundle.lines('disclosures.ndjson').map(({ disclosure }) => disclosure.id as string));
      expect(till.answered.get(customer.customerId)?.filter((id) => !proved.has(id))).toEqual([]);
    }
  }, 300_000);

  it('are proved by a log that is one from end to end', async () => {
    const { rows } = await app.db.query<Record<string, number>>(
      `select count(*)::int as entries, min(idx)::int as first, max(idx)::int as last, count(distinct id)::int as ids,
              (select size::int from audit_state) as size from audit_log`,
    );
    const size = rows[0]?.['size'] ?? 0;
    expect(rows).toEqual([{ entries: size, first: 0, last: size - 1, ids: size, size }]);
  });
});
