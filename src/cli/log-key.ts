import { Command } from 'commander';

import { makeSignerKey, parseSignerKey } from '../platform/crypto/note-signer.js';
import { CliError, exitCodes } from './errors.js';
import { print, say } from './output.js';

/** `ccx log key`: a key to sign checkpoints with. */
export function logKeyCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('key')
    .description('makes a key that signs the log, and prints it; what verifies it goes to the standard error')
    .argument('[origin]', 'where the service is reached, such as https://ccx.example; PUBLIC_URL unless given')
    .action((origin = env['PUBLIC_URL'] ?? '') => {
      if (!URL.canParse(origin))
        throw new CliError('Say where the service is reached, or set PUBLIC_URL.', exitCodes.misused);
      const key = makeSignerKey(`${new URL(origin).host}/log/v1`);
      print(key);
      say(`Verified with ${parseSignerKey(key)?.vkey}`);
    });
}
