import { Jobs } from '../src/platform/jobs/jobs.js';
import { type CustomerKey, customerKey } from '../src/platform/customer-key.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aFolder, aFreePort, RunningService } from './support/cli.js';
import { disclosed } from './support/disclosed.js';
import { aReporter } from './support/events.js';
import { eventually } from './support/eventually.js';
import { consentToken, retailerToken } from './support/oauth.js';
import { untilWaiting } from './support/race.js';
import { audited } from './support/records.js';
import { aRetailer } from './support/retailers.js';
import { decides, type Fact, reads, registers, reports, states, Traffic } from './support/traffic.js';

/** Somewhere in a second, so that each run of the tests tries other moments. */
const aMoment = () => Math.random() * 1_000;
/** The ways to go: at any moment, and in the middle of transactions, which wait for what they write in turn. */
const rounds = [
  () => service.stop('SIGKILL'),
  () => killWhileWaitingFor('audit_pending'),
  () => killWhileWaitingFor('outbox_events'),
];

/**
 * The service under test is a process of its own. The app of this process only looks into its database, and sets up
 * retailers there. Only the service is killed: PostgreSQL goes on, so that it does not matter here that the server of
 * the tests does not wait for its disk. What the service acknowledged must have been committed, whatever that means to
 * the server.
 */
let app: TestApp;
let service: RunningService;
let mira: TestCustomer;
let traffic: Traffic;

beforeAll(async () => {
  const port = await aFreePort();
  app = await startApp({ config: { PUBLIC_URL: `http://127.0.0.1:${port}` } });
  await app.get(Jobs).onModuleDestroy(); // background work is left to the service
  const { config, databaseUrl } = app;
  const env = {
    NODE_ENV: 'test',
    RATE_LIMITS: 'off',
    CCX_KEK: config.CCX_KEK ?? '',
    CCX_PEPPER: config.CCX_PEPPER ?? '',
    DATABASE_URL: databaseUrl,
    DATA_FOLDER: config.DATA_FOLDER,
  };
  const cwd = await aFolder();
  const start = async () => (service = await RunningService.start({ cwd, env, port }));

  await start();
  traffic = await everybody();
  for (const kill of rounds) {
    await traffic.until(kill, aMoment());
    await start();
  }
}, 120_000);
afterAll(async () => {
  await service.stop();
  await app.stop();
});

/** Those who call: a customer and the retailers in her life, some of them twice at a time, and newcomers. */
async function everybody(): Promise<Traffic> {
  mira = await aCustomer(app);
  const [grocer, tailor, ...askers] = await Promise.all(
    ['Grocer A', 'Tailor T', 'Baker B', 'Smith S'].map((name) => aRetailer(app, { name })),
  );
  const till = await consentToken(app, grocer!, mira);
  const reporter = await aReporter(app, { retailer: tailor!, customer: mira });
  const asking = await Promise.all(
    askers.map((asker) => retailerToken(app, asker, { scope: 'consents.read consents.request' })),
  );
  return new Traffic([
    registers(app),
    ...[1, 2].map(() => states(app, mira)),
    ...asking.map((asker) => decides(app, mira, asker)),
    ...[1, 2].map(() => reports(app, reporter)),
    ...[1, 2].map(() => reads(till, mira)),
  ]);
}

/** Holds the table until many wait to write to it, having written other things before, and kills the service then. */
async function killWhileWaitingFor(table: string): Promise<void> {
  const holder = await app.db.connect();
  try {
    await holder.query('begin');
    await holder.query(`lock table ${table} in share mode`);
    await untilWaiting(app.db, 4);
    await service.stop('SIGKILL');
  } finally {
    await holder.query('rollback');
    holder.release();
  }
}

async function rowsOf(query: string): Promise<Fact[]> {
  const { rows } = await app.db.query<{ fact: Fact }>(query);
  return rows.map(({ fact }) => fact);
}

