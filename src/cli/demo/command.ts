import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Command } from 'commander';

import { loadConfig } from '../../platform/config/config.js';
import { isServing, type ServiceProcess, startService } from '../api/service-process.js';
import { print, say } from '../output.js';
import { staffCredentials } from '../staff-credentials.js';
import { PrintingNarrator } from './narrator.js';
import { tellStory } from './story.js';

/** `ccx demo`: the whole story, told while it happens. */
export function demoCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('demo')
    .description(
      'tells the whole story through the public API, and fails at the first thing that is not as it should be',
    )
    .option(
      '--url <origin>',
      'the service; one is started, for this story only, when nothing answers there',
      'http://127.0.0.1:3000',
    )
    .action(async ({ url }: { url: string }) => {
      const begun = Date.now();
      const service = (await isServing(url)) ? undefined : await startForNow(url, env);
      try {
        const config = loadConfig(service ? { ...env, DATA_FOLDER: service.folder } : env);
        const operator = await staffCredentials('operator', config, env);
        await tellStory(url, operator, new PrintingNarrator(print, process.stdout.isTTY));
        print(`\nAll of it is as it should be (${((Date.now() - begun) / 1_000).toFixed(1)} s).`);
      } finally {
        await service?.stop();
      }
    });
}

/** A service whose folder goes with it. */
async function startForNow(
  url: string,
  env: NodeJS.ProcessEnv,
): Promise<Pick<ServiceProcess, 'stop'> & { readonly folder: string }> {
  say(`Nothing answers at ${url}: starting a service for this story.`);
  const folder = mkdtempSync(join(tmpdir(), 'ccx-demo-'));
  chmodSync(folder, 0o755); // so that root's database is in it, and goes with it
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const service = await startService(process.argv[1] as string, url, { DATA_FOLDER: folder }, env);
    return { folder, stop: () => service.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}
