import { type Caller, RetailerCaller, TokenCaller } from '../api/http-api.js';
import { OperatorApi } from '../api/operator-api.js';
import { Patience } from '../api/patience.js';
import type { ClientCredentials } from '../client-credentials.js';
import { CliError } from '../errors.js';
import { RetailerClient } from '../retailer-client.js';
import { signInAsStaff } from '../staff-client.js';
import type { StaffCredentials } from '../staff-credentials.js';
import { TokenMemory } from '../token-store.js';
import { type Account, Accounts } from './accounts.js';
import type { Dataset } from './dataset.js';
import type { Party } from './enrolment.js';
import type { Mess } from './order.js';
import { prepare } from './preparation.js';
import type { Progress } from './progress.js';
import { replay, type Replayed } from './replay.js';
import { type Part, Script } from './script.js';
import { ReplayState, type Settings } from './state.js';

export interface PlayOptions extends Part, Mess {
  readonly dataset: Dataset;
  /** The service, which must be running. */
  readonly url: string;
  readonly operator: StaffCredentials;
  /** The file to go on from and to leave for the next run. */
  readonly state: string;
  /** Whether to report in files, as bulk jobs, instead of batches. */
  readonly bulk?: boolean | undefined;
  /** Whether every customer switches suggestions on, before anything is reported. */
  readonly suggestions?: boolean | undefined;
  /** Whether to read back what every customer has in the end. */
  readonly verify: boolean;
  /** How long a service may be away. */
  readonly patienceMs: number;
  /** Told of what people may want to know meanwhile. */
  say(words: string): void;
  progress(what: string, total: number | undefined, unit: string): Progress;
}

export interface Played {
  readonly replayed: Replayed;
  readonly settings: Settings;
  /** Who took part, as the files name them. */
  readonly customers: ReadonlySet<string>;
  /** One of them, to call the API as. */
  account(customer: string): Account;
  /** The operator, to call it as. */
  readonly operator: Caller;
}

/** A full batch may take a busy service a while, and sending it again would not make it faster. */
const LONGEST_ANSWER_SECONDS = 300;

/** Plays the data set to a running service, or what is left to play of it. */
export async function play(options: PlayOptions): Promise<Played> {
  const { dataset, url, verify, progress } = options;
  const patience = new Patience(options.patienceMs, options.say);
  const patient = (caller: Caller) => patience.of(caller);
  const state = new ReplayState(options.state);
  const accounts = new Accounts(dataset, url, patient, state);
  const staff = await staffOf(patient, options);
  const operator = new OperatorApi(staff);
  const script = await Script.of(dataset, options, progress('Reading', undefined, 'events'));
  try {
    const settings = await prepare({ script, accounts, operator, state, now: Date.now() });
    const parties: Record<string, Party> = {};
    for (const [key, credentials] of Object.entries(settings.clients)) {
      parties[key] = { retailerId: credentials.retailer_id, caller: patient(await backEnd(url, credentials)) };
    }
    const replayed = await replay({
      script,
      mess: options,
      accounts,
      state,
      parties,
      progress,
      offsetDays: settings.offset_days,
      suggestions: options.suggestions ?? false,
      bulk: options.bulk ?? false,
      // Earlier runs may have reported more.
      verify: verify && script.hasAllOfItsCustomers,
    });
    return {
      replayed,
      settings,
      customers: script.customers,
      account: (customer) => accounts.of(customer),
      operator: staff,
    };
  } finally {
    script.close();
  }
}

async function backEnd(url: string, credentials: ClientCredentials): Promise<Caller> {
  const client = await RetailerClient.connect(url, credentials, new TokenMemory(), LONGEST_ANSWER_SECONDS);
  return new RetailerCaller(url, client);
}

/** The operator, signed in, and again where the session has ended: a long replay leaves it idle. */
async function staffOf(patient: (caller: Caller) => Caller, options: PlayOptions): Promise<Caller> {
  let current = await signedIn(patient, options);
  return {
    send: async (request) => {
      const reply = await current.send<never>(request);
      if (reply.status !== 401) return reply;
      current = await signedIn(patient, options);
      return current.send(request);
    },
  };
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
