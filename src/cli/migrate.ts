import { Command } from 'commander';

import { loadConfig } from '../platform/config/config.js';
import { distribute, planFor, requireCitus } from '../platform/database/distribute.js';
import { migrate, pendingMigrations, revertLast } from '../platform/database/migrate.js';
import { openDatabase } from './database.js';
import { CliError, exitCodes } from './errors.js';
import { createMigration } from './migration-template.js';
import { print, printRecord, say } from './output.js';

/** `ccx migrate`: the schema of the database that the settings name. */
export function migrateCommand(env: NodeJS.ProcessEnv): Command {
  const withDatabase = async (work: (url: string) => Promise<void>) => {
    const database = await openDatabase(loadConfig(env), say);
    try {
      await work(database.url);
    } finally {
      await database.close();
    }
  };

  const command = new Command('migrate').description('changes the schema of the database, or tells its state');
  command
    .command('run', { isDefault: true })
    .description('brings the schema up to date')
    .option('--distributed', 'then spreads it over the machines of a Citus cluster')
    .option('--dry-run', 'prints what would be done, and does nothing')
    .action((options: { distributed?: boolean; dryRun?: boolean }) =>
      withDatabase((url) => (options.dryRun ? tell(url, options) : bringUpToDate(url, options))),
    );
  command
    .command('revert')
    .description('undoes the migration that ran last')
    .action(() =>
      withDatabase(async (url) => {
        const before = await pendingMigrations(url);
        await revertLast(url);
        const undone = (await pendingMigrations(url)).filter((name) => !before.includes(name));
        print(undone.length > 0 ? `Reverted ${undone.join(', ')}` : 'There is nothing to revert.');
      }),
    );
  command
    .command('status')
    .description(`tells what has not run yet; exits with ${exitCodes.failed} when the schema is behind`)
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) =>
      withDatabase(async (url) => {
        const pending = await pendingMigrations(url);
        if (options.json) printRecord({ current: pending.length === 0, pending }, true);
        else print(pending.length === 0 ? 'The schema is up to date.' : `To run: ${pending.join(', ')}`);
        if (pending.length > 0) throw new CliError('The schema is behind.');
      }),
    );
  command
    .command('create <intent>')
    .description('writes an empty migration, such as `keep-receipts`, into ./migrations')
    .action((intent: string) => {
      print(`Wrote ${createMigration('migrations', intent, new Date())}`);
    });
  return command;
}

async function bringUpToDate(url: string, { distributed }: { distributed?: boolean }): Promise<void> {
  // Nothing is changed where it could not be distributed afterwards.
  if (distributed) await requireCitus(url);
  const ran = await migrate(url, (name) => print(`Migrated ${name}`));
  if (ran.length === 0) print('The schema is up to date.');
  if (!distributed) return;
  const steps = await distribute(url, (statement) => print(`${statement};`));
  if (steps === 0) print('The schema is distributed.');
}

async function tell(url: string, { distributed }: { distributed?: boolean }): Promise<void> {
  const pending = await pendingMigrations(url);
  for (const name of pending) print(`-- To migrate: ${name}`);
  if (!distributed) return;
  if (pending.length > 0) throw new CliError('What is to be distributed is known once the schema is up to date.');
  for (const step of await planFor(url))
    print(['begin', ...step, 'commit'].map((statement) => `${statement};`).join('\n'));
}
