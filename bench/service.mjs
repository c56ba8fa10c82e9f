// The built service in a process of its own, on a database of its own in a temporary folder, for benches to ask things
// of. Its memory is its own, too, and can be watched.
import { openSync, rmSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { built } from './built.mjs';
import { answering, startProcess } from './process.mjs';

const SERVICE = 'service';

/** What the service is given to keep. Whoever writes into its tables has the same. */
export const secrets = {
  CCX_KEK: Buffer.alloc(32, 'bench').toString('base64'),
  CCX_PEPPER: Buffer.alloc(32, 'bench').toString('base64'),
};

/** Where this process is to be the service, the folder of its data. */
export function folderToServe() {
  return process.argv[2] === SERVICE ? process.argv[3] : undefined;
}

/** The settings of a service that is measured. */
export function settingsOf(folder, port) {
  const { DATABASE_URL } = process.env;
  return {
    NODE_ENV: 'test',
    PORT: String(port),
    DATA_FOLDER: folder,
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'silent',
    ...(DATABASE_URL && { DATABASE_URL }),
    ...secrets,
  };
}

/**
 * Starts this very program once more, as the service, and ends it when `work` is done. `ask` puts a question to it.
 *
 * @param {string} program
 * @param {{heapMb?: number}} options A small heap shows what is needed: given more room, V8 lets garbage lie.
 * @param {(ask: (question: string, order?: object) => Promise<any>, service: {pid: number, kill: Function, folder: string}) => Promise<void>} work
 */
export async function withService(program, { heapMb }, work) {
  const folder = await mkdtemp(join(tmpdir(), 'ccx-bench-'));
  await chmod(folder, 0o755); // so that root's PostgreSQL has its data here, too, and they go with the rest
  const { boundedMemory } = await built('src/cli/memory');
  // As one of several workers runs. What is said here comes before that.
  const env = { ...process.env, ...boundedMemory(process.env) };
  const execArgv = heapMb ? ['--expose-gc', `--max-old-space-size=${heapMb}`] : [];
  // Its log goes where an operator's would: into a file.
  const stdio = ['ignore', openSync(join(folder, 'service.log'), 'w'), 'inherit', 'ipc'];
  const { pid, ask, kill } = startProcess(program, [SERVICE, folder], { execArgv, stdio, env });
  // Also when it stands still at that moment: nothing is left behind.
  const giveUp = () => {
    kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, giveUp);
  try {
    await work(ask, { pid, kill, folder });
    await ask('stop');
  } finally {
    kill();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Is the service. Besides these questions it knows `start`, `watch` and `peak` (of memory) and `stop`.
 *
 * @param {string} folder
 * @param {number} port
 * @param {(service: {app: any, databaseUrl: string}) => Record<string, (order: any) => Promise<unknown>>} questions
 * @param {Record<string, string>} [settings]
 */
export async function serve(folder, port, questions, settings = {}) {
  const { createApp, stopApp } = await built('src/app');
  const { openDatabase, requireCurrentSchema } = await built('src/cli/database');
  const { loadConfig } = await built('src/platform/config/config');
  const { startEmbeddedPostgres } = await built('src/platform/embedded-postgres/embedded-postgres');
  const say = () => undefined;
  const config = loadConfig({ ...settingsOf(folder, port), ...settings });
  // With as much room as an operator is told to give it; what opens the database finds it running.
  const postgres =
    config.DATABASE_URL === undefined &&
    (await startEmbeddedPostgres({ folder: join(folder, 'postgres'), settings: { shared_buffers: '2GB' } }));
  const database = await openDatabase(config, say);
  await requireCurrentSchema(database, say);
  const app = await createApp(config, { databaseUrl: database.url });
  await app.listen(config.PORT, config.HOST);

  answering({
    start: () => ({ url: config.issuer, databaseUrl: database.url }),
    ...memory(),
    ...questions({ app, databaseUrl: database.url }),
    stop: async () => {
      await stopApp(app, config);
      await database.close();
      if (postgres) await postgres.stop();
    },
  });
}

/** Watches how much memory this process takes at most. */
function memory() {
  const peak = { rss: 0, heap: 0 };
  let watching;
  const look = () => {
    const { rss, heapUsed, external } = process.memoryUsage();
    peak.rss = Math.max(peak.rss, rss);
    peak.heap = Math.max(peak.heap, heapUsed + external);
  };
  return {
    watch: () => {
      globalThis.gc();
      Object.assign(peak, { rss: 0, heap: 0 });
      watching = setInterval(look, 5);
    },
    peak: () => {
      clearInterval(watching);
      return { peak_rss_mb: megabytes(peak.rss), peak_heap_mb: megabytes(peak.heap) };
    },
  };
}

export function megabytes(bytes) {
  return Number((bytes / 1_048_576).toFixed(1));
}
