import { Command } from 'commander';

import { inviteCommand } from './operator-invite.js';
import { clientCommands } from './operator-client.js';
import { keysCommands } from './operator-keys.js';
import { retailerCommands } from './operator-retailer.js';
import { acceptCommand, codeCommand, resetCommand } from './operator-staff.js';

/** `ccx operator`: what operators do through the API, for whoever has the machine. */
export function operatorCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('operator')
    .description('runs the broker: invites staff, admits retailers, keeps their clients and the signing keys')
    .addCommand(inviteCommand(env))
    .addCommand(acceptCommand(env))
    .addCommand(resetCommand(env))
    .addCommand(codeCommand(env))
    .addCommand(retailerCommands(env))
    .addCommand(clientCommands(env))
    .addCommand(keysCommands(env));
}
