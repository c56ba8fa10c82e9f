import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';

import { isRetryable, isRolledBack } from './errors.js';

declare const transactional: unique symbol;

/** A transaction that is open. Only `Database.transaction` makes one, so that a caller cannot pass anything else. */
export type Tx = EntityManager & { readonly [transactional]: true };

/** Anything that can be read from; a `Tx` is one, too. */
export type Reader = EntityManager;

export const DATA_SOURCE = Symbol('DataSource');
export const NAMED_STATEMENTS = Symbol('whether statements are named');

const ATTEMPTS = 5;

const endings = new WeakMap<EntityManager, (() => void)[]>();

/**
 * Has `work` done once the transaction is over, whether or not it was kept: for what a process remembers of rows that
 * the transaction deletes, since others may have looked them up until then. It must not fail.
 */
export function whenOver(tx: Tx, work: () => void): void {
  const known = endings.get(tx);
  if (known) known.push(work);
  else endings.set(tx, [work]);
}

/** The way to PostgreSQL: transactions that are retried when the reason passes, reads, and prepared statements. */
@Injectable()
export class Database implements OnApplicationShutdown {
  constructor(
    @Inject(DATA_SOURCE) private readonly source: DataSource,
    @Inject(NAMED_STATEMENTS) private readonly namesStatements: boolean,
  ) {}

  /** Reads outside a transaction: each statement sees what was committed when it began. */
  get reader(): Reader {
    return this.source.manager;
  }

  get pool(): Pool {
    return (this.source.driver as unknown as { master: Pool }).master;
  }

  /**
   * Runs `work` in one transaction and commits it. Anything thrown rolls all of it back.
   *
   * A failure that passes (a lost connection, a deadlock, a primary that moved) runs `work` again from the start, five
   * times at most: it must have no effect outside the transaction. `retry: false` is for work that cannot begin again.
   * Nor does it begin again when the answer to the commit was lost, since it may be done already; `repeatable: true` is
   * for work that finds that out by itself.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>, { retry = true, repeatable = false } = {}): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const progress = { committing: false };
      try {
        return await this.attempt(work, progress);
      } catch (error) {
        if (!retry || attempt >= ATTEMPTS || !isRetryable(error)) throw error;
        if (progress.committing && !repeatable && !isRolledBack(error)) throw error;
        await pause(Math.random() * 50 * 2 ** attempt);
      }
    }
  }

  /** Runs one statement that PostgreSQL keeps prepared under `name` on each connection; one text per name. */
  async named<T>(name: string, text: string, values: unknown[]): Promise<T[]> {
    const query = this.namesStatements ? { name, text, values } : { text, values };
    const { rows } = await this.pool.query(query);
    return rows as T[];
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }

  private async attempt<T>(work: (tx: Tx) => Promise<T>, progress: { committing: boolean }): Promise<T> {
    const runner = this.source.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    // Without a listener the loss of a checked-out connection ends the process; the statement under way rejects anyway.
    const onLost = () => undefined;
    client.on('error', onLost);
    try {
      await runner.startTransaction();
      const result = await work(runner.manager as Tx);
      progress.committing = true;
      await runner.commitTransaction();
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      client.off('error', onLost);
      for (const end of endings.get(runner.manager) ?? []) end();
      await runner.release();
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
