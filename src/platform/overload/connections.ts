import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';

import type { CallerAddress } from '../http/caller-address.js';
import { addressKey } from '../http/rate-limit.js';

/** How long a caller may take, in milliseconds. */
export interface Patience {
  /** For the headers of a request, from its first byte or from the connection on: some connect before they ask. */
  readonly headers: number;
  /** For a request as a whole. */
  readonly request: number;
  /** For reading on, in the middle of an answer. */
  readonly answer: number;
  /** Between two requests. */
  readonly between: number;
  /** How often it is looked who has been too slow. */
  readonly look: number;
}

export const PATIENCE: Patience = {
  headers: 20_000,
  request: 30_000,
  answer: 60_000,
  // Longer than balancers keep an idle connection, so that it is never we who close one that is about to be used.
  between: 75_000,
  look: 1_000,
};

/** Of all headers of a request together. A token has at most 16 000 bytes of them. */
const LARGEST_HEADERS = 32_768;

export interface ConnectionLimits {
  /** The most connections. */
  readonly all: number;
  /** The most of one address. */
  readonly perAddress: number;
}

/** The connections of callers: not too many, of nobody too many, and none for those who let others wait. */
export class Connections {
  private readonly byAddress = new Map<string, number>();
  private open = 0;
  private refusedSoFar = 0;

  constructor(
    private readonly addresses: CallerAddress,
    private readonly limits: ConnectionLimits,
    private readonly patience: Patience,
  ) {}

  /** A server that looks after its connections. */
  serve(listener: RequestListener): Server {
    const { headers, request, answer, between, look } = this.patience;
    const server = createServer(
      {
        headersTimeout: headers,
        requestTimeout: request,
        keepAliveTimeout: between,
        connectionsCheckingInterval: look,
        maxHeaderSize: LARGEST_HEADERS,
      },
      listener,
    );
    // Their bytes are limited. By number, Node.js would drop the rest, and answer as if they had not been sent.
    server.maxHeadersCount = 0;
    // Without a listener, a connection on which nothing moves is closed; one without a request waits by `between`.
    server.timeout = answer;
    return server.on('connection', (socket: Socket) => this.admit(socket));
  }

  get count(): number {
    return this.open;
  }

  /** How many were closed because there were too many. */
  get refused(): number {
    return this.refusedSoFar;
  }

  private admit(socket: Socket): void {
    const address = socket.remoteAddress;
    if (address === undefined) return; // it has gone
    const key = this.addresses.isOfProxy(address) ? undefined : addressKey(address);
    const ofAddress = key === undefined ? 0 : (this.byAddress.get(key) ?? 0);
    if (this.open >= this.limits.all || ofAddress >= this.limits.perAddress) {
      this.refusedSoFar++;
      socket.destroy();
      return;
    }
    this.open++;
    if (key !== undefined) this.byAddress.set(key, ofAddress + 1);
    socket.once('close', () => {
      this.open--;
      if (key !== undefined) this.hasClosed(key);
    });
  }

  private hasClosed(key: string): void {
    const left = (this.byAddress.get(key) ?? 1) - 1;
    if (left > 0) this.byAddress.set(key, left);
    else this.byAddress.delete(key);
  }
}
