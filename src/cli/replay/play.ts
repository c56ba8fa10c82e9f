import { type Caller, RetailerCaller, TokenCaller } from '../api/http-api.js';
import { OperatorApi } from '../api/operator-api.js';
import { Patience } from '../api/patience.js';
import type { ClientCredentials } from '../client-credentials.js';
import { CliError } from '../errors.js';
import { RetailerClient } from '../retailer-client.js';
import { signInAsStaff } from '../staff-client.js';
import type { StaffCredentials } from '../staff-credentials.js';
import { TokenMemory } from '../token-store.js';
import { Accounts } from './accounts.js';
import type { OnlineRetail } from './dataset.js';
import { prepare } from './preparation.js';
import type { Progress } from './progress.js';
import { replay, type Replayed } from './replay.js';
import { ReplayState, type Settings } from './state.js';
import { surveyOf } from './survey.js';

export interface PlayOptions {
  readonly dataset: OnlineRetail;
  /** The service, which must be running. */
  readonly url: string;
  readonly operator: StaffCredentials;
  /** The file to go on from and to leave for the next run. */
  readonly state: string;
  /** Only so many invoices from the beginning. */
  readonly limit?: number | undefined;
  /** Whether to read back what every customer has in the end. */
  readonly verify: boolean;
  /** How long a service may be away. */
  readonly patienceMs: number;
  /** Told of what people may want to know meanwhile. */
  say(words: string): void;
  progress(what: string, total: number, unit: string): Progress;
}

/** A full batch may take a busy service a while, and sending it again would not make it faster. */
const LONGEST_ANSWER_SECONDS = 300;

/** Plays the data set to a running service, or what is left to play of it. */
export async function play(options: PlayOptions): Promise<{ replayed: Replayed; settings: Settings }> {
  const { dataset, url, limit = Infinity, verify, progress } = options;
  const patience = new Patience(options.patienceMs, options.say);
  const patient = (caller: Caller) => patience.of(caller);
  const state = new ReplayState(options.state);
  const accounts = new Accounts(url, patient, state);
  const survey = await surveyOf(dataset, limit);
  const operator = new OperatorApi(await signedIn(patient, options));
  const settings = await prepare({ dataset, survey, accounts, operator, state, now: Date.now() });

  const party = async (credentials: ClientCredentials) => {
    const client = await RetailerClient.connect(url, credentials, new TokenMemory(), LONGEST_ANSWER_SECONDS);
    return { retailerId: credentials.retailer_id, caller: patient(new RetailerCaller(url, client)) };
  };
  const replayed = await replay({
    dataset,
    survey,
    accounts,
    state,
    progress,
    whole: limit === Infinity,
    shops: { A: await party(settings.shops.A), T: await party(settings.shops.T) },
    offsetDays: settings.offset_days,
    // Of a part, earlier runs may have reported more.
    verify: verify && limit === Infinity,
  });
  return { replayed, settings };
}

async function signedIn(patient: (caller: Caller) => Caller, { url, operator }: PlayOptions): Promise<Caller> {
  const token = await signInAsStaff(patient(new TokenCaller(url)), operator);
  if (token === undefined) {
    throw new CliError(
      `The service at ${url} does not let ${operator.email} in: it has to be a development service, started with ` +
        'SEED=on and the DEV_OPERATOR_PASSWORD and DATA_FOLDER of this command.',
    );
  }
  return patient(new TokenCaller(url, token));
}
