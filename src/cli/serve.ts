import cluster from 'node:cluster';
import { setTimeout as delay } from 'node:timers/promises';

import { Command } from 'commander';

import { type Config, loadConfig } from '../platform/config/config.js';
import type { OpenDatabase } from './database.js';
import { exitCodes } from './errors.js';
import { say } from './output.js';
import { welcome } from './welcome.js';

/** What answers, in this process or in others. */
interface Serving {
  readonly database: OpenDatabase;
  stop(): Promise<void>;
}

/** `ccx serve`: the service, until it is told to stop. */
export function serveCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('serve')
    .description('starts the service; without DATABASE_URL, with a database of its own')
    .option('--workers <count>', 'how many processes answer (WORKERS); one for each core, or a little fewer')
    .action(({ workers }: { workers?: string }) => {
      const settings = workers === undefined ? env : { ...env, WORKERS: workers };
      return cluster.isWorker ? serveAsWorker(settings) : serveUntilStopped(settings);
    });
}

async function serveUntilStopped(env: NodeJS.ProcessEnv): Promise<void> {
  const config = loadConfig(env); // before the service is loaded, which takes longer than refusing the settings
  // Asked for while it starts, a stop waits for the start: half a start cannot be undone as surely as a whole one.
  const stop = stopSignal();
  const serving = await (config.WORKERS > 1 ? serveByWorkers(config) : serveHere(config));
  say(welcome(config, serving.database));

  const signal = await stop;
  say(`${signal}: stopping once the requests under way are done. Again to stop at once.`);
  stopAtOnceWhenAskedAgain();
  await serving.stop();
  say('Stopped.');
}

/** One of several processes: what is done once for all of them, the primary does, which also ends them. */
async function serveAsWorker(env: NodeJS.ProcessEnv): Promise<void> {
  try {
    const stop = stopSignal();
    const { app, stop: end } = await serveHere(loadConfig(env));
    const [{ tellMetrics }, { Metrics }] = await Promise.all([
      import('./worker-metrics.js'),
      import('../platform/metrics/metrics.js'),
    ]);
    tellMetrics(app.get(Metrics));
    await stop;
    await end();
  } finally {
    cluster.worker?.disconnect(); // which alone kept it alive
  }
}

async function serveHere(config: Config) {
  const { serve } = await import('../main.js');
  const { seed } = await import('./seed/seed.js');
  return serve(config, {
    say,
    prepare: async (app) => {
      if (config.SEED) await seed(app, config, say);
    },
  });
}

async function serveByWorkers(config: Config): Promise<Serving> {
  const { serveByWorkers: serve } = await import('./primary.js');
  return serve(config, say);
}

const signals = ['SIGTERM', 'SIGINT'] as const;

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of signals) process.on(signal, resolve);
  });
}

/** npm passes Ctrl-C on to a program that has had it from the terminal already; that is one wish, not two. */
const SAME_WISH_MS = 1_000;

function stopAtOnceWhenAskedAgain(): void {
  void delay(SAME_WISH_MS, undefined, { ref: false }).then(() => {
    for (const signal of signals) process.on(signal, () => process.exit(exitCodes.failed));
  });
}
