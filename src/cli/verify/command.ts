import { Command, Option } from 'commander';

import { CliError } from '../errors.js';
import { print } from '../output.js';
import { startProgress } from '../replay/progress.js';
import { faultCodes } from './fault.js';
import { lineOf, Report } from './report.js';
import { type Kind, kinds, verify } from './verify.js';

interface VerifyOptions {
  kind?: Kind;
  policy?: string;
  keys?: string;
  anchors?: string;
  log?: string;
  json?: boolean;
}

const endings = {
  [faultCodes.tampering]: 'It was tampered with.',
  [faultCodes.malformed]: 'It is malformed.',
  [faultCodes.trust]: 'Nothing is wrong with it, but not enough is known to trust it.',
  [faultCodes.unreadable]: 'It could not be read.',
} as const;

/** `ccx verify`: whether what a broker hands out is so, without asking the broker. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('verifies a bundle, a receipt, an export or a whole log, without trusting who made it')
    .argument(
      '<what>',
      'a bundle (.tar.gz or folder), a receipt or proof, an export, a mirror’s folder, a log’s address',
    )
    .addOption(new Option('--kind <kind>', 'what it is, where that cannot be seen').choices(kinds))
    .option('--policy <file>', 'which log and witnesses to trust (C2SP tlog-policy); a file or an address')
    .option('--keys <file>', 'the broker’s keys of receipts (JWKS); a file or an address')
    .option('--anchors <file>', 'checkpoints that somebody else has kept')
    .option('--log <place>', 'the log to compare with: its address, or the folder of a mirror')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 all is well, 1 tampering, 2 malformed, 3 not enough to trust it, 4 unreadable.',
    )
    .action(verifyAndTell);
}

async function verifyAndTell(what: string, { json = false, ...settings }: VerifyOptions): Promise<void> {
  const report = new Report((check) => {
    if (!json) print(lineOf(check));
  });
  await verify(what, { ...settings, now: new Date(), progress: startProgress }, report);
  const { exitCode, checks } = report;
  if (json) print(JSON.stringify({ exit_code: exitCode, checks }, null, 2));
  if (exitCode !== 0) throw new CliError(endings[exitCode as keyof typeof endings], exitCode);
}
