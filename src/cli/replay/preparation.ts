import type { OperatorApi } from '../api/operator-api.js';
import type { ClientCredentials } from '../client-credentials.js';
import { CliError } from '../errors.js';
import type { Accounts } from './accounts.js';
import { DAY_MS } from './cloud-events.js';
import { DATASET, type OnlineRetail } from './dataset.js';
import { offsetFor, offsetOfEarlierRun } from './offset.js';
import { type Shop, shops } from './plan.js';
import { client, profiles } from './shops.js';
import type { ReplayState, Settings } from './state.js';
import type { Survey } from './survey.js';

/** As long ago as an event may have happened. */
const OLDEST_DAYS = 400;

export interface Preparation {
  readonly dataset: OnlineRetail;
  readonly survey: Survey;
  readonly accounts: Accounts;
  readonly operator: OperatorApi;
  readonly state: ReplayState;
  readonly now: number;
}

/** What was decided at the first run; at the first run, has the operator admit the two shops and decides it. */
export async function prepare(parts: Preparation): Promise<Settings> {
  const known = parts.state.settings();
  const settings = known ? await checked(parts, known) : await begun(parts);
  const age = parts.now - (parts.survey.first + settings.offset_days * DAY_MS);
  if (age > OLDEST_DAYS * DAY_MS) {
    throw new CliError(
      `This replay began so long ago that its first events lie more than ${OLDEST_DAYS} days back, where no service ` +
        'takes them any more. Play to a new service, with another --state.',
    );
  }
  return settings;
}

async function checked({ operator }: Preparation, settings: Settings): Promise<Settings> {
  if (settings.dataset !== DATASET) throw new CliError(`The state is that of a replay of ${settings.dataset}.`);
  for (const { retailer_id, retailer } of Object.values(settings.shops)) {
    if (await operator.exists(retailer_id)) continue;
    throw new CliError(
      `The state is that of a replay to another service: this one does not know the retailer ${retailer}. ` +
        'Name another file with --state, which may be a new one.',
    );
  }
  return settings;
}

async function begun({ dataset, survey, accounts, operator, state, now }: Preparation): Promise<Settings> {
  const credentials = new Map<Shop, ClientCredentials>();
  for (const shop of shops) credentials.set(shop, await admit(operator, shop));
  const settings: Settings = {
    dataset: DATASET,
    offset_days: (await offsetOfEarlierRun(dataset, accounts)) ?? offsetFor(survey.last, now),
    shops: { A: credentials.get('A') as ClientCredentials, T: credentials.get('T') as ClientCredentials },
  };
  state.keepSettings(settings);
  return settings;
}

/** The client of a shop; that of an earlier run gets new keys, because what it reported is known by its id. */
async function admit(operator: OperatorApi, shop: Shop): Promise<ClientCredentials> {
  const profile = profiles[shop];
  const found = await operator.find(profile.name);
  if (found?.status === 'pending') await operator.approve(found.id, profile);
  const retailer = { id: found?.id ?? (await operator.admit(profile)), name: profile.name };
  return (await operator.rekeyClient(retailer, client.client_name)) ?? operator.addClient(retailer, client);
}
