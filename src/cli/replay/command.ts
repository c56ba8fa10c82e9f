import { join } from 'node:path';

import { Command, InvalidArgumentError } from 'commander';

import { loadConfig } from '../../platform/config/config.js';
import { isServing, type ServiceProcess, startService } from '../api/service-process.js';
import { CliError } from '../errors.js';
import { print, say } from '../output.js';
import { staffCredentials } from '../staff-credentials.js';
import { datasetNames, datasetOf } from './datasets.js';
import { memoryOf } from './memory.js';
import { play } from './play.js';
import { startProgress } from './progress.js';
import { faultsOf, summaryOf } from './summary.js';

interface ReplayOptions {
  dataset?: string;
  path: string;
  url: string;
  state?: string;
  until?: number;
  limit?: number;
  customers?: number;
  shuffle?: string;
  duplicate?: number;
  bulk?: true;
  suggestions?: true;
  pid?: number;
  patience: number;
  verify: boolean;
}

/** `ccx replay`: real years of shopping, through the public API. */
export function replayCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('replay')
    .description('plays real years of shopping through the public API, as retailers and their customers')
    .requiredOption('--path <folder>', 'where the files are')
    .option('--dataset <name>', `only one of them: ${datasetNames.join(', ')}`)
    .option('--url <origin>', 'the service; one is started when nothing answers there', 'http://127.0.0.1:3000')
    .option('--state <folder>', 'where to go on from; replay in the data folder unless given')
    .option('--until <date>', 'only what happened before: 2017-10-01', instant)
    .option('--limit <events>', 'only so many events from the beginning', positive)
    .option('--customers <number>', 'only so many customers, with all that they did', positive)
    .option('--shuffle <seed>', 'in any order, which is the same for the same seed')
    .option('--duplicate <share>', 'sends such a share of the events a second time: 0.2', share)
    .option('--bulk', 'reports in files, as bulk jobs, instead of batches')
    .option('--suggestions', 'has every customer switch suggestions on')
    .option('--pid <pid>', 'the process of the service, to measure its memory', positive)
    .option('--patience <seconds>', 'how long to wait for a service that went away', positive, 60)
    .option('--no-verify', 'do not read back what every customer has in the end')
    .action((options: ReplayOptions) => run(options, env));
}

async function run(options: ReplayOptions, env: NodeJS.ProcessEnv): Promise<void> {
  const { url, path, dataset } = options;
  const datasets = (dataset === undefined ? datasetNames : [dataset]).map((name) => datasetOf(name, path));
  const config = loadConfig(env);
  const service = (await isServing(url)) ? undefined : await start(url, env);
  try {
    for (const each of datasets) {
      print(`\n# ${each.name}\n`);
      const { replayed, settings } = await play({
        ...options,
        dataset: each,
        operator: await staffCredentials('operator', config, env),
        state: join(options.state ?? join(config.DATA_FOLDER, 'replay'), `${each.name}.json`),
        patienceMs: options.patience * 1_000,
        say,
        progress: startProgress,
      });
      print(summaryOf(replayed, settings));
      const faults = faultsOf(replayed);
      if (faults.length > 0) throw new CliError(`\nThis is not as it should be:\n  - ${faults.join('\n  - ')}`);
      print(`\nEvery row of every file is accounted for.`);
    }
    print(memoryInWords(service?.pid ?? options.pid));
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
  const own = memoryOf(process.pid);
  const memory = pid === undefined ? undefined : memoryOf(pid);
  return [
    `\nMemory of the service: ${memory ? `${memory.peak} MiB at its peak, ${memory.now} MiB now` : 'not measured (--pid names its process)'}`,
    ...(own ? [`Memory of the replay: ${own.peak} MiB at its peak`] : []),
  ].join('\n');
}

function positive(typed: string): number {
  const value = Number(typed);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}

function share(typed: string): number {
  const value = Number(typed);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return value;
}

function instant(typed: string): number {
  const value = Date.parse(typed);
  if (Number.isNaN(value)) throw new InvalidArgumentError('It must be a date, such as 2017-10-01.');
  return value;
}
