import { join } from 'node:path';

import { Command, InvalidArgumentError } from 'commander';

import { loadConfig } from '../../platform/config/config.js';
import { isServing, type ServiceProcess, startService } from '../api/service-process.js';
import { CliError, exitCodes } from '../errors.js';
import { print, say } from '../output.js';
import { staffCredentials } from '../staff-credentials.js';
import { DATASET, OnlineRetail } from './dataset.js';
import { memoryOf } from './memory.js';
import { play } from './play.js';
import { startProgress } from './progress.js';
import { faultsOf, summaryOf } from './summary.js';

interface ReplayOptions {
  dataset: string;
  path: string;
  url: string;
  state?: string;
  limit?: number;
  pid?: number;
  patience: number;
  verify: boolean;
}

/** `ccx replay`: a real year of shopping, through the public API. */
export function replayCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('replay')
    .description('plays a real year of shopping through the public API, as two retailers and their customers')
    .requiredOption('--dataset <name>', `what to play: ${DATASET}`)
    .requiredOption('--path <folder>', 'where its files are')
    .option('--url <origin>', 'the service; one is started when nothing answers there', 'http://127.0.0.1:3000')
    .option('--state <file>', `what to go on from; replay/${DATASET}.json in the data folder unless given`)
    .option('--limit <invoices>', 'only so many invoices from the beginning', positive)
    .option('--pid <pid>', 'the process of the service, to measure its memory', positive)
    .option('--patience <seconds>', 'how long to wait for a service that went away', positive, 60)
    .option('--no-verify', 'do not read back what every customer has in the end')
    .action((options: ReplayOptions) => run(options, env));
}

async function run({ path, url, pid, patience, ...options }: ReplayOptions, env: NodeJS.ProcessEnv): Promise<void> {
  if (options.dataset !== DATASET) {
    throw new CliError(`There is no data set ${options.dataset}; there is ${DATASET}.`, exitCodes.misused);
  }
  const dataset = new OnlineRetail(path);
  const config = loadConfig(env);
  const service = (await isServing(url)) ? undefined : await start(url, env);
  try {
    const { replayed, settings } = await play({
      dataset,
      url,
      operator: await staffCredentials('operator', config, env),
      state: options.state ?? join(config.DATA_FOLDER, 'replay', `${DATASET}.json`),
      limit: options.limit,
      verify: options.verify,
      patienceMs: patience * 1_000,
      say,
      progress: startProgress,
    });
    print(summaryOf(replayed, settings, memoryInWords(service?.pid ?? pid)));
    const faults = faultsOf(replayed);
    if (faults.length > 0) throw new CliError(`\nThis is not as it should be:\n  - ${faults.join('\n  - ')}`);
    print('\nEvery invoice and every line is accounted for.');
  } catch (error) {
    if (service?.failure) say(service.failure);
    throw error;
  } finally {
    await service?.stop();
  }
}

function start(url: string, env: NodeJS.ProcessEnv): Promise<ServiceProcess> {
  say(`Nothing answers at ${url}: starting a service.`);
  return startService(process.argv[1] as string, url, { RATE_LIMITS: 'off' }, env);
}

function memoryInWords(pid: number | undefined): string {
  const memory = pid === undefined ? undefined : memoryOf(pid);
  return memory ? `${memory.peak} MiB at its peak, ${memory.now} MiB now` : 'not measured (--pid names its process)';
}

function positive(typed: string): number {
  const value = Number(typed);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}
