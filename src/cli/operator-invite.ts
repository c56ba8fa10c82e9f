import { Command, Option } from 'commander';

import { isEmail } from 'class-validator';

import { StaffService } from '../staff/staff.service.js';
import type { StaffRole } from '../staff/staff-member.entity.js';
import { commandLine } from './actor.js';
import { CliError, exitCodes } from './errors.js';
import { printRecord } from './output.js';
import { withServices } from './service-context.js';

interface InviteOptions {
  name?: string;
  role: StaffRole;
  json?: boolean;
}

/** `ccx operator invite`: the only way to become the first operator of a production service. */
export function inviteCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('invite')
    .description(
      'invites an operator or an auditor, who chooses a password and a second factor with the token that is printed',
    )
    .argument('<email>')
    .addOption(new Option('--role <role>').choices(['operator', 'auditor']).default('operator'))
    .option('--name <name>', 'as colleagues see it; the e-mail address unless given')
    .option('--json', 'print JSON')
    .action(async (email: string, { name = email, role, json = false }: InviteOptions) => {
      if (!isEmail(email)) throw new CliError(`${email} is not an e-mail address.`, exitCodes.misused);
      await withServices(env, async ({ app }) => {
        const { staffId, token, expiresAt } = await app.get(StaffService).invite({ email, role, name }, commandLine);
        const invited = {
          staff_id: staffId,
          email,
          role,
          invitation_token: token,
          expires_at: expiresAt.toISOString(),
        };
        printRecord(json ? invited : { ...invited, to_accept: `ccx operator accept ${token}` }, json);
      });
    });
}
