import { setTimeout as delay } from 'node:timers/promises';

import { ResponseBodyError } from 'openid-client';

import { CliError } from '../errors.js';
import type { Caller, Reply, Request } from './http-api.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** Waiting for longer is told, and not more often than that. */
const WORTH_TELLING_MS = 5_000;

/** What may be different a moment later. */
const passing = new Set([429, 502, 503, 504]);

type Tried<T> = { reply: Reply<T> } | { error: unknown };

/** How long to wait for a service that is away, starting, stopping or too busy; and whom to tell of it. */
export class Patience {
  private toldAt = 0;

  constructor(
    private readonly mostMs: number,
    private readonly tell: (words: string) => void,
  ) {}

  /** A caller that sends again what met such a service, until it has been away for too long. */
  of(caller: Caller): Caller {
    return { send: (request) => this.insist(caller, request) };
  }

  private async insist<T>(caller: Caller, request: Request): Promise<Reply<T>> {
    const start = Date.now();
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const tried = await attempt<T>(caller, request);
      if ('reply' in tried && !passing.has(tried.reply.status)) return tried.reply;

      const wait = Math.max(pause * (0.5 + Math.random() / 2), retryAfterMs(tried));
      const isLimit = 'reply' in tried && tried.reply.status === 429;
      // A service that says when to come back is there: it is only waited for.
      if (!isLimit && Date.now() + wait - start > this.mostMs) throw new ServiceAwayError(this.mostMs, tried);
      if (Date.now() + wait - start > WORTH_TELLING_MS) this.tellNowAndThen(isLimit ? limited(wait) : away);
      await delay(wait);
    }
  }

  private tellNowAndThen(words: string): void {
    if (Date.now() - this.toldAt < WORTH_TELLING_MS) return;
    this.toldAt = Date.now();
    this.tell(words);
  }
}

export class ServiceAwayError extends CliError {
  constructor(mostMs: number, tried: Tried<unknown>) {
    const last = 'reply' in tried ? `answered ${tried.reply.status}` : 'did not answer';
    super(
      `The service ${last} for ${Math.round(mostMs / 1_000)} seconds. Nothing is lost: once it is back, run the same ` +
        'command again, and it goes on where this run stopped.',
    );
  }
}

const away = 'The service does not answer; trying again.';
const limited = (ms: number) =>
  `The service asks to wait ${Math.ceil(ms / 1_000)} seconds: its limits are on (RATE_LIMITS=off starts it without).`;

async function attempt<T>(caller: Caller, request: Request): Promise<Tried<T>> {
  try {
    return { reply: await caller.send<T>(request) };
  } catch (error) {
    if (isPassing(error)) return { error };
    throw error;
  }
}

function retryAfterMs(tried: Tried<unknown>): number {
  const seconds = 'reply' in tried ? Number(tried.reply.headers.get('retry-after')) : 0;
  return Number.isFinite(seconds) ? seconds * 1_000 : 0;
}

/** A connection that failed, or a token endpoint that met trouble of its own; an OAuth library wraps both. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof ResponseBodyError) return passing.has(error.status);
  if (error instanceof TypeError && error.message === 'fetch failed') return true;
  if (error.message === 'terminated') return true; // the connection broke amid an answer
  if (error.name === 'TimeoutError') return true;
  const { cause } = error;
  return cause instanceof Response ? passing.has(cause.status) : isPassing(cause);
}
