import { atOnce } from '../../platform/at-once.js';
import type { Accounts } from './accounts.js';
import type { OnlineRetail } from './dataset.js';
import { digest } from './digest.js';
import { actualState, ExpectedState } from './end-state.js';
import { Enrolment, type ShopParty } from './enrolment.js';
import { withLines } from './invoices.js';
import { Planner, type Shop } from './plan.js';
import type { Progress } from './progress.js';
import { type Outcomes, Reporting } from './reporting.js';
import type { ReplayState } from './state.js';
import type { Survey } from './survey.js';
import { Tally } from './tally.js';

const CUSTOMERS_AT_ONCE = 8;

export interface ReplayParts {
  readonly dataset: OnlineRetail;
  readonly survey: Survey;
  /** Whether the survey is that of the whole data set. */
  readonly whole: boolean;
  readonly accounts: Accounts;
  readonly state: ReplayState;
  readonly shops: Readonly<Record<Shop, ShopParty>>;
  readonly offsetDays: number;
  /** Whether to read back, through the API, what every customer has in the end. */
  readonly verify: boolean;
  progress(what: string, total: number, unit: string): Progress;
}

export interface Replayed {
  readonly tally: Tally;
  readonly outcomes: Outcomes;
  readonly customers: number;
  /** How many rows the files gave, counted where they are read. */
  readonly read: { invoices: number; lines: number };
  readonly seconds: { enrolling: number; reporting: number; verifying: number };
  /** What customers have in the end, as one digest; and those who have something else than they should. */
  readonly endState?: { digest: string; differing: string[] };
}

/** Plays the data set: accounts and consents first, then every invoice in the order of time, then a look at the result. */
export async function replay(parts: ReplayParts): Promise<Replayed> {
  const { dataset, survey, accounts, shops, state, offsetDays } = parts;
  const customers = [...survey.customers];

  const enrolling = stopwatch();
  const subjects = await enrolAll(parts, new Enrolment(accounts, shops, state), customers);
  const enrolled = enrolling();

  const reporting = stopwatch();
  const tally = new Tally();
  const expected = new ExpectedState(customers);
  const progress = parts.progress('Reporting', survey.invoices, 'invoices');
  const callers = { A: shops.A.caller, T: shops.T.caller };
  const report = new Reporting(callers, offsetDays);
  const planner = new Planner();
  let lines = 0;
  const counted = counting(dataset.lines(), () => lines++);
  for await (const invoice of withLines(dataset.invoices(), counted)) {
    if (tally.invoiceSum === survey.invoices) break;
    const planned = planner.plan(invoice);
    tally.add(planned);
    if (planned.event) {
      expected.add(planned.event);
      await report.report(planned.event, subjects.get(planned.event.customer) as string);
    }
    progress.add(1);
  }
  const outcomes = await report.finish();
  progress.end();
  const reported = reporting();

  const verifying = stopwatch();
  const endState = parts.verify ? await readBack(parts, expected, customers) : undefined;
  return {
    tally,
    outcomes,
    customers: customers.length,
    read: { invoices: survey.invoices, lines: parts.whole ? lines : tally.lineSum },
    seconds: { enrolling: enrolled, reporting: reported, verifying: verifying() },
    ...(endState && { endState }),
  };
}

async function enrolAll(
  { progress }: ReplayParts,
  enrolment: Enrolment,
  customers: readonly string[],
): Promise<Map<string, string>> {
  const shown = progress('Enrolling', customers.length, 'customers');
  const subjects = await atOnce(CUSTOMERS_AT_ONCE, customers, async (customer) => {
    const subject = await enrolment.enrol(customer);
    shown.add(1);
    return [customer, subject] as const;
  });
  shown.end();
  return new Map(subjects);
}

async function readBack(
  { accounts, progress, offsetDays }: ReplayParts,
  expected: ExpectedState,
  customers: readonly string[],
): Promise<{ digest: string; differing: string[] }> {
  const shown = progress('Reading back', customers.length, 'customers');
  const states = await atOnce(CUSTOMERS_AT_ONCE, [...customers].sort(), async (customer) => {
    const state = await actualState(accounts.of(customer), offsetDays);
    shown.add(1);
    return { customer, state };
  });
  shown.end();
  return {
    digest: digest(states.map(({ customer, state }) => `${customer} ${state}`).join('\n')),
    differing: states.flatMap(({ customer, state }) => (state === expected.of(customer) ? [] : [customer])),
  };
}

async function* counting<T>(items: AsyncIterable<T>, count: () => void): AsyncGenerator<T> {
  for await (const item of items) {
    count();
    yield item;
  }
}

function stopwatch(): () => number {
  const begun = performance.now();
  return () => (performance.now() - begun) / 1_000;
}