/** What changed, as the tables of the modules have it. */
async function changes(): Promise<Fact[]> {
  const at = `to_char(received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  return rowsOf(`
    select customer_id || ' customer registered' as fact from customers
    union all select customer_id || ' session ' || id || ' started' from sessions
    union all select customer_id || ' preference ' || preference_id || ' v' || version || ' ' || change
      from preference_versions
    union all select customer_id || ' request ' || id || ' opened' from consent_requests
    union all select customer_id || ' request ' || id || ' shown' from consent_requests where shown_at is not null
    union all select customer_id || ' consent ' || consent_id || ' v' || version || ' ' || change from consent_versions
    union all select customer_id || ' ' || count(*) || ' interactions at ' || ${at} from interactions
      group by customer_id, received_at`);
}

async function customers(): Promise<CustomerKey[]> {
  return (await rowsOf('select customer_id::text as fact from customers')).map(customerKey);
}

/** What changed, as the log tells it. */
async function logged(): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (const customer of await customers()) {
    for (const { type, at, consent, data } of (await audited(app, customer)) as unknown as Entry[]) {
      facts.push(...told(type, { at, ...consent, ...data }).map((fact) => `${customer.customerId} ${fact}`));
    }
  }
  return facts;
}

interface Entry {
  readonly type: string;
  readonly at: string;
  readonly consent?: Pick<Told, 'id' | 'version'>;
  readonly data?: Omit<Told, 'at'>;
}

/** What changed, as the outbox tells it. */
async function announced(): Promise<Fact[]> {
  const { rows } = await app.db.query<{ type: string; at: Date; customer_id: string; subject: string; data: Told }>(
    'select type, at, customer_id, subject, data from outbox_events where customer_id is not null',
  );
  return rows.flatMap(({ type, at, customer_id, subject, data }) =>
    told(type, { id: subject, ...data, at: at.toISOString() }).map((fact) => `${customer_id} ${fact}`),
  );
}

/** What entries and events say, each as its type wants. */
interface Told {
  readonly at: string;
  readonly id?: string;
  readonly version?: number;
  readonly session_id?: string;
  readonly request_id?: string;
  readonly change?: string;
  readonly changes?: readonly { readonly id: string; readonly version: number }[];
  readonly count?: number;
}

function told(type: string, about: Told): Fact[] {
  const [noun, verb] = type.split('.') as [string, string];
  switch (noun) {
    case 'customer':
      return [`customer ${verb}`];
    case 'session':
      return [`session ${about.session_id} ${verb}`];
    case 'preference':
    case 'preferences':
      return (about.changes ?? []).map(({ id, version }) => `preference ${id} v${version} ${about.change ?? verb}`);
    case 'consent-request':
      return [`request ${about.request_id} ${verb}`];
    case 'consent':
      return [`consent ${about.id} v${about.version} ${verb}`];
    case 'interactions':
      return [`${about.count} interactions at ${about.at}`];
    case 'token': // the engine keeps no row of an access token
      return [];
    default:
      return [type];
  }
}

/** Batches that were taken in the same millisecond are one number in the table: here they are added up as well. */
function inTheirMoments(facts: readonly Fact[]): Fact[] {
  const counts = new Map<string, number>();
  const others = facts.filter((fact) => {
    const [, customer, count, at] = /^(\S+) (\d+) interactions at (.+)$/.exec(fact) ?? [];
    if (at === undefined) return true;
    const moment = `${customer} ${at}`;
    counts.set(moment, (counts.get(moment) ?? 0) + Number(count));
    return false;
  });
  const summed = [...counts].map(([moment, count]) => {
    const [customer, at] = moment.split(' ');
    return `${customer} ${count} interactions at ${at}`;
  });
  return [...others, ...summed];
}

describe('a service that is killed again and again while it writes', () => {
  it('was interrupted each time, and gave no wrong answer before', () => {
    expect(traffic.faults).toEqual([]);
    expect(traffic.interrupted).toBeGreaterThan(4 * rounds.length);
    const kinds = new Set(traffic.acknowledged.map((fact) => fact.split(' ')[1]));
    expect([...kinds].toSorted()).toEqual([
      'consent',
      'customer',
      'disclosure',
      'interaction',
      'preference',
      'receipt',
      'request',
    ]);
  });

  it('has kept everything that it acknowledged', async () => {
    const kept = new Set([
      ...(await changes()),
      ...(await rowsOf(`select customer_id || ' interaction ' || event_id as fact from interactions`)),
      ...(await rowsOf(`select customer_id || ' disclosure ' || id as fact from disclosures where refused is null`)),
      ...(await rowsOf(`select customer_id || ' receipt ' || id as fact from consent_receipts`)),
    ]);
    expect(traffic.acknowledged.filter((fact) => !kept.has(fact))).toEqual([]);
  });

  it('has kept each change with one audit entry and one event, and neither without its change', async () => {
    const made = (await changes()).toSorted();
    expect(inTheirMoments(await logged()).toSorted()).toEqual(made);
    expect(inTheirMoments(await announced()).toSorted()).toEqual(made);
  });

  it('has kept each version of a consent with one receipt', async () => {
    const versions = await rowsOf(`select consent_id || ' v' || version as fact from consent_versions`);
    const receipts = await rowsOf(
      `select consent_id || ' v' || version as fact from consent_receipts where consent_id is not null`,
    );
    expect(receipts.toSorted()).toEqual(versions.toSorted());
  });

  it('has recorded its answers together with the entry that commits to them', async () => {
    const sizes = new Map<string, number>();
    const recorded = await Promise.all((await customers()).map((customer) => disclosed(app, customer)));
    for (const { root } of recorded.flat()) sizes.set(root, (sizes.get(root) ?? 0) + 1);
    const entries = (await audited(app, null)).filter(({ type }) => type === 'disclosures.recorded');
    expect(entries.map(({ data }) => Object.values(data as object)).toSorted()).toEqual([...sizes].toSorted());
  });

  it('serves it all when it runs again', async () => {
    const { body } = await mira.api.get('/v1/me/preferences?limit=200').expect(200);
    const shown = new Map((body.items as { id: string; version: number }[]).map(({ id, version }) => [id, version]));
    const removed = new Set(
      (await changes()).filter((fact) => fact.endsWith(' removed')).map((fact) => fact.split(' ')[2]),
    );
    for (const [, kind, id, version] of traffic.acknowledged.map((fact) => fact.split(' '))) {
      if (kind !== 'preference' || removed.has(id)) continue;
      expect(shown.get(id!)).toBeGreaterThanOrEqual(Number(version!.slice(1)));
    }
  });

  it('numbers the log without a gap, also what it was killed over', async () => {
    await eventually(async () => {
      const { rows } = await app.db.query('select id from audit_pending');
      expect(rows).toEqual([]);
    });
    const { rows } = await app.db.query<Record<'first' | 'last' | 'entries' | 'size', number>>(
      `select min(idx)::int as first, max(idx)::int as last, count(distinct id)::int as entries,
              (select size::int from audit_state) as size from audit_log`,
    );
    const { size = 0 } = rows[0] ?? {};
    expect(size).toBeGreaterThan(20);
    expect(rows).toEqual([{ first: 0, last: size - 1, entries: size, size }]);
  });
});
