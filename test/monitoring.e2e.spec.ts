import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { AggregatorRegistry } from 'prom-client';
import { parse } from 'yaml';

import { WorkerMetrics } from '../src/cli/worker-metrics.js';
import type { Workers } from '../src/cli/workers.js';
import { Config } from '../src/platform/config/config.js';
import { Metrics } from '../src/platform/metrics/metrics.js';
import { MetricsListener } from '../src/platform/metrics/metrics-listener.js';
import { aCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aFreePort } from './support/cli.js';
import { type Family, parseExposition, type Sample } from './support/exposition.js';
import { publishLog } from './support/log.js';
import { consentToken } from './support/oauth.js';
import { askedBy } from './support/promql.js';
import { aRetailer } from './support/retailers.js';

const DEPLOY = 'deploy/monitoring';
const GUIDE = 'docs/operator/monitoring.md';
const SETTINGS = 'docs/operator/README.md';
/** What Prometheus itself adds to everything that it scrapes. */
const OF_PROMETHEUS = ['instance', 'job'];

let app: TestApp;
let address: string;
let told: Map<string, Family>;
/** Ids of somebody who has used the service. */
let ids: string[];

beforeAll(async () => {
  const port = await aFreePort();
  app = await startApp({ config: { METRICS_PORT: String(port) } });
  await app.get(MetricsListener).listen();
  address = `http://127.0.0.1:${port}/metrics`;
  ids = await traffic();
  told = parseExposition(await (await fetch(address)).text());
});
afterAll(() => app.stop());

/** Something of everything that is counted. */
async function traffic(): Promise<string[]> {
  const retailer = await aRetailer(app);
  const customer = await aCustomer(app);
  const shoes = { attribute: 'size.footwear', value: { system: 'EUROPE', size: '42.5' }, strength: 'want' };
  const { body } = await customer.api.post('/v1/me/preferences').send(shoes).expect(201);
  await customer.api.get(`/v1/me/preferences/${body.id}`).expect(200);
  const details = [
    {
      type: 'ccx_preferences',
      purposes: ['dpv:ServicePersonalisation'],
      attributes: ['size'],
      touchpoints: ['till'],
    },
  ];
  const till = await consentToken(app, retailer, customer, { details });
  expect((await till.fetch('GET', '/v1/preferences?touchpoint=till&stage=shopping')).status).toBe(200);
  await app.http.get('/v1/me').expect(401);
  await app.http.get(`/nowhere/${body.id}?q=${body.id}`).expect(404);
  await app.http.post('/oauth/token').type('form').send({ grant_type: 'nothing' }).expect(400);
  await publishLog(app);
  await app.runJob('audit-monitor');
  return [body.id, customer.key.customerId, retailer.id, till.consentId];
}

const family = (name: string): Family => told.get(name) ?? { type: 'none', labels: new Set(), samples: [] };
const value = (samples: readonly Sample[], labels: Record<string, string>, name?: string): number | undefined =>
  samples.find(
    (sample) =>
      (!name || sample.name === name) && Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
  )?.value;

describe('requests', () => {
  const count = (labels: Record<string, string>) =>
    value(family('ccx_http_request_duration_seconds').samples, labels, 'ccx_http_request_duration_seconds_count');

  it('are counted by the template of their route, whoever answers', () => {
    expect(count({ method: 'GET', route: '/v1/me/preferences/:id', status: '200' })).toBe(1);
    expect(count({ method: 'GET', route: '/v1/preferences', status: '200' })).toBe(1);
    expect(count({ method: 'GET', route: '/v1/me', status: '401' })).toBe(1);
    expect(count({ method: 'POST', route: '/oauth/token', status: '400' })).toBe(1);
    expect(count({ method: 'POST', route: '/oauth/token', status: '200' })).toBe(1);
  });

  it('are all one where there is no route', () => {
    expect(count({ route: 'unknown', status: '404' })).toBe(1);
  });

  it('are measured at what was promised', () => {
    const bounds = family('ccx_http_request_duration_seconds').samples.map(({ labels }) => labels['le']);
    expect(bounds).toEqual(expect.arrayContaining(['0.1', '1', '+Inf']));
  });
});

