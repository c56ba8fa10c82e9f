import { Command } from 'commander';

import { LogFaultError } from '../audit/log-alarms.js';
import { LogRecovery } from '../audit/recovery.js';
import { commandLine } from './actor.js';
import { CliError } from './errors.js';
import { printRecord, say } from './output.js';
import { withServices } from './service-context.js';

interface RecoverOptions {
  acceptLoss?: boolean;
  acceptKey?: boolean;
  json?: boolean;
}

/** `ccx log recover`: what to do when the log says that it is broken. */
export function logRecoverCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('recover')
    .description('puts a log right that has stopped: makes its tree anew from the entries, and tells what is lost')
    .option('--accept-loss', 'go on without what is lost, and say so in the log for ever')
    .option('--accept-key', 'let CCX_LOG_KEY sign from now on, because the key before it is lost')
    .option('--json', 'print JSON')
    .action((options: RecoverOptions) =>
      withServices(env, async ({ app }) => {
        const recovery = app.get(LogRecovery, { strict: false });
        await recoverTree(recovery, options);
        await recoverKey(recovery, options);
      }),
    );
}

async function recoverTree(recovery: LogRecovery, { acceptLoss = false, json = false }: RecoverOptions): Promise<void> {
  const fault = await recovery.fault();
  if (fault === null) return say('Nothing is wrong with the tree: it is in order and continues all that was signed.');
  say(fault);
  say('Making the tree anew from the entries.');
  await orAdvised(
    recovery.rebuild(commandLine),
    'The tree cannot be made from such entries. Put back a copy of the database.',
  );
  const lost = await recovery.fault();
  if (lost === null) return say('Done: the tree continues all that was signed. Nothing is lost.');
  if (!acceptLoss) throw new CliError(`${lost}\n${LOSS}`);
  printRecord(await recovery.declareLoss(commandLine), json);
}

async function recoverKey(recovery: LogRecovery, { acceptKey = false, json = false }: RecoverOptions): Promise<void> {
  const fault = await recovery.keyFault();
  if (fault === null) return;
  if (!acceptKey) throw new CliError(`${fault}\n${KEY}`);
  printRecord(await orAdvised(recovery.introduceKey(commandLine), '`ccx log key` makes one.'), json);
}

async function orAdvised<T>(work: Promise<T>, advice: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof LogFaultError ? new CliError(`${error.message}\n${advice}`) : error;
  }
}

const LOSS = `Entries are missing or were changed. Put back a newer copy of the database, from a standby or a backup, if there is one.
Only if there is none: \`ccx log recover --accept-loss\` goes on with the entries that there are. Whoever has a
checkpoint of more can prove that they are missing; witnesses will cosign no more under this name.`;

const KEY = `Only if the old key is lost: \`ccx log recover --accept-key\` lets the new one sign. Nobody can verify that it is yours
but by asking you: tell everybody who has the old one in a policy.`;
