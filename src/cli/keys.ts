import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { INestApplicationContext } from '@nestjs/common';
import { Command } from 'commander';

import { Rewrapping } from '../authorization/rewrap.service.js';
import { Kek } from '../platform/crypto/kek.js';
import type { LongJob } from '../platform/jobs/long-job.entity.js';
import { LongJobs } from '../platform/jobs/long-jobs.js';
import { commandLine } from './actor.js';
import { CliError } from './errors.js';
import { print, printRecord } from './output.js';
import { startProgress } from './replay/progress.js';
import { withServices } from './service-context.js';

const LOOK_EVERY_MS = 100;

/** `ccx keys`: the key that wraps all others. */
export function keysCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('keys')
    .description('makes and replaces the key that wraps all others, the KEK')
    .addCommand(
      new Command('new').description('prints a new secret, for CCX_KEK_FILE or CCX_PEPPER_FILE').action(() => {
        print(randomBytes(32).toString('base64'));
      }),
    )
    .addCommand(
      new Command('status')
        .description('tells the id of the KEK that wraps, and how many keys of each kind an earlier one has wrapped')
        .option('--json', 'print JSON')
        .action(({ json = false }: { json?: boolean }) => withServices(env, ({ app }) => status(app, json))),
    )
    .addCommand(
      new Command('rewrap')
        .description(
          'wraps every key anew that an earlier KEK (CCX_KEK_PREVIOUS) has wrapped, beside a running service',
        )
        .option('--json', 'print JSON')
        .action(({ json = false }: { json?: boolean }) => withServices(env, ({ app }) => rewrap(app, json))),
    );
}

async function status(app: INestApplicationContext, json: boolean): Promise<void> {
  const old = await app.get(Rewrapping).old();
  const columns = old.map(({ table, column, old: count }) => [`${table}.${column}`, count]);
  const record = { kek: app.get(Kek).id, wrapped_by_an_earlier_one: Object.fromEntries(columns) };
  printRecord(json ? record : { kek: record.kek, ...record.wrapped_by_an_earlier_one }, json);
}

async function rewrap(app: INestApplicationContext, json: boolean): Promise<void> {
  const rewrapping = app.get(Rewrapping);
  const { id } = await rewrapping.start(commandLine);
  const job = await done(app, id);
  const [error] = job.errors;
  if (error) throw new CliError(error.detail);
  printRecord({ ...job.result }, json);
  if (job.result?.['remaining'] !== 0) throw new CliError('Something is left. `ccx keys rewrap` goes on.');
}

/** Works at it, beside whoever else does. */
async function done(app: INestApplicationContext, id: string): Promise<LongJob> {
  const rewrapping = app.get(Rewrapping);
  const total = (await rewrapping.old()).reduce((sum, { old }) => sum + old, 0);
  const progress = startProgress('Rewrapping', total, 'keys');
  const working = app.get(LongJobs).work();
  for (let told = 0; ;) {
    const job = await rewrapping.job(id);
    progress.add(job.done - told);
    told = job.done;
    if (job.hasFinished()) {
      progress.end();
      await working;
      return job;
    }
    await pause(LOOK_EVERY_MS);
  }
}
