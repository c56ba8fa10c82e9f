// What a flood does to others. A polite retailer reads at a low steady rate, alone and then while another retailer asks
// for ten times what the service can do, for a minute. `npm run bench:overload`, or `-- --seconds 10`.
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { cpuOfTree } from './measures.mjs';
import { send } from './load.mjs';
import { readsOf } from './flood.mjs';
import { makePeople } from './people.mjs';
import { startProcess } from './process.mjs';
import { table, writeBetween } from './report.mjs';
import { folderToServe, serve, withService } from './service.mjs';
import { prepare, world } from './world.mjs';

const { values: options } = parseArgs({
  allowPositionals: true, // the service's process has its own
  options: {
    seconds: { type: 'string', default: '60' },
    connections: { type: 'string', default: '3600' },
    times: { type: 'string', default: '10' },
  },
});

const PEOPLE = 1_000;
/** The best of some slices: what the machine does besides is not the service's limit. */
const CAPACITY = { connections: 16, seconds: 1, slices: 6 };
/** A till that is used, by a caller that has a few connections. */
const POLITE = { perSecond: 50, connections: 16 };
const ALONE_SECONDS = 20;
/** Where the flood comes from: no address may have more than 1 000 connections. */
const ADDRESSES = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];

/** Shorter runs only print what they find. */
const WHOLE_SECONDS = 60;
const MARKS = ['<!-- written by npm run bench:overload: begin -->', '<!-- written by npm run bench:overload: end -->'];

const folder = folderToServe();
if (folder) {
  await serve(folder, 3994, ({ app }) => ({ prepare: () => prepare(app), world: (order) => world(app, order) }), {
    LOG_LEVEL: 'info',
  });
} else await withService(fileURLToPath(import.meta.url), {}, measure);

async function measure(ask, service) {
  const { url, databaseUrl } = await ask('start');
  const plan = await ask('prepare');
  await makePeople({ databaseUrl, count: PEOPLE, ...plan });
  const { readers } = await ask('world', { readers: PEOPLE, customers: 0 });
  const port = Number(new URL(url).port);
  const [politeTokens, floodTokens] = plan.shops.map(({ clientId }) =>
    readers.filter((reader) => reader.clientId === clientId).map(({ token }) => token),
  );
  const flood = fileURLToPath(new URL('flood.mjs', import.meta.url));
  const [polite, flooder] = [startProcess(flood), startProcess(flood)];
  await flooder.ask('yields');
  try {
    const capacity = await capacityOf(port, floodTokens);
    await polite.ask('arrivals', { port, tokens: politeTokens, ...POLITE, seconds: 3 }); // warm
    const alone = await polite.ask('arrivals', { port, tokens: politeTokens, ...POLITE, seconds: ALONE_SECONDS });
    const before = memoryOf(service.pid);

    const seconds = Number(options.seconds);
    const memory = watchMemory(service.pid);
    const cpuBefore = cpuOfTree(service.pid);
    const [flooded, besides] = await Promise.all([
      flooder.ask('arrivals', {
        port,
        tokens: floodTokens,
        perSecond: capacity * Number(options.times),
        connections: Number(options.connections),
        addresses: ADDRESSES,
        seconds,
      }),
      polite.ask('arrivals', { port, tokens: politeTokens, ...POLITE, seconds }),
    ]);
    const processors = (cpuOfTree(service.pid) - cpuBefore) / seconds / 1e6;
    const recovered = await flooder.ask('recovery', { port, tokens: floodTokens, within: 3 * alone.p99 });
    const peak = memory.stop();

    const perSecond = (count) => Math.round(count / seconds);
    const rows = [
      ['', 'found', 'aim'],
      ['capacity, closed loop', `${Math.round(capacity)} requests/s`, ''],
      ['polite retailer, alone', milliseconds(alone), ''],
      ['flood, offered and sent', `${perSecond(flooded.offered)} and ${perSecond(flooded.sent)} requests/s`, ''],
      ['flood, answered', statusesOf(flooded), ''],
      ['flood, refusals without a problem or Retry-After', flooded.unclean, '0'],
      ['flood, connections closed', flooded.closed, ''],
      ['flood, answered 200', milliseconds(flooded), ''],
      ['polite retailer, beside it', `${milliseconds(besides)}; ${statusesOf(besides)}`, ''],
      ['its p99, to that alone', (besides.p99 / alone.p99).toFixed(2), '≤ 3'],
      ['memory of the service', `${before} MB before, ${peak} MB at most, ${memoryOf(service.pid)} MB after`, ''],
      ['CPU of the service', `${processors.toFixed(2)} of a processor`, ''],
      ['until the flooder reads as if nothing had been', `${recovered.toFixed(2)} s`, '≤ 5 s'],
    ];
    for (const row of rows) console.log(row.join(' | '));
    if (seconds >= WHOLE_SECONDS) await writeBetween(MARKS, [took(seconds), table(rows)]);
  } finally {
    polite.kill();
    flooder.kill();
  }
}

async function capacityOf(port, tokens) {
  const requests = readsOf(tokens);
  let sent = 0;
  const next = () => requests[sent++ % requests.length];
  let best = 0;
  for (let slice = 0; slice < CAPACITY.slices; slice++) {
    const { requests: answered, seconds } = await send({ port, ...CAPACITY, expects: [200], next });
    best = Math.max(best, answered / seconds);
  }
  return best;
}

/** Megabytes that a process has in memory. */
function memoryOf(pid) {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(kilobytes) / 1024);
}

function watchMemory(pid) {
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, memoryOf(pid))), 250);
  return {
    stop: () => {
      clearInterval(timer);
      return most;
    },
  };
}

function milliseconds({ p50, p99 }) {
  return `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
}

function statusesOf({ statuses }) {
  return Object.entries(statuses)
    .map(([status, count]) => `${status}: ${count}`)
    .join(', ');
}

function took(seconds) {
  return (
    `A flood of ${seconds} s over ${options.connections} connections from ${ADDRESSES.length} addresses, and a polite ` +
    `retailer that reads ${POLITE.perSecond} times a second. All of them on one machine: the flood runs with the lowest ` +
    'priority.'
  );
}
