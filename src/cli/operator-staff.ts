import { Argument, Command } from 'commander';
import { renderUnicodeCompact } from 'uqr';

import { loadConfig } from '../platform/config/config.js';
import type { StaffRole } from '../staff/staff-member.entity.js';
import { StaffService } from '../staff/staff.service.js';
import { commandLine } from './actor.js';
import { expecting, TokenCaller } from './api/http-api.js';
import { CliError } from './errors.js';
import { print, printRecord, say } from './output.js';
import { ask } from './prompt.js';
import { withServices } from './service-context.js';
import { DevelopmentAuthenticator } from './staff-credentials.js';

/** `ccx operator reset`: for somebody who can no longer sign in. */
export function resetCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('reset')
    .description('ends password, second factor and sessions of an operator or auditor, and invites them anew')
    .argument('<email>')
    .option('--json', 'print JSON')
    .action((email: string, { json = false }: { json?: boolean }) =>
      withServices(env, async ({ app }) => {
        const { staffId, token, expiresAt } = await app.get(StaffService).reset(email, commandLine);
        const invited = { staff_id: staffId, email, invitation_token: token, expires_at: expiresAt.toISOString() };
        printRecord(json ? invited : { ...invited, to_accept: `ccx operator accept ${token}` }, json);
      }),
    );
}

/** `ccx operator accept`: what the invited do, through the API. */
export function acceptCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('accept')
    .description('accepts an invitation: asks for a password and sets up an authenticator app')
    .argument('<token>', 'of the invitation')
    .action((token: string) => accept(token, env));
}

/** `ccx operator code`: to sign in by hand at a development service. */
export function codeCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('code')
    .description('prints a code with which the operator or auditor of a development service signs in, once')
    .addArgument(new Argument('[role]').choices(['operator', 'auditor']).default('operator'))
    .action(async (role: StaffRole) =>
      print(await new DevelopmentAuthenticator(loadConfig(env).DATA_FOLDER, role).nextCode()),
    );
}

const otherwise = 'Accept the invitation at a terminal, or through the API.';

async function accept(token: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { issuer } = loadConfig(env);
  const anybody = new TokenCaller(issuer);
  const password = await ask('Choose a password: ', otherwise, { hidden: true });
  if (password !== (await ask('Once more: ', otherwise, { hidden: true }))) {
    throw new CliError('These are two different passwords.');
  }
  const path = '/v1/staff/invitations/accept';
  type Accepted = { email: string; enrolment: { token: string; totp: { secret: string; uri: string } } };
  const { body } = await expecting<Accepted>(anybody, { method: 'POST', path, body: { token, password } }, 201);
  const { totp, token: enrolmentToken } = body.enrolment;
  say(`\nAdd this to an authenticator app, with the picture or by typing ${totp.secret}:\n`);
  say(renderUnicodeCompact(totp.uri));
  for (;;) {
    const code = await ask('The code that the app shows: ', otherwise);
    const confirmation = { enrolment_token: enrolmentToken, code };
    const request = { method: 'POST', path: '/v1/staff/enrolments/confirm', body: confirmation } as const;
    const { status } = await expecting(anybody, request, 201, 400, 422);
    if (status === 201) break;
    say('That is not the code. Is the clock of the device right?');
  }
  print(`${body.email} can sign in now, with the password and a code each time.`);
}
