import { atOnce } from '../../platform/at-once.js';
import type { Accounts } from './accounts.js';
import { BatchSender } from './batch-sender.js';
import { toCloudEvent } from './cloud-events.js';
import { digest } from './digest.js';
import { actualState } from './end-state.js';
import { Enrolment, type Party } from './enrolment.js';
import { FileSender } from './file-sender.js';
import { type Mess, orderOf } from './order.js';
import { Outcomes } from './outcomes.js';
import type { Progress } from './progress.js';
import type { Script } from './script.js';
import type { Sender } from './sender.js';
import type { ReplayState } from './state.js';

const CUSTOMERS_AT_ONCE = 8;

export interface ReplayParts {
  readonly script: Script;
  readonly mess: Mess;
  readonly accounts: Accounts;
  readonly state: ReplayState;
  readonly parties: Readonly<Record<string, Party>>;
  readonly offsetDays: number;
  readonly suggestions: boolean;
  /** Whether to send files instead of batches. */
  readonly bulk: boolean;
  /** Whether to read back, through the API, what every customer has in the end. */
  readonly verify: boolean;
  progress(what: string, total: number, unit: string): Progress;
}

export interface Replayed {
  readonly script: Script;
  /** How many events were to be sent, those that are sent twice counted twice. */
  readonly due: number;
  readonly outcomes: Outcomes;
  readonly seconds: { enrolling: number; reporting: number; verifying: number };
  /** What customers have in the end, as one checksum; and those who have something else than they should. */
  readonly endState?: { checksum: string; differing: string[] };
}

/** Plays a script: accounts and consents first, then every event in its turn, then a look at the result. */
export async function replay(parts: ReplayParts): Promise<Replayed> {
  const { script, mess, verify } = parts;
  const enrolling = stopwatch();
  const subjects = await enrolAll(parts);
  const enrolled = enrolling();

  const reporting = stopwatch();
  const order = orderOf(script.length, mess);
  const outcomes = await reportAll(parts, order, subjects);
  const reported = reporting();

  const verifying = stopwatch();
  const endState = verify ? await readBack(parts) : undefined;
  return {
    script,
    due: order.length,
    outcomes,
    seconds: { enrolling: enrolled, reporting: reported, verifying: verifying() },
    ...(endState && { endState }),
  };
}

async function enrolAll({ progress, script, ...parts }: ReplayParts): Promise<Map<string, string>> {
  const enrolment = new Enrolment({ ...parts, dataset: script.dataset });
  const shown = progress('Enrolling', script.customers.size, 'customers');
  const subjects = await atOnce(CUSTOMERS_AT_ONCE, [...script.customers], async (customer) => {
    const subject = await enrolment.enrol(customer);
    shown.add(1);
    return [customer, subject] as const;
  });
  shown.end();
  return new Map(subjects);
}

async function reportAll(
  { script, parties, offsetDays, bulk, progress }: ReplayParts,
  order: Uint32Array,
  subjects: ReadonlyMap<string, string>,
): Promise<Outcomes> {
  const outcomes = new Outcomes();
  const senders = new Map<string, Sender>();
  for (const [key, { caller }] of Object.entries(parties)) {
    senders.set(key, bulk ? new FileSender(caller, outcomes) : new BatchSender(caller, outcomes));
  }

  const shown = progress('Reporting', order.length, 'events');
  for (const place of order) {
    const event = script.at(place);
    const subject = subjects.get(event.customer) as string;
    await senders.get(event.retailer)?.send(event.id, toCloudEvent(event, subject, offsetDays));
    shown.add(1);
  }
  for (const sender of senders.values()) await sender.finish();
  shown.end();
  return outcomes;
}

async function readBack({ script, accounts, progress, offsetDays }: ReplayParts): Promise<Replayed['endState']> {
  const customers = [...script.customers].sort();
  const shown = progress('Reading back', customers.length, 'customers');
  const states = await atOnce(CUSTOMERS_AT_ONCE, customers, async (customer) => {
    const state = await actualState(accounts.of(customer), offsetDays);
    shown.add(1);
    return { customer, state };
  });
  shown.end();
  return {
    checksum: digest(states.map(({ customer, state }) => `${customer} ${state}`).join('\n')),
    differing: states.flatMap(({ customer, state }) => (state === script.expected.of(customer) ? [] : [customer])),
  };
}

function stopwatch(): () => number {
  const begun = performance.now();
  return () => (performance.now() - begun) / 1_000;
}