describe('metrics', () => {
  it('hold no id of anybody or anything', async () => {
    const text = await (await fetch(address)).text();
    for (const id of ids) expect(text).not.toContain(id);
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  });

  it('have no label that Prometheus gives a meaning of its own', () => {
    for (const [name, { labels }] of told) {
      expect([name, [...labels].filter((label) => OF_PROMETHEUS.includes(label))]).toEqual([name, []]);
    }
  });

  it('tell of the pool, the queues, the jobs and the commits of disclosures', () => {
    expect(value(family('ccx_database_pool_size').samples, { pool: 'main' })).toBe(app.config.DATABASE_POOL);
    expect(value(family('ccx_database_connections').samples, { pool: 'main' })).toBeGreaterThan(0);
    expect(value(family('ccx_job_held').samples, { name: 'audit-sequencer' })).toBe(1);
    expect(family('ccx_outbox_oldest_due_seconds').samples.length).toBeGreaterThan(3);
    expect(value(family('ccx_disclosure_batch_answers').samples, {}, 'ccx_disclosure_batch_answers_sum')).toBe(1);
    expect(value(family('ccx_long_jobs_due').samples, {})).toBe(0);
  });

  it('become one over several processes: what each does is added up, what the database tells is not', async () => {
    const { registry } = app.get(Metrics);
    const one = await registry.getMetricsAsJSON();
    const both = parseExposition(await AggregatorRegistry.aggregate([one, one]).metrics());
    const sum = (families: Map<string, Family>, name: string) =>
      families.get(name)!.samples.reduce((total, sample) => total + sample.value, 0);
    const alone = parseExposition(await AggregatorRegistry.aggregate([one]).metrics());
    for (const name of ['ccx_log_entries', 'ccx_log_alarm', 'ccx_audit_findings', 'ccx_outbox_due']) {
      expect([name, sum(both, name)]).toEqual([name, sum(alone, name)]);
    }
    for (const name of ['ccx_database_pool_size', 'ccx_job_held', 'ccx_http_request_duration_seconds']) {
      expect([name, sum(both, name)]).toEqual([name, 2 * sum(alone, name)]);
    }
  });
});

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: { readonly severity: string };
  readonly annotations?: { readonly runbook_url: string };
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

async function rules(): Promise<Rule[]> {
  const { groups } = parse(await readFile(join(DEPLOY, 'alerts.yml'), 'utf8')) as { groups: { rules: Rule[] }[] };
  return groups.flatMap((group) => group.rules);
}

async function panels(): Promise<Panel[]> {
  return (JSON.parse(await readFile(join(DEPLOY, 'grafana-dashboard.json'), 'utf8')) as { panels: Panel[] }).panels;
}

/** Whatever a service can tell: this one, one with workers, Prometheus itself, and what the rules record. */
async function known(): Promise<Map<string, ReadonlySet<string>>> {
  const primary = new WorkerMetrics({ ready: [], replaced: 0 } as unknown as Workers);
  const families = [...told, ...parseExposition(await primary.tell())];
  const names = families.flatMap(([name, { labels, type }]) =>
    (type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name]).map(
      (sample) =>
        [sample, new Set([...labels, ...OF_PROMETHEUS, ...(sample.endsWith('_bucket') ? ['le'] : [])])] as const,
    ),
  );
  const recorded = (await rules()).flatMap(({ record }) => (record ? [[record, new Set<string>()] as const] : []));
  return new Map([...names, ...recorded, ['up', new Set(OF_PROMETHEUS)]]);
}

async function unknownIn(expressions: readonly (readonly [where: string, expr: string])[]): Promise<string[]> {
  const names = await known();
  return expressions.flatMap(([where, expr]) =>
    askedBy(expr).flatMap(({ metric, labels }) => {
      const has = names.get(metric);
      if (!has) return [`${where}: ${metric}`];
      return labels.filter((label) => !has.has(label)).map((label) => `${where}: ${metric}{${label}}`);
    }),
  );
}

