// Plays real years of shopping plainly, and then shuffled, a fifth of it twice, and cut: the service and the replay are
// killed (`kill -9`) at random moments. What customers have in the end must be the same, and counters and suggestions
// must be what `ccx rebuild` would make of them. Each way has a service and a database of its own. The exit code is 1
// when something differs.
//
//     npm run build && node bench/replay-cuts.mjs --path ../shared/data
//
// `--by batches` and `--by files` (bulk jobs) say how the second time is reported; it is both, one after the other,
// unless said. The seed decides about the order, the copies, whom the cuts meet and when; the moments follow the speed
// of the plain way on the same machine.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    path: { type: 'string' },
    dataset: { type: 'string', multiple: true, default: ['online-retail', 'complete-journey'] },
    customers: { type: 'string' },
    by: { type: 'string', multiple: true, default: ['batches', 'files'] },
    cuts: { type: 'string', default: '8' },
    seed: { type: 'string', default: 'ccx' },
    ccx: { type: 'string', default: fileURLToPath(new URL('../dist/src/cli/ccx.js', import.meta.url)) },
  },
});
const MESS = ['--shuffle', options.seed, '--duplicate', '0.2'];
const victims = ['service', 'replay', 'both'];
const START_MS = 120_000;
const PATIENCE_SECONDS = 300;

const folder = await mkdtemp(join(tmpdir(), 'ccx-cuts-'));
await chmod(folder, 0o755); // as root the database runs as an account that must be able to enter
const children = new Set();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** Each way of playing a data set. */
async function every(dataset) {
  const ways = {
    plain: [],
    ...Object.fromEntries(options.by.map((by) => [`messy, in ${by}`, by === 'files' ? [...MESS, '--bulk'] : MESS])),
  };
  const results = [];
  for (const [way, args] of Object.entries(ways)) {
    const cuts = results.length === 0 ? [] : cutsOf(`${dataset} ${way}`, results[0].seconds);
    results.push({ dataset, way, ...(await played(dataset, args, cuts)) });
    console.error(JSON.stringify(results.at(-1)));
  }
  return results.map(({ seconds, ...result }) => ({ ...result, ...seconds }));
}

/** Whom to kill and how long after which phase has begun: a quarter of them while people register and consent. */
function cutsOf(name, seconds) {
  const random = randomOf(`${options.seed} ${name}`);
  const length = Number(options.cuts);
  return Array.from({ length }, (_, index) => {
    const phase = index < length / 4 ? 'Enrolling' : 'Reporting';
    const most = (phase === 'Enrolling' ? seconds.enrolling : seconds.reporting) * 700;
    return { phase, victim: victims[Math.floor(random() * victims.length)], afterMs: Math.round(random() * most) };
  });
}

async function played(dataset, args, cuts) {
  const service = await Service.start();
  const all = ['--dataset', dataset, '--path', options.path, '--suggestions', ...args];
  if (options.customers) all.push('--customers', options.customers);
  const begun = performance.now();
  let replay = new Replay(service, all);
  const cut = [];
  for (const { phase, victim, afterMs } of cuts) {
    await Promise.race([replay.says(`${phase}: 0 of`), replay.ended]);
    await Promise.race([delay(afterMs), replay.ended]);
    if (replay.hasEnded) break;
    cut.push(`${victim} ${afterMs} ms after ${phase.toLowerCase()} began`);
    if (victim !== 'service') await replay.kill();
    if (victim !== 'replay') await service.killAndStart();
    if (victim !== 'service') replay = new Replay(service, all);
  }
  const { code, stdout } = await replay.ended;
  if (code !== 0 || !stdout.includes('End state'))
    throw new Error(`The replay ended with ${code}:\n${stdout}\n${replay.stderr}`);
  const check = await new Program(service.cwd, ['rebuild', '--check']).ended;
  if (check.code !== 0) throw new Error(`What is derived is not as it should be:\n${check.stdout}`);
  await service.stop();
  const found = (pattern) => pattern.exec(stdout)?.[1];
  const count = (pattern) => Number((found(pattern) ?? '0').replaceAll(' ', ''));
  return {
    events: count(/^([\d ]+) events$/m),
    sent: count(/^([\d ]+) sent$/m),
    stored: count(/^ +([\d ]+)  stored$/m),
    known: count(/^ +([\d ]+)  duplicate/m),
    seconds: {
      enrolling: Number(found(/enrolled or found, in ([\d.]+) s/)),
      reporting: Number(found(/events in ([\d.]+) s/)),
      all: Number(((performance.now() - begun) / 1_000).toFixed(1)),
    },
    serviceMiB: count(/Memory of the service: ([\d ]+) MiB/),
    cut,
    checksum: found(/^End state.*: (\S+)$/m),
  };
}

/** A program of ours. */
class Program {
  stderr = '';
  hasEnded = false;

  constructor(cwd, args, env = {}) {
    const { PATH, HOME } = process.env;
    this.child = spawn(process.execPath, [options.ccx, ...args], {
      cwd,
      env: { PATH, HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(this.child);
    let stdout = '';
    this.child.stdout.on('data', (chunk) => (stdout += chunk));
    this.child.stderr.on('data', (chunk) => (this.stderr += chunk));
    this.ended = once(this.child, 'close').then(([code]) => {
      this.hasEnded = true;
      children.delete(this.child);
      return { code, stdout };
    });
  }

  async says(words) {
    while (!this.stderr.includes(words) && !this.hasEnded) await delay(5);
  }

  async kill() {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

class Replay extends Program {
  constructor({ url, cwd, pid }, args) {
    super(cwd, ['replay', '--url', url, '--pid', String(pid), '--patience', String(PATIENCE_SECONDS), ...args]);
  }
}

/** A service with a database of its own, which outlives it. */
class Service {
  static async start() {
    const service = new Service();
    service.cwd = await mkdtemp(join(folder, 'service-'));
    await chmod(service.cwd, 0o755);
    service.port = await freePort();
    service.url = `http://127.0.0.1:${service.port}`;
    await service.begin();
    return service;
  }

  get pid() {
    return this.program.child.pid;
  }

  async begin() {
    this.program = new Program(this.cwd, ['serve'], { PORT: String(this.port), RATE_LIMITS: 'off', LOG_LEVEL: 'warn' });
    await Promise.race([this.program.says('CCX is ready'), delay(START_MS)]);
    if (this.program.hasEnded) throw new Error(`The service did not start:\n${this.program.stderr}`);
  }

  async killAndStart() {
    await this.program.kill();
    await this.begin();
  }

  async stop() {
    this.program.child.kill('SIGTERM');
    await this.program.ended;
  }
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Numbers from 0 to 1, the same for the same seed. */
function randomOf(seed) {
  let counter = 0;
  return () => createHash('sha256').update(`${counter++} ${seed}`).digest().readUInt32LE() / 2 ** 32;
}

try {
  const results = [];
  for (const dataset of options.dataset) results.push(...(await every(dataset)));
  console.table(results.map(({ cut, ...result }) => ({ ...result, cuts: cut.length })));
  for (const { dataset, way, cut } of results) {
    if (way === 'plain') continue;
    console.log(`${dataset}, ${way}: ${cut.join(', ') || 'over before anything was cut'}`);
    // Who was never killed shows nothing.
    if (cut.length === 0 && Number(options.cuts) > 0) process.exitCode = 1;
  }
  for (const dataset of options.dataset) {
    const states = new Set(results.filter((result) => result.dataset === dataset).map(({ checksum }) => checksum));
    console.log(`${dataset}: ${states.size === 1 ? 'one end state' : `${states.size} END STATES`}`);
    if (states.size !== 1) process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
}
