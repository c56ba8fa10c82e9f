import { setTimeout as delay } from 'node:timers/promises';

import { Command } from 'commander';

import { loadConfig } from '../platform/config/config.js';
import { exitCodes } from './errors.js';
import { say } from './output.js';
import { welcome } from './welcome.js';

/** `ccx serve`: the service, until it is told to stop. */
export function serveCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('serve')
    .description('starts the service; without DATABASE_URL, with a database of its own')
    .action(() => serveUntilStopped(env));
}

async function serveUntilStopped(env: NodeJS.ProcessEnv): Promise<void> {
  const config = loadConfig(env); // before the service is loaded, which takes longer than refusing the settings
  const { serve } = await import('../main.js');
  const { seed } = await import('./seed/seed.js');
  // Asked for while it starts, a stop waits for the start: half a start cannot be undone as surely as a whole one.
  const stop = stopSignal();
  const service = await serve(config, {
    say,
    prepare: async (app) => {
      if (config.SEED) await seed(app, config, say);
    },
  });
  say(welcome(config, service.database));

  const signal = await stop;
  say(`${signal}: stopping once the requests under way are done. Again to stop at once.`);
  stopAtOnceWhenAskedAgain();
  await service.stop();
  say('Stopped.');
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
