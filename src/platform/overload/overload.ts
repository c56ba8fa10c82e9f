import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';

import type { FastifyInstance } from 'fastify';

import type { Config } from '../config/config.js';
import { type CcxError, RateLimitedError } from '../errors.js';
import { CallerAddress } from '../http/caller-address.js';
import { onRequestEnd } from '../http/request-end.js';
import { Windows } from '../http/windows.js';
import { Admission, type Line, type Ticket } from './admission.js';
import { bodyArrival } from './body-arrival.js';
import { Callers } from './callers.js';
import { Connections, type Patience, PATIENCE } from './connections.js';
import { LoopWatch } from './loop-watch.js';
import { OverloadedError } from './overload.errors.js';
import { type Manner, refuse } from './refusal.js';
import { Resting } from './resting.js';
import { bytesToAwait, giveTicket, isUpToCaller, roomFor, ticketOf, type Visit } from './visit.js';

const TICK_MS = 20;
const TICKS_PER_SECOND = 1000 / TICK_MS;
/** What balancers and monitors ask all the time. It says how the service is, also when it is not well. */
const EXEMPT: ReadonlySet<string> = new Set(['/health/live', '/health/ready']);

/** Why requests were refused before anything was done for them. */
export type RefusalReason = 'no_room' | 'waited' | 'refused_tokens';

/**
 * Keeps the service from taking on more than it can do. In front of everything else it decides which request is worked
 * on, which waits and in whose line, and which is told to come again: before a token is looked at or the database asked.
 */
export class Overload {
  readonly admission: Admission<Visit>;
  readonly connections: Connections;
  readonly loop = new LoopWatch();
  /** For as long as a refusal says to wait, at least. */
  readonly resting = new Resting(TICKS_PER_SECOND);
  readonly refusals: Record<RefusalReason, number> = { no_room: 0, waited: 0, refused_tokens: 0 };
  private readonly addresses: CallerAddress;
  private readonly callers: Callers;
  private readonly refusedTokens: Windows;
  private ticks = 0;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly config: Config,
    patience: Patience = PATIENCE,
  ) {
    const { REQUESTS_AT_ONCE, REQUESTS_IN_LINE, CONNECTIONS, CONNECTIONS_PER_ADDRESS, REQUESTS_PER_MINUTE } = config;
    this.admission = new Admission({ places: REQUESTS_AT_ONCE, room: REQUESTS_IN_LINE });
    this.addresses = new CallerAddress(config);
    this.connections = new Connections(
      this.addresses,
      { all: CONNECTIONS, perAddress: CONNECTIONS_PER_ADDRESS },
      patience,
    );
    this.callers = new Callers(this.addresses);
    this.refusedTokens = new Windows({ points: REQUESTS_PER_MINUTE, seconds: 60 });
  }

  /** A server that looks after its connections, and whose requests `listener` hands to {@link serve}. */
  server(listener: RequestListener): Server {
    return this.connections
      .serve(listener)
      .on('listening', () => this.start())
      .on('close', () => this.stop());
  }

  /** Handles a request when there is a place for it, or refuses it. */
  serve(request: IncomingMessage, response: ServerResponse, manner: Manner, handle: () => void): void {
    if (isExempt(request)) return handle();
    const visit: Visit = { request, response, manner, hasPaused: false };
    const line = this.callers.lineOf(request);
    const pause = this.pauseOf(line, request);
    if (pause > 0) return this.refuse(visit, 'refused_tokens', new RateLimitedError(pause));
    const bytes = bytesToAwait(request);
    const ticket = this.admission.enter(visit, line, roomFor(bytes));
    if (!ticket) return this.refuse(visit, 'no_room', new OverloadedError('Too many of your requests wait here.', 1));
    giveTicket(request, ticket);
    onRequestEnd(request.socket, response, () => this.leave(ticket));
    if (bytes === 0) this.admission.start(ticket, handle);
    else void this.startAfter(bytes, ticket, handle);
  }

  /** Learns from routes what could not be known before: what they weigh, and whose tokens were let in. */
  observe(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, _reply, done) => {
      const { weight = 1 } = request.routeOptions.config;
      if (weight !== 1) this.weigh(request.raw, weight);
      done();
    });
    fastify.addHook('preHandler', (request, _reply, done) => {
      const { weightOf } = request.routeOptions.config;
      if (weightOf) this.weigh(request.raw, weightOf(request.body));
      done();
    });
    fastify.addHook('onResponse', ({ raw, principal }, reply, done) => {
      const isKnown = ticketOf(raw)?.caller.kind !== 'stranger';
      const { authorization } = raw.headers;
      if (!isKnown && authorization !== undefined && principal && reply.statusCode !== 401) {
        this.callers.learn(authorization, principal);
      }
      done();
    });
  }

  /** Once a second: whether the process keeps up, and whose request has been up to its caller alone since the last time. */
  takeStock(): void {
    this.loop.look();
    this.admission.late = this.loop.delayMs > this.config.LOOP_DELAY_LIMIT_MS;
    for (const ticket of this.admission.underWay) {
      const isPaused = isUpToCaller(ticket.item);
      if (isPaused && ticket.item.hasPaused) this.admission.giveBack(ticket);
      ticket.item.hasPaused = isPaused;
    }
  }

  private weigh(request: IncomingMessage, weight: number): void {
    const ticket = ticketOf(request);
    if (ticket) this.admission.weigh(ticket, weight);
  }

  private async startAfter(bytes: number, ticket: Ticket<Visit>, handle: () => void): Promise<void> {
    const { request } = ticket.item;
    await bodyArrival(request, bytes);
    if (!request.destroyed) this.admission.start(ticket, handle);
  }

  private leave(ticket: Ticket<Visit>): void {
    this.admission.leave(ticket);
    const { request, response, manner } = ticket.item;
    if (response.statusCode === 401 && manner === 'problem') this.tokenWasRefused(request);
  }

  /** For how many seconds nobody is let in from there whose token is not known: too many from there were worth nothing. */
  private pauseOf({ key, kind }: Line, { headers }: IncomingMessage): number {
    if (kind !== 'stranger' || headers.authorization === undefined || !this.config.RATE_LIMITS) return 0;
    return this.refusedTokens.secondsUntilFree(key, performance.now());
  }

  private tokenWasRefused(request: IncomingMessage): void {
    const { authorization } = request.headers;
    if (authorization === undefined) return;
    this.callers.forget(authorization);
    this.refusedTokens.spend(this.callers.lineOf(request).key, 1, performance.now());
  }

  private refuse(visit: Visit, reason: RefusalReason, error: CcxError): void {
    this.refusals[reason]++;
    refuse(visit, error, this.config.issuer);
    const { response, request } = visit;
    // On a proxy's connection comes next whoever it likes.
    if (this.addresses.isOfProxy(request.socket.remoteAddress ?? '')) return;
    response.once('finish', () => this.resting.add(request.socket));
  }

  private start(): void {
    this.loop.start();
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  private stop(): void {
    this.loop.stop();
    clearInterval(this.timer);
  }

  private tick(): void {
    const { REQUEST_WAIT_SECONDS: most } = this.config;
    for (const { item } of this.admission.tick(most * TICKS_PER_SECOND)) {
      this.refuse(item, 'waited', new OverloadedError(`Nobody was free for this within ${most} s.`, most));
    }
    this.resting.tick();
    this.ticks++;
    if (this.ticks % TICKS_PER_SECOND === 0) this.takeStock();
  }
}

/** Only what asks and brings nothing along: reading a body is work like any other. */
function isExempt({ method, url = '' }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && EXEMPT.has(url);
}
