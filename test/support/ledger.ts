import { type CustomerKey, customerKey } from '../../src/platform/customer-key.js';
import type { TestApp } from './app.js';
import { disclosed } from './disclosed.js';
import { audited } from './records.js';
import type { Fact } from './traffic.js';

/** What was acknowledged and is not there. */
export async function lostFacts(app: TestApp, acknowledged: readonly Fact[]): Promise<Fact[]> {
  const kept = new Set([
    ...(await changes(app)),
    ...(await rowsOf(app, `select customer_id || ' interaction ' || event_id as fact from interactions`)),
    ...(await rowsOf(app, `select customer_id || ' disclosure ' || id as fact from disclosures where refused is null`)),
    ...(await rowsOf(app, `select customer_id || ' receipt ' || id as fact from consent_receipts`)),
  ]);
  return acknowledged.filter((fact) => !kept.has(fact));
}

/** What is there twice, or once in one place and not in the other: nothing, by the names of what was compared. */
export async function discrepancies(app: TestApp): Promise<Record<string, Fact[]>> {
  const made = inTheirMoments(await changes(app));
  const versions = await rowsOf(app, `select consent_id || ' v' || version as fact from consent_versions`);
  const receipts = await rowsOf(
    app,
    `select consent_id || ' v' || version as fact from consent_receipts where consent_id is not null`,
  );
  const events = await rowsOf(app, `select client_id || ' ' || source || ' ' || event_id as fact from interactions`);
  const refused = await rowsOf(
    app,
    `select customer_id || ' disclosure.refused' as fact from disclosures where refused is not null`,
  );
  return {
    log: differences([...made, ...refused], inTheirMoments(await logged(app))),
    outbox: differences(made, inTheirMoments(await announced(app))),
    receipts: differences(versions, receipts),
    interactions: differences(events, [...new Set(events)]),
    disclosures: differences(await rootsOfDisclosures(app), await rootsOfEntries(app)),
  };
}

/** By how many entries two lists differ: `+ fact` is in the second one only, `- fact` in the first one. */
function differences(first: readonly Fact[], second: readonly Fact[]): Fact[] {
  const counts = new Map<Fact, number>();
  for (const fact of first) counts.set(fact, (counts.get(fact) ?? 0) - 1);
  for (const fact of second) counts.set(fact, (counts.get(fact) ?? 0) + 1);
  return [...counts].flatMap(([fact, count]) => Array<Fact>(Math.abs(count)).fill(`${count > 0 ? '+' : '-'} ${fact}`));
}

/** The batches in which answers were recorded, by what their paths lead to, with their sizes. */
async function rootsOfDisclosures(app: TestApp): Promise<Fact[]> {
  const sizes = new Map<string, number>();
  const recorded = await Promise.all((await customers(app)).map((customer) => disclosed(app, customer)));
  // A refusal is an entry of its own.
  const answered = recorded.flat().filter(({ refused }) => refused === null);
  for (const { root } of answered) sizes.set(root, (sizes.get(root) ?? 0) + 1);
  return [...sizes].map(([root, size]) => `${root} of ${size}`);
}

/** The same, as the log tells it. */
async function rootsOfEntries(app: TestApp): Promise<Fact[]> {
  const entries = (await audited(app, null)).filter(({ type }) => type === 'disclosures.recorded');
  return entries.map(({ data }) => (Object.values(data as object) as string[]).join(' of '));
}

async function rowsOf({ db }: Pick<TestApp, 'db'>, query: string): Promise<Fact[]> {
  const { rows } = await db.query<{ fact: Fact }>(query);
  return rows.map(({ fact }) => fact);
}

/** What changed, as the tables of the modules have it. */
export async function changes(app: TestApp): Promise<Fact[]> {
  const at = `to_char(received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  return rowsOf(
    app,
    `
    select customer_id || ' customer registered' as fact from customers
    union all select customer_id || ' session ' || id || ' started' from sessions
    union all select customer_id || ' preference ' || preference_id || ' v' || version || ' ' || change
      from preference_versions
    union all select customer_id || ' request ' || id || ' opened' from consent_requests
    union all select customer_id || ' request ' || id || ' shown' from consent_requests where shown_at is not null
    union all select customer_id || ' consent ' || consent_id || ' v' || version || ' ' || change from consent_versions
    union all select customer_id || ' ' || count(*) || ' interactions at ' || ${at} from interactions
      group by customer_id, received_at`,
  );
}

async function customers(app: TestApp): Promise<CustomerKey[]> {
  return (await rowsOf(app, 'select customer_id::text as fact from customers')).map(customerKey);
}

/** What changed, as the log tells it. */
async function logged(app: TestApp): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (const customer of await customers(app)) {
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
async function announced(app: TestApp): Promise<Fact[]> {
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
