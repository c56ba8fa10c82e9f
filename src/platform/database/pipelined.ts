import type { Socket } from 'node:net';

import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';

import { ConnectionLostError, ServiceConnection, type ServiceConnectionConfig } from './connection.js';

/** A statement that PostgreSQL keeps prepared under its name, with its values. One text per name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

export interface PipelinedConfig extends ServiceConnectionConfig {
  /** For how long a connection may be silent while something is asked of it. */
  readonly longestSilenceMs: number;
}

const BEGIN: QueryConfig = { text: 'begin' };
const COMMIT: QueryConfig = { text: 'commit' };

/**
 * A few connections on each of which many statements are under way at once: they are sent without waiting for the
 * answers to those before them (PostgreSQL's pipeline mode), and all of one turn of the event loop in one packet. That
 * is half the work of a connection for each statement.
 *
 * The price is that they share their connection's fate: one that is slow holds up those behind it, and with the
 * connection all of them fail. So nothing is done here that could not be done elsewhere afterwards.
 */
export class Pipelined {
  private readonly lanes: readonly Lane[];

  constructor(connections: number, config: PipelinedConfig) {
    this.lanes = Array.from({ length: connections }, () => new Lane(config));
  }

  /** Runs one statement, of which several may be on their way at once in any order. */
  async query<Row extends QueryResultRow>(query: QueryConfig): Promise<Row[]> {
    const [result] = await this.freest().send([query]);
    return (result as QueryResult<Row>).rows;
  }

  /**
   * Runs these statements in one transaction, for which is waited only once. Should one of them fail, nothing is kept;
   * should the connection be lost, it is unknown.
   */
  async transaction(queries: readonly QueryConfig[]): Promise<void> {
    await this.freest().send([BEGIN, ...queries, COMMIT]);
  }

  /** How many connections there may be, there are, and have nothing to do; and how many statements wait behind others. */
  get state(): { size: number; total: number; idle: number; waiting: number } {
    const connected = this.lanes.filter(({ isConnected }) => isConnected);
    return {
      size: this.lanes.length,
      total: connected.length,
      idle: connected.filter(({ pending }) => pending === 0).length,
      waiting: this.lanes.reduce((waiting, { pending }) => waiting + Math.max(0, pending - 1), 0),
    };
  }

  async end(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.end()));
  }

  private freest(): Lane {
    return this.lanes.reduce((freest, other) => (other.pending < freest.pending ? other : freest));
  }
}

/** One connection, made when it is needed and made anew after it was lost. */
class Lane {
  /** How many have asked and not been answered. */
  pending = 0;

  private connected?: ServiceConnection;
  private connecting?: Promise<ServiceConnection>;
  private corked = false;
  /** Runs while somebody waits, and begins again with every answer. */
  private watch?: NodeJS.Timeout;

  constructor(private readonly config: PipelinedConfig) {}

  get isConnected(): boolean {
    return this.connected !== undefined;
  }

  /** Sends all of it with nothing else in between. Rejects with what the first of those failed with that did. */
  async send(queries: readonly QueryConfig[]): Promise<QueryResult[]> {
    if (this.pending++ === 0) this.watch = setTimeout(() => this.giveUp(), this.config.longestSilenceMs);
    try {
      const connection = this.connected ?? (await (this.connecting ??= this.connect()));
      this.sendTogether(connection);
      return await Promise.all(queries.map((query) => ask(connection, query)));
    } finally {
      if (--this.pending === 0) clearTimeout(this.watch);
      else this.watch?.refresh();
    }
  }

  async end(): Promise<void> {
    const connection = this.connected ?? (await this.connecting?.catch(() => undefined));
    await connection?.end();
  }

  private async connect(): Promise<ServiceConnection> {
    const connection = new ServiceConnection({ ...this.config, pipeline: true });
    connection.once('end', () => {
      if (this.connected === connection) this.connected = undefined;
    });
    try {
      await connection.connect();
      this.connected = connection;
      return connection;
    } finally {
      this.connecting = undefined;
    }
  }

  /** Everything that is written until the end of this turn leaves in one packet. */
  private sendTogether(connection: ServiceConnection): void {
    if (this.corked) return;
    this.corked = true;
    const { stream } = connection.connection as unknown as { stream: Socket };
    stream.cork();
    setImmediate(() => {
      this.corked = false;
      stream.uncork();
    });
  }

  private giveUp(): void {
    const { connected } = this;
    this.connected = undefined;
    connected?.letGo(new ConnectionLostError('A statement on the same connection takes too long.', 'ETIMEDOUT'));
  }
}

function ask(connection: ServiceConnection, query: QueryConfig): Promise<QueryResult> {
  return new Promise((resolve, reject) => {
    connection.query(query, (error: Error | null, result: QueryResult) => (error ? reject(error) : resolve(result)));
  });
}
