import { Command } from 'commander';

import { inviteCommand } from './operator-invite.js';
import { clientCommands } from './operator-client.js';
import { retailerCommands } from './operator-retailer.js';

/** `ccx operator`: what operators do through the API, for whoever has the machine. */
export function operatorCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('operator')
    .description('runs the broker: invites staff, admits retailers, keeps their clients')
    .addCommand(inviteCommand(env))
    .addCommand(retailerCommands(env))
    .addCommand(clientCommands(env));
}