describe('the rules of alerts', () => {
  it('ask for what a service tells, and nothing else', async () => {
    const expressions = (await rules()).map(({ alert, record, expr }) => [alert ?? record ?? '', expr] as const);
    await expect(unknownIn(expressions)).resolves.toEqual([]);
    expect(expressions.every(([, expr]) => askedBy(expr).length > 0)).toBe(true);
  });

  it('would be caught asking for what nobody tells', async () => {
    const wrong = [
      ['a metric', 'sum(rate(ccx_requests_total[5m])) > 1'],
      ['a label', 'ccx_log_alarm{kind="log-broken"} > 0'],
      ['a group', 'max by (bucket) (ccx_outbox_due) > 0'],
    ] as const;
    await expect(unknownIn(wrong)).resolves.toEqual([
      'a metric: ccx_requests_total',
      'a label: ccx_log_alarm{kind}',
      'a group: ccx_outbox_due{bucket}',
    ]);
  });

  it('each lead to a piece of the guide that says what to do', async () => {
    const alerts = (await rules()).filter(({ alert }) => alert);
    const sections = await headings(GUIDE);
    for (const { alert, labels, annotations } of alerts) {
      expect([alert, annotations?.runbook_url]).toEqual([alert, `${GUIDE}#${alert!.toLowerCase()}`]);
      expect(['page', 'ticket']).toContain(labels?.severity);
      expect(sections).toContain(alert!.toLowerCase());
    }
  });

  const promtool = (...parameters: string[]) => promisify(execFile)('promtool', parameters, { cwd: DEPLOY });
  it('are right to Prometheus itself, and call somebody out when they should', async () => {
    const there = await promtool('--version').then(
      () => true,
      () => false,
    );
    if (!there) return void process.stderr.write('Skipped: promtool (Debian: prometheus) is not installed.\n');
    await expect(promtool('check', 'config', 'prometheus.yml')).resolves.toBeDefined();
    await expect(promtool('test', 'rules', 'alerts.test.yml')).resolves.toBeDefined();
  });
});

describe('the dashboard', () => {
  it('shows what a service tells, and nothing else', async () => {
    const expressions = (await panels()).flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => [title, expr.replaceAll('$__rate_interval', '5m')] as const),
    );
    expect(expressions.length).toBeGreaterThan(40);
    await expect(unknownIn(expressions)).resolves.toEqual([]);
  });

  it('names its lines by labels that are there', async () => {
    const names = await known();
    for (const { title, targets = [] } of await panels()) {
      for (const { expr, legendFormat } of targets) {
        const labels = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
        const [first] = askedBy(expr);
        expect([title, labels.filter((label) => !names.get(first!.metric)!.has(label))]).toEqual([title, []]);
      }
    }
  });
});

describe('the guide of operators', () => {
  it('has each metric in its table, with its labels, and no other', async () => {
    const primary = new WorkerMetrics({ ready: [], replaced: 0 } as unknown as Workers);
    const exposed = [...told, ...parseExposition(await primary.tell())]
      .filter(([name]) => name.startsWith('ccx_'))
      .map(([name, { labels }]) => (labels.size > 0 ? `${name}{${[...labels].toSorted().join()}}` : name));
    const described = firstCells(await readFile(GUIDE, 'utf8')).flatMap((cell) =>
      [...cell.matchAll(/`(ccx_\w+)(?:\{([\w,]+)\})?`/g)].map(([, name, labels]) =>
        labels ? `${name}{${labels.split(',').toSorted().join()}}` : name,
      ),
    );
    expect(described.toSorted()).toEqual(exposed.toSorted());
  });

  it('has each setting in its table, and no other', async () => {
    const table = (await readFile(SETTINGS, 'utf8')).split('\n## Settings\n')[1]!;
    const described = firstCells(table).flatMap((cell) =>
      [...cell.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name]) => name),
    );
    expect(described.toSorted()).toEqual(Object.keys(new Config()).toSorted());
  });

  it.each([GUIDE, SETTINGS, 'docs/operator/sizing.md'])('leads nowhere in vain: %s', async (file) => {
    const text = await readFile(file, 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const other = path ? join(dirname(file), path) : file;
      const there = await readFile(other).then(
        () => true,
        (error: NodeJS.ErrnoException) => error.code === 'EISDIR',
      );
      expect([target, there]).toEqual([target, true]);
      if (anchor) expect([target, await headings(other)]).toEqual([target, expect.arrayContaining([anchor])]);
    }
  });
});

/** What the headings of a file are called in addresses. */
async function headings(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8');
  return [...text.replace(/^```.*?^```/gms, '').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The first cells of all tables of a text. */
function firstCells(text: string): string[] {
  return [...text.matchAll(/^\| ([^|]+)\|/gm)].map(([, cell = '']) => cell);
}
