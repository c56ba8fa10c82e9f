// What the audit log costs, and how fast it is: six figures, each against a baseline of the same run, from the built
// service on a PostgreSQL that syncs. `npm run bench:audit`; `-- --quick` tries it with small numbers.
import { fileURLToPath } from 'node:url';

import { disclosing, filled, latency, logSize, sequenced, switchAudit } from './audit-service.mjs';
import { built } from './built.mjs';
import { cpuOf, each, folderPid, quantiles } from './measures.mjs';
import { folderToServe, serve, withService } from './service.mjs';
import { consentTo, crowdOf, expecting, shopOf } from './shop.mjs';

const quick = process.argv.includes('--quick');
const WRITES = quick ? 200 : 2_000;
const ENTRIES = quick ? 5_000 : 100_000;
const LATENCY = { seconds: quick ? 5 : 60, perSecond: 100 };
const DISCLOSING = { seconds: quick ? 2 : 15, readers: 256 };
const LEAVES = quick ? 50_000 : 1_000_000;
const PROOFS = quick ? 200 : 5_000;
const CONNECTIONS = 4;

const folder = folderToServe();
if (folder) {
  await serve(folder, 3996, ({ app, databaseUrl }) => ({
    cpu: async () => cpuOf(await folderPid(folder)),
    shop: () => shopOf(app),
    crowd: (order) => crowdOf(app, databaseUrl, order),
    latency: (order) => latency(app, order),
    quiet: async () => {
      const { Jobs } = await built('src/platform/jobs/jobs');
      await app.get(Jobs, { strict: false }).onModuleDestroy();
      return {};
    },
    audit: ({ on }) => switchAudit(app, on),
    sequence: (order) => sequenced(app, order),
    size: () => logSize(databaseUrl),
    disclose: (order) => disclosing(app, order),
    fill: (order) => filled(app, databaseUrl, order),
  }));
} else await withService(fileURLToPath(import.meta.url), {}, measure);

async function measure(ask) {
  const { url } = await ask('start');
  const shop = await ask('shop');
  const consent = await consentTo(url, shop);
  await ask('crowd', { consentId: consent.id, count: 999 });
  const figures = [];
  const tell = (figure, value, aim) => figures.push({ figure, value, ...(aim && { aim }) });

  const signed = quantiles((await ask('latency', LATENCY)).ms);
  tell(`commit to signed checkpoint, p50, at ${LATENCY.perSecond} entries/s`, `${signed.p50.toFixed(0)} ms`);
  tell('commit to signed checkpoint, p99', `${signed.p99.toFixed(0)} ms`, '≤ 2000 ms');

  await ask('quiet');
  const [without, with_] = await costOfWrites(ask, url);
  const { entries, seconds, cpu } = await ask('sequence', { entries: ENTRIES });
  const sequencing = (cpu.node + cpu.postgres) / entries;
  const ratio = (more) => ((with_.total + more) / without.total).toFixed(2);
  tell('a write over HTTP without its entry (CPU of node + PostgreSQL)', spent(without), 'the baseline');
  tell('the same write with its entry', `${spent(with_)}: ${ratio(0)} times`, '≤ 1.5 times');
  tell('… and what the sequencer spends on the entry later', `${ratio(sequencing)} times`);
  tell('the sequencer', `${Math.round(entries / seconds)} entries/s, ${sequencing.toFixed(0)} µs of CPU each`);

  const size = await ask('size');
  tell(
    'an entry in the log, with its indexes',
    `${size.entry.toFixed(0)} bytes, of which ${size.sealed.toFixed(0)} sealed`,
  );
  tell('an entry in the tree', `${size.tree.toFixed(1)} bytes`);

  const single = await ask('disclose', { ...DISCLOSING, how: 'insert' });
  const whole = await ask('disclose', { ...DISCLOSING, how: 'transaction' });
  const group = await ask('disclose', { ...DISCLOSING, how: 'group' });
  tell('disclosures, one insert per read', `${single.perSecond}/s`, 'the baseline');
  tell('disclosures, one transaction with its entry per read', `${whole.perSecond}/s`);
  const times = (base) => (group.perSecond / base.perSecond).toFixed(1);
  tell(
    'disclosures, group commit',
    `${group.perSecond}/s: ${times(single)} times the inserts, ${times(whole)} times the transactions`,
    '≥ 5 times',
  );

  const { leaves } = await ask('fill', { leaves: LEAVES });
  for (const [name, path] of Object.entries({
    inclusion: () => `inclusion?index=${Math.floor(Math.random() * leaves)}`,
    consistency: () => `consistency?from=${1 + Math.floor(Math.random() * (leaves - 1))}`,
  })) {
    const ms = await each(PROOFS, CONNECTIONS, async () =>
      expecting(await fetch(`${url}/log/v1/proofs/${path()}`), 200),
    );
    const { p50, p99 } = quantiles(ms);
    tell(
      `${name} proof over HTTP at ${leaves} leaves, p50 / p99`,
      `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`,
      'p99 ≤ 50 ms',
    );
  }
  console.table(figures);
}

/** What a preference costs to state and to take back, first without the entries in the log, then with them, twice. */
async function costOfWrites(ask, url) {
  const post = (path, token, body, method = 'POST') =>
    fetch(url + path, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const account = { email: `bench-${Date.now()}@example.org`, password: 'three geese over the canal' };
  const { session } = await expecting(await post('/v1/customers', null, account), 201);
  const write = async () => {
    const preference = { attribute: 'receipt.delivery', value: { form: 'email' }, strength: 'want' };
    const { id } = await expecting(await post('/v1/me/preferences', session.token, preference), 201);
    const removed = await post(`/v1/me/preferences/${id}`, session.token, null, 'DELETE');
    if (!removed.ok) throw new Error(`Removing was answered ${removed.status}.`);
  };
  const sums = [0, 1].map(() => ({ node: 0, postgres: 0, total: 0 }));
  // In turns, so that neither is the one that warms up.
  for (const round of [0, 1, 2, 3, 4]) {
    for (const on of [0, 1]) {
      await ask('audit', { on: on === 1 });
      const before = await ask('cpu');
      await each(WRITES / 4 / 2, 1, write);
      const after = await ask('cpu');
      if (round === 0) continue;
      sums[on].node += (after.node - before.node) / WRITES;
      sums[on].postgres += (after.postgres - before.postgres) / WRITES;
    }
  }
  await ask('audit', { on: true });
  for (const sum of sums) sum.total = sum.node + sum.postgres;
  return sums;
}

function spent({ node, postgres }) {
  return `${node.toFixed(0)} + ${postgres.toFixed(0)} µs`;
}
