import { AsyncLocalStorage } from 'node:async_hooks';

import { Inject, Injectable, type OnApplicationShutdown, Optional } from '@nestjs/common';
import type { Pool, QueryConfig } from 'pg';
import {
  type DataSource,
  type EntityManager,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';

import { Tracing } from '../tracing/tracing.js';
import type { ServiceConnection } from './connection.js';
import { isRetryable, isRolledBack, isTakingTooLong } from './errors.js';
import type { Pipelined, Statement } from './pipelined.js';

declare const transactional: unique symbol;

/** A transaction that is open. Only `Database.transaction` makes one, so that a caller cannot pass anything else. */
export type Tx = EntityManager & { readonly [transactional]: true };

/** Anything that can be read from; a `Tx` is one, too. */
export type Reader = EntityManager;

export const DATA_SOURCE = Symbol('DataSource');
export const NAMED_STATEMENTS = Symbol('whether statements are named');
export const PIPELINES = Symbol('Pipelines');

/** Connections for what is short, and done all the time. */
export interface Pipelines {
  readonly reads: Pipelined;
  readonly commits: Pipelined;
}

const ATTEMPTS = 5;
/** A caller who waits for longer is told to come again, however few attempts it was. */
const ATTEMPTED_FOR_MS = 10_000;
/** Whoever alone can still tell what became of a change asks for longer: as long as a standby takes to be promoted. */
const SETTLED_WITHIN_MS = 20_000;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Marks a change, in the transaction that makes it, as that of one run of a request. Answers `ours` where an earlier
 * attempt of the same run has left the mark, and `other` where another run has.
 */
export type Mark = (tx: Tx) => Promise<'made' | 'ours' | 'other'>;

/** Another run of the same request has made the change. Nothing of this one is kept. */
export class MarkedByAnotherError extends Error {
  override readonly name = 'MarkedByAnotherError';
}

export interface TransactionOptions {
  /** Off for work that cannot begin again. */
  readonly retry?: boolean;
  /** On for work that finds out by itself whether it is done already. */
  readonly repeatable?: boolean;
}

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

type Send = <T>(name: string, text: string, values: unknown[]) => Promise<T[]>;
const senders = new WeakMap<EntityManager, Send>();

/**
 * Runs one statement in the transaction that PostgreSQL keeps prepared under `name` on each connection; one text per
 * name. Where the same statement comes with every request, planning it is a good part of what it costs. Outside of a
 * transaction it is run like any other.
 */
export function named<T>(on: Reader, name: string, text: string, values: unknown[]): Promise<T[]> {
  return senders.get(on)?.<T>(name, text, values) ?? on.query<T[]>(text, values);
}

const connections = new WeakMap<EntityManager, ServiceConnection>();

/** Lets what the transaction does from here on take as long as it needs, where no request waits for it. */
export async function takeTime(tx: Tx): Promise<void> {
  const connection = connections.get(tx);
  connection?.limitSilence(false);
  whenOver(tx, () => connection?.limitSilence());
  await tx.query('set local statement_timeout = 0');
}

/** The way to PostgreSQL: transactions that are retried when the reason passes, reads, and prepared statements. */
@Injectable()
export class Database implements OnApplicationShutdown {
  /** How often a transaction was begun again. */
  retries = 0;

  /** Of each request that has one: its mark, until a transaction takes it. */
  private readonly marks = new AsyncLocalStorage<Mark[]>();

  constructor(
    @Inject(DATA_SOURCE) private readonly source: DataSource,
    @Inject(NAMED_STATEMENTS) private readonly namesStatements: boolean,
    private readonly tracing: Tracing = new Tracing(),
    @Optional() @Inject(PIPELINES) private readonly pipelines?: Pipelines,
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
   * times at most: it must have no effect outside the transaction. It does not begin again when the answer to the commit
   * was lost, since it may be done already, unless that can be told: by itself (`repeatable`), or by a {@link once mark}.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const { retry = true, repeatable = false } = options;
    const mark = this.marks.getStore()?.pop();
    const start = performance.now();
    let unsettled: { readonly result: T } | undefined;
    for (let attempt = 1; ; attempt++) {
      const progress: Progress<T> = {};
      const marked = mark ? markedWork(mark, work, unsettled) : work;
      try {
        return await this.tracing.ofDatabase('transaction', () => this.attempt(marked, progress));
      } catch (error) {
        if (!retry || !isRetryable(error)) throw error;
        const isUnknown = progress.reached !== undefined && !isRolledBack(error);
        if (isUnknown && !mark && !repeatable) throw error;
        if (isUnknown) unsettled = progress.reached;
        const elapsed = performance.now() - start;
        const isOver =
          mark && unsettled ? elapsed > SETTLED_WITHIN_MS : attempt >= ATTEMPTS || elapsed > ATTEMPTED_FOR_MS;
        if (isOver) throw error;
        this.retries++;
        await pause(Math.random() * Math.min(50 * 2 ** attempt, LONGEST_PAUSE_MS));
      }
    }
  }

  /**
   * Runs `work`, the first transaction of which begins with this mark. Should its commit get no answer, the mark tells
   * whether it was reached: then the transaction answers what it had come to, else it begins again.
   *
   * @throws MarkedByAnotherError when another run has left the mark before; nothing is changed then
   */
  once<T>(mark: Mark, work: () => Promise<T>): Promise<T> {
    return this.marks.run([mark], work);
  }

  /** Runs what may as well be done twice: one statement that reads, or comes to the same whenever it is repeated. */
  async repeated<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    const start = performance.now();
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(this.reader);
      } catch (error) {
        const isOver = attempt >= ATTEMPTS || performance.now() - start > ATTEMPTED_FOR_MS;
        if (isOver || !isRetryable(error)) throw error;
        await pause(Math.random() * 50 * 2 ** attempt);
      }
    }
  }

  /** Runs one statement that PostgreSQL keeps prepared under `name` on each connection; one text per name. */
  async named<T>(name: string, text: string, values: unknown[]): Promise<T[]> {
    const { rows } = await this.tracing.ofDatabase(name, () => this.pool.query(this.prepared({ name, text, values })));
    return rows as T[];
  }

  /**
   * The same for a statement that only reads, and quickly: it shares a connection with others that are under way. What
   * comes to nothing there, because the connection was lost or somebody else took too long, is asked again on one of its
   * own.
   */
  async readNamed<T extends object>(name: string, text: string, values: unknown[]): Promise<T[]> {
    const { pipelines } = this;
    if (!pipelines) return this.named(name, text, values);
    try {
      return await this.tracing.ofDatabase(name, () => pipelines.reads.query<T>(this.prepared({ name, text, values })));
    } catch (error) {
      if (!isRetryable(error) && !isTakingTooLong(error)) throw error;
      return this.repeated(() => this.named(name, text, values));
    }
  }

  /**
   * Runs these statements in one transaction that is sent at once, which costs one wait instead of one for each. It is
   * tried only once: after a failure that {@link isRetryable passes}, it may be committed or not.
   */
  async commit(statements: readonly Statement[]): Promise<void> {
    const { pipelines } = this;
    if (pipelines) {
      const queries = statements.map((statement) => this.prepared(statement));
      await this.tracing.ofDatabase('transaction', () => pipelines.commits.transaction(queries));
      return;
    }
    await this.transaction(
      async (tx) => {
        for (const { text, values } of statements) await tx.query(text, values);
      },
      { retry: false },
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.pipelines?.reads.end(), this.pipelines?.commits.end()]);
    if (this.source.isInitialized) await this.source.destroy();
  }

  private async send<T>(on: Pool | ServiceConnection, name: string, text: string, values: unknown[]): Promise<T[]> {
    const query = this.namesStatements ? { name, text, values } : { text, values };
    const { rows } = await this.tracing.ofDatabase(name, () => on.query(query));
    return rows as T[];
  }

  private prepared({ name, text, values }: Statement): QueryConfig {
    return this.namesStatements ? { name, text, values } : { text, values };
  }

  private async attempt<T>(work: (tx: Tx) => Promise<T>, progress: Progress<T>): Promise<T> {
    const runner = this.source.createQueryRunner();
    const client = (await runner.connect()) as ServiceConnection;
    let lost: Error | undefined;
    const onLost = (error: Error) => (lost ??= error);
    client.on('error', onLost);
    connections.set(runner.manager, client);
    senders.set(runner.manager, (name, text, values) => this.send(client, name, text, values));
    try {
      await runner.startTransaction();
      const result = await work(runner.manager as Tx);
      progress.reached = { result };
      await runner.commitTransaction();
      return result;
    } catch (error) {
      if (lost && isOfReleased(error)) {
        // The connection was lost between two statements, and the second one was never sent.
        progress.reached = undefined;
        throw lost;
      }
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      client.off('error', onLost);
      for (const end of endings.get(runner.manager) ?? []) end();
      await runner.release();
    }
  }
}

/** What TypeORM says of a connection that it has let go of. */
function isOfReleased(error: unknown): boolean {
  return error instanceof QueryRunnerAlreadyReleasedError || error instanceof QueryRunnerProviderAlreadyReleasedError;
}

interface Progress<T> {
  /** What the work came to, once its commit has been sent. */
  reached?: { readonly result: T } | undefined;
}

/** The work behind its mark, or what an attempt came to whose commit has been reached. */
function markedWork<T>(
  mark: Mark,
  work: (tx: Tx) => Promise<T>,
  unsettled: { readonly result: T } | undefined,
): (tx: Tx) => Promise<T> {
  return async (tx) => {
    const left = await mark(tx);
    if (left === 'made') return work(tx);
    if (left === 'ours' && unsettled) return unsettled.result;
    throw new MarkedByAnotherError();
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
