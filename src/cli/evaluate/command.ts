import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { Command } from 'commander';

import { loadConfig } from '../../platform/config/config.js';
import { print, say } from '../output.js';
import type { Dataset } from '../replay/dataset.js';
import { datasetOf } from '../replay/datasets.js';
import { startProgress } from '../replay/progress.js';
import { staffCredentials } from '../staff-credentials.js';
import { evaluate } from './evaluate.js';
import type { StudyMeasured } from './measured.js';
import { filesOf, summaryOf } from './report.js';
import { type Study, studies } from './studies.js';
import { startThrowAway } from './throw-away.js';

interface EvaluateOptions {
  path: string;
  to: string;
}

/** `ccx evaluate`: how good the suggestions are, measured on months that the service has not seen. */
export function evaluateCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('evaluate')
    .description('measures the suggestions on real data, through a service of its own that is gone afterwards')
    .requiredOption('--path <folder>', 'where the files of the data sets are')
    .option('--to <folder>', 'where evaluation.md and its plots go', 'docs')
    .action((options: EvaluateOptions) => run(options, env));
}

async function run({ path, to }: EvaluateOptions, env: NodeJS.ProcessEnv): Promise<void> {
  // A missing file is told before anything is started.
  const open = studies.map((study) => ({ study, dataset: datasetOf(study.dataset, path) }));
  const measured: StudyMeasured[] = [];
  for (const one of open) measured.push(await measureAlone(one, env));
  for (const [name, text] of filesOf(measured)) write(join(to, name), text);
  print(summaryOf(measured));
  print(`\n${join(to, 'evaluation.md')} has the whole.`);
}

/** Each data set has a service of its own: the customers of one must tell nothing of those of the other. */
async function measureAlone(
  { study, dataset }: { study: Study; dataset: Dataset },
  env: NodeJS.ProcessEnv,
): Promise<StudyMeasured> {
  say(`${study.title}, ${study.learned}, to a service with a database of its own:`);
  const service = await startThrowAway(process.argv[1] as string, env);
  try {
    return await evaluate({
      url: service.url,
      operator: await staffCredentials('operator', loadConfig(service.env), service.env),
      folder: service.folder,
      study,
      dataset,
      say,
      progress: startProgress,
    });
  } catch (error) {
    if (service.process.failure) say(service.process.failure);
    throw error;
  } finally {
    await service.stop();
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
