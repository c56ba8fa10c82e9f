import { setTimeout as delay } from 'node:timers/promises';

import type { Pool } from 'pg';

const PATIENCE_MS = 10_000;

type Settled<T extends readonly (() => Promise<unknown>)[]> = {
  -readonly [I in keyof T]: PromiseSettledResult<Awaited<ReturnType<T[I]>>>;
};

/**
 * Lets several requests collide for certain: holds the row until every one of them waits for a lock, then lets go.
 * Fails when they do not all come to wait, since then the row is not what keeps them apart.
 *
 * `await race(app.db, 'consents', { id: consent.id }, [() => withdraw(consent), () => pause(consent)])`
 */
export async function race<const T extends readonly (() => Promise<unknown>)[]>(
  db: Pool,
  table: string,
  where: Readonly<Record<string, unknown>>,
  requests: T,
): Promise<Settled<T>> {
  return whileHeld(db, table, where, async (letGo) => {
    const running = Promise.allSettled(requests.map((request) => request()));
    await untilWaiting(db, requests.length);
    await letGo();
    return (await running) as Settled<T>;
  });
}

/**
 * Does something while a request waits for the row, which it has to change: what comes first comes first for certain.
 * Answers what both were answered.
 */
export async function whileWaiting<A, B>(
  db: Pool,
  table: string,
  where: Readonly<Record<string, unknown>>,
  request: () => PromiseLike<A>,
  meanwhile: () => PromiseLike<B>,
  lock: RowLock = 'update',
): Promise<[A, B]> {
  const waited = async (letGo: () => Promise<unknown>): Promise<[A, B]> => {
    const running = Promise.resolve(request());
    await untilWaiting(db, 1);
    const answer = await meanwhile();
    await letGo();
    return [await running, answer];
  };
  return whileHeld(db, table, where, waited, lock);
}

/** How a row is held: against whatever locks it, or against changes alone, so that others may still refer to it. */
type RowLock = 'update' | 'no key update';

async function whileHeld<T>(
  db: Pool,
  table: string,
  where: Readonly<Record<string, unknown>>,
  work: (letGo: () => Promise<unknown>) => Promise<T>,
  lock: RowLock = 'update',
): Promise<T> {
  const holder = await db.connect();
  try {
    await holder.query('begin');
    const columns = Object.keys(where);
    const condition = columns.map((column, index) => `${column} = $${index + 1}`).join(' and ');
    const held = await holder.query(`select 1 from ${table} where ${condition} for ${lock}`, Object.values(where));
    if (held.rowCount === 0) throw new Error(`There is no row of ${table} to hold.`);
    return await work(() => holder.query('commit'));
  } finally {
    await holder.query('rollback');
    holder.release();
  }
}

/** Waits until so many statements wait for a lock, of those that name this: for a race that must have an order. */
export async function untilWaiting(db: Pool, count: number, naming = ''): Promise<void> {
  const start = performance.now();
  let waiting = 0;
  while (performance.now() - start < PATIENCE_MS) {
    const { rows } = await db.query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock' and position($1 in query) > 0`,
      [naming],
    );
    waiting = rows[0]?.waiting ?? 0;
    if (waiting >= count) return;
    await delay(5);
  }
  throw new Error(`Only ${waiting} of ${count} requests wait for the row.`);
}

/** What racing requests were answered, in ascending order: which of them came first is chance. */
export function statusesOf(outcomes: readonly PromiseSettledResult<number | { status: number }>[]): number[] {
  const statuses = outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return typeof outcome.value === 'number' ? outcome.value : outcome.value.status;
  });
  return statuses.toSorted((a, b) => a - b);
}
