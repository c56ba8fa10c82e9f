import { Command } from 'commander';

import { mirror } from './log/mirror.js';
import { MirrorFolder } from './log/mirror-folder.js';
import { RemoteLog } from './log/remote-log.js';
import { logKeyCommand } from './log-key.js';
import { logRecoverCommand } from './log-recover.js';
import { printRecord } from './output.js';
import { startProgress } from './replay/progress.js';

/** `ccx log`: the audit log as a transparency log. */
export function logCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('log')
    .description('the audit log from outside: its key, copies of it, and what to do when it has stopped')
    .addCommand(logKeyCommand(env))
    .addCommand(mirrorCommand())
    .addCommand(logRecoverCommand(env));
}

function mirrorCommand(): Command {
  return new Command('mirror')
    .description(
      'copies a published log into a folder, or brings the copy up to date; fails when the log does not continue it',
    )
    .argument('<url>', 'of the log, such as https://ccx.example/log/v1')
    .argument('<folder>', 'for the copy, which any web server can serve')
    .option('--json', 'print JSON')
    .action(async (url: string, folder: string, { json = false }: { json?: boolean }) => {
      const mirrored = await mirror(new RemoteLog(url), new MirrorFolder(folder), (entries) =>
        startProgress('Mirroring', entries, 'entries'),
      );
      printRecord({ ...mirrored, folder }, json);
    });
}
