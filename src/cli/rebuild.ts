import { setTimeout as pause } from 'node:timers/promises';

import type { INestApplicationContext } from '@nestjs/common';
import { Command } from 'commander';

import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { Derived, type DerivedData } from '../platform/derived.js';
import { CliError, exitCodes } from './errors.js';
import { printRecord } from './output.js';
import { startProgress } from './replay/progress.js';
import { withServices } from './service-context.js';

interface RebuildOptions {
  check?: boolean;
  json?: boolean;
}

const PAGE = 500;
/** For what has been told and not been taken in yet. */
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 250;

/** `ccx rebuild`: what is derived from other data, worked out anew. */
export function rebuildCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('rebuild')
    .description('works out anew what is derived from other data, beside a service that runs or without one')
    .argument('[names...]', 'what to rebuild, such as counters; everything where none is named')
    .option(
      '--check',
      `changes nothing; exits with ${exitCodes.failed} when something differs from what it follows from`,
    )
    .option('--json', 'print JSON')
    .action((names: string[], { check = false, json = false }: RebuildOptions) =>
      withServices(env, async ({ app }) => {
        const derived = named(app.get(Derived).all(), names);
        if (check) await checkAll(app, derived, json);
        else await rebuildAll(app, derived, json);
      }),
    );
}

function named(all: readonly DerivedData[], names: readonly string[]): readonly DerivedData[] {
  const unknown = names.filter((name) => !all.some((data) => data.name === name));
  if (unknown.length > 0) {
    const known = all.map(({ name }) => name).join(', ');
    throw new CliError(`There is nothing derived called ${unknown.join(', ')}; there is ${known}.`, exitCodes.misused);
  }
  return names.length > 0 ? all.filter(({ name }) => names.includes(name)) : all;
}

async function rebuildAll(app: INestApplicationContext, derived: readonly DerivedData[], json: boolean): Promise<void> {
  await eachCustomer(app, 'Rebuilding', async (customer) => {
    for (const data of derived) await data.rebuild(customer);
  });
  printRecord({ rebuilt: derived.map(({ name }) => name) }, json);
}

/** @throws CliError when something differs */
async function checkAll(app: INestApplicationContext, derived: readonly DerivedData[], json: boolean): Promise<void> {
  const differing = Object.fromEntries(derived.map(({ name }) => [name, 0]));
  await eachCustomer(app, 'Checking', async (customer) => {
    for (const data of derived) {
      if (await differs(app.get(Database), data, customer)) differing[data.name]!++;
    }
  });
  printRecord({ differing_customers: differing }, json);
  if (Object.values(differing).some((count) => count > 0)) {
    throw new CliError('Something differs. `ccx rebuild` puts it right.');
  }
}

async function eachCustomer(
  app: INestApplicationContext,
  what: string,
  work: (customer: CustomerKey) => Promise<void>,
): Promise<void> {
  const keys = app.get(SubjectKeys);
  const { reader } = app.get(Database);
  const progress = startProgress(what, await keys.countCustomers(reader), 'customers');
  let last: CustomerKey | undefined;
  do {
    const page = await keys.customersAfter(reader, last, PAGE);
    for (const customer of page) {
      await work(customer);
      progress.add(1);
    }
    last = page.length === PAGE ? page.at(-1) : undefined;
  } while (last);
  progress.end();
}

/** Whether something differs for good: what has been told and not been taken in yet is waited for. */
async function differs(database: Database, data: DerivedData, customer: CustomerKey): Promise<boolean> {
  const end = Date.now() + PATIENCE_MS;
  let looks = 0;
  while ((await data.check(customer)) > 0) {
    looks = (await isExpecting(database, customer)) ? 0 : looks + 1;
    // Twice in a row: what was told right after the first look is not taken for a difference.
    if (looks === 2 || Date.now() > end) return true;
    await pause(LOOK_EVERY_MS);
  }
  return false;
}

async function isExpecting({ reader }: Database, { bucket, customerId }: CustomerKey): Promise<boolean> {
  const waiting = await reader.query<unknown[]>(
    `select from outbox_deliveries where event_ids && array(
       select id from outbox_events where bucket = $1 and customer_id = $2) limit 1`,
    [bucket, customerId],
  );
  return waiting.length > 0;
}
