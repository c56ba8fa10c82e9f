import type { OperatorApi } from '../api/operator-api.js';
import type { ClientCredentials } from '../client-credentials.js';
import { CliError } from '../errors.js';
import type { Accounts } from './accounts.js';
import { DAY_MS } from './cloud-events.js';
import type { ReplayRetailer } from './dataset.js';
import { offsetFor, offsetOfEarlierRun } from './offset.js';
import type { Script } from './script.js';
import type { ReplayState, Settings } from './state.js';

/** As long ago as an event may have happened. */
const OLDEST_DAYS = 400;

export interface Preparation {
  readonly script: Script;
  readonly accounts: Accounts;
  readonly operator: OperatorApi;
  readonly state: ReplayState;
  readonly now: number;
}

/** What was decided at the first run; at the first run, has the operator admit the retailers and decides it. */
export async function prepare(parts: Preparation): Promise<Settings> {
  const known = parts.state.settings();
  const settings = known ? await checked(parts, known) : await begun(parts);
  const age = parts.now - (parts.script.first + settings.offset_days * DAY_MS);
  if (age > OLDEST_DAYS * DAY_MS) {
    throw new CliError(
      `This replay began so long ago that its first events lie more than ${OLDEST_DAYS} days back, where no service ` +
        'takes them any more. Play to a new service, with another --state.',
    );
  }
  return settings;
}

async function checked({ operator, script }: Preparation, settings: Settings): Promise<Settings> {
  if (settings.dataset !== script.dataset.name) {
    throw new CliError(`The state is that of a replay of ${settings.dataset}.`);
  }
  for (const { retailer_id, retailer } of Object.values(settings.clients)) {
    if (await operator.exists(retailer_id)) continue;
    throw new CliError(
      `The state is that of a replay to another service: this one does not know the retailer ${retailer}. ` +
        'Name another file with --state, which may be a new one.',
    );
  }
  return settings;
}

async function begun({ script, accounts, operator, state, now }: Preparation): Promise<Settings> {
  const clients: Record<string, ClientCredentials> = {};
  for (const [key, retailer] of Object.entries(script.dataset.retailers))
    clients[key] = await admit(operator, retailer);
  const settings: Settings = {
    dataset: script.dataset.name,
    offset_days: (await offsetOfEarlierRun(script.openings.values(), accounts)) ?? offsetFor(script.last, now),
    clients,
  };
  state.keepSettings(settings);
  return settings;
}

/** The client of a retailer; that of an earlier run gets new keys, because what it reported is known by its id. */
async function admit(operator: OperatorApi, { profile, client }: ReplayRetailer): Promise<ClientCredentials> {
  const found = await operator.find(profile.name);
  if (found?.status === 'pending') await operator.approve(found.id, profile);
  const retailer = { id: found?.id ?? (await operator.admit(profile)), name: profile.name };
  return (await operator.rekeyClient(retailer, client.client_name)) ?? operator.addClient(retailer, client);
}
