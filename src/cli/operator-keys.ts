import { Command, Option } from 'commander';

import { KeyRotation } from '../authorization/key-rotation.service.js';
import { RotatedKeysDto, SigningKeyDto } from '../authorization/keys.dto.js';
import { type SigningKeyUse, signingKeyUses } from '../platform/crypto/signing-key.entity.js';
import { LARGEST_PAGE } from '../platform/http/paging.js';
import { commandLine } from './actor.js';
import { printRecord, printRecords } from './output.js';
import { withServices } from './service-context.js';

interface RotateOptions {
  use: SigningKeyUse;
  emergency?: boolean;
  json?: boolean;
}

/** `ccx operator keys`: the keys that sign tokens and receipts. */
export function keysCommands(env: NodeJS.ProcessEnv): Command {
  return new Command('keys')
    .description('replaces the keys that sign tokens and receipts')
    .addCommand(
      new Command('list')
        .description('lists the keys, newest first')
        .option('--json', 'print JSON')
        .action((options: { json?: boolean }) =>
          withServices(env, async ({ app }) => {
            const { items } = await app.get(KeyRotation).list({ limit: LARGEST_PAGE });
            printRecords(
              items.map((key) => SigningKeyDto.of(key)),
              options.json ?? false,
            );
          }),
        ),
    )
    .addCommand(
      new Command('rotate')
        .description('lets the next key sign from now on; what was signed before stays good')
        .addOption(new Option('--use <use>', 'what the keys sign').choices(signingKeyUses).default('token'))
        .option('--emergency', 'the keys may have leaked: revoke them, and all access tokens that they have signed')
        .option('--json', 'print JSON')
        .action(({ use, emergency = false, json = false }: RotateOptions) =>
          withServices(env, async ({ app }) => {
            const rotation = await app.get(KeyRotation).rotate(commandLine, use, { emergency });
            printRecord(RotatedKeysDto.of(rotation), json);
          }),
        ),
    );
}
