// The built service in a process of its own, on a database of its own in a temporary folder, for benches to ask things
// of. Its memory is its own, too, and can be watched.
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SERVICE = 'service';

/** Where this process is to be the service, the folder of its data. */
export function folderToServe() {
  return process.argv[2] === SERVICE ? process.argv[3] : undefined;
}

/**
 * Starts this very program once more, as the service, and ends it when `work` is done. `ask` puts a question to it.
 *
 * @param {string} program
 * @param {{heapMb?: number}} options A small heap shows what is needed: given more room, V8 lets garbage lie.
 * @param {(ask: (question: string, more?: object) => Promise<any>) => Promise<void>} work
 */
export async function withService(program, { heapMb }, work) {
  const folder = await mkdtemp(join(tmpdir(), 'ccx-bench-'));
  const execArgv = heapMb ? ['--expose-gc', `--max-old-space-size=${heapMb}`] : [];
  const service = fork(program, [SERVICE, folder], { execArgv });
  const ask = (question, more = {}) =>
    new Promise((resolve, reject) => {
      const onExit = (code) => reject(new Error(`The service ended with ${code}.`));
      service.once('exit', onExit);
      service.once('message', (answer) => {
        service.off('exit', onExit);
        resolve(answer);
      });
      service.send({ question, ...more });
    });
  try {
    await work(ask);
    await ask('stop');
  } finally {
    service.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Is the service. Besides these questions it knows `start`, `watch` and `peak` (of memory) and `stop`.
 *
 * @param {string} folder
 * @param {number} port
 * @param {(service: {app: any, databaseUrl: string}) => Record<string, (order: any) => Promise<object>>} questions
 */
export async function serve(folder, port, questions) {
  const { createApp, stopApp } = await import('../dist/src/app.js');
  const { openDatabase, requireCurrentSchema } = await import('../dist/src/cli/database.js');
  const { loadConfig } = await import('../dist/src/platform/config/config.js');
  const say = () => undefined;
  const config = loadConfig({
    NODE_ENV: 'test',
    PORT: String(port),
    DATA_FOLDER: folder,
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'silent',
    ...(process.env.DATABASE_URL && { DATABASE_URL: process.env.DATABASE_URL }),
    CCX_KEK: Buffer.alloc(32, 'bench').toString('base64'),
    CCX_PEPPER: Buffer.alloc(32, 'bench').toString('base64'),
  });
  const database = await openDatabase(config, say);
  await requireCurrentSchema(database, say);
  const app = await createApp(config, { databaseUrl: database.url });
  await app.listen(config.PORT, config.HOST);

  const answers = {
    start: async () => ({ url: config.issuer, databaseUrl: database.url }),
    ...memory(),
    ...questions({ app, databaseUrl: database.url }),
    stop: async () => {
      await stopApp(app, config);
      await database.close();
      return {};
    },
  };
  process.on('message', ({ question, ...order }) => {
    answers[question](order).then(
      (answer) => process.send(answer),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
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
    watch: async () => {
      globalThis.gc();
      Object.assign(peak, { rss: 0, heap: 0 });
      watching = setInterval(look, 5);
      return {};
    },
    peak: async () => {
      clearInterval(watching);
      return { peak_rss_mb: megabytes(peak.rss), peak_heap_mb: megabytes(peak.heap) };
    },
  };
}

export function megabytes(bytes) {
  return Number((bytes / 1_048_576).toFixed(1));
}
