import type { Socket } from 'node:net';

import { Client, type ClientConfig } from 'pg';

export interface ServiceConnectionConfig extends ClientConfig {
  /** For how long a server that has been asked may say nothing at all. */
  readonly longestSilenceMs?: number;
}

/** What a server says of itself when it takes no writes: it is a standby, or somebody has fenced it. */
const readOnlyParameters = new Set(['in_hot_standby', 'default_transaction_read_only']);
const READ_ONLY = '25006';
/** Says that a transaction is committed on this server and perhaps nowhere else; its text may be in any language. */
const NOT_REPLICATED = 'SyncRepWaitForLSN';

/** A server that is gone does not say goodbye. */
const GOODBYE_MS = 2_000;

/** The connection is of no use any more, for a reason that another one may not have. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';

  constructor(
    message: string,
    /** As PostgreSQL or the system would call it. */
    readonly code: string,
  ) {
    super(message);
  }
}

/**
 * A connection to the primary, and to nothing else. It lets go of its server, with an error of the kind after which one
 * begins again,
 *
 * - when the server takes no writes: it is not the primary, or not any more, and what it knows of consents may be old;
 * - when it has given up waiting for its standby: the commit that it is about to report could be lost with it;
 * - when it says nothing for longer than any statement may take: a host that is gone closes no connection.
 */
export class ServiceConnection extends Client {
  private readonly longestSilenceMs: number;

  constructor(config: ServiceConnectionConfig = {}) {
    super(config);
    this.longestSilenceMs = config.longestSilenceMs ?? 0;
    // Without a listener the loss of a connection that somebody has taken ends the process; the statements reject anyway.
    this.on('error', () => undefined);
    this.on('connect', () => this.limitSilence());
    this.on('notice', ({ routine }) => {
      if (routine === NOT_REPLICATED) {
        this.letGo(new ConnectionLostError('The standby has not confirmed what was committed.', '08007'));
      }
    });
    this.connection.on('errorMessage', ({ code }: { code?: string }) => {
      if (code === READ_ONLY) void this.end();
    });
    this.connection.on('parameterStatus', ({ parameterName, parameterValue }: ParameterStatus) => {
      if (parameterValue === 'on' && readOnlyParameters.has(parameterName)) {
        this.letGo(new ConnectionLostError('The database server takes no writes: it is not the primary.', READ_ONLY));
      }
    });
  }

  /** Waits for its server as it should, or for ever. */
  limitSilence(limited = true): void {
    this.whenSilent(limited ? this.longestSilenceMs : 0, () => {
      const isAsked = !(this as unknown as { readyForQuery: boolean }).readyForQuery;
      if (isAsked) this.letGo(new ConnectionLostError('The database server does not answer any more.', 'ETIMEDOUT'));
    });
  }

  override end(): Promise<void>;
  override end(callback: (error: Error) => void): void;
  override end(callback?: (error: Error) => void): Promise<void> | void {
    this.whenSilent(GOODBYE_MS, () => this.connection.stream.destroy());
    return callback ? super.end(callback) : super.end();
  }

  /** Is done with the server: what it was asked fails with this error, and nothing more is taken from it. */
  letGo(error: ConnectionLostError): void {
    const { connection } = this;
    // At once, so that no answer that has arrived together with the reason is taken, nor that the connection is made.
    connection.emit('error', error);
    connection.removeAllListeners('readyForQuery');
    connection.stream.destroy();
  }

  private whenSilent(forMs: number, then: () => void): void {
    const { stream } = this.connection as unknown as { stream: Socket };
    stream.removeAllListeners('timeout');
    // Each time: given to `setTimeout` it would be called once, and a connection that has been idle is asked again.
    if (forMs > 0) stream.on('timeout', then);
    stream.setTimeout(forMs);
  }
}

interface ParameterStatus {
  readonly parameterName: string;
  readonly parameterValue: string;
}
