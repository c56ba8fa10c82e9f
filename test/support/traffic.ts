import { setTimeout as delay } from 'node:timers/promises';

import { eventually } from './eventually.js';

/** Something that was acknowledged: `<customer> preference <id> v2 revised`. */
export type Fact = string;

export interface Caller {
  /** Notes something as soon as it is acknowledged. */
  note(fact: Fact): void;
  /** Sends the same request again where it was not answered: it must bear that. */
  again<T>(send: () => Promise<T>): Promise<T>;
}

/** Does something over HTTP. */
export type Errand = (caller: Caller) => Promise<void>;

/** Between one errand and the next of somebody who goes on through breakdowns, so that a machine has room for more. */
const REST_MS = 200;
/** After which a call is as good as cut: its connection may be in the hands of nobody. */
const PATIENCE_MS = 20_000;

/** People and programs who call a service at the same time, while it breaks down under them. */
export class Traffic {
  readonly acknowledged: Fact[] = [];
  /** Answers that nobody should get, whatever becomes of the service. */
  readonly faults: string[] = [];
  /** Requests that were never answered, or put off. */
  interrupted = 0;

  constructor(private readonly errands: readonly Errand[]) {}

  /**
   * Lets everybody call again and again. Once each of them has got something done, and `afterMs` later, ends the service
   * in the middle of it; returns when all have noticed.
   */
  async until(breakdown: () => Promise<unknown>, afterMs: number): Promise<void> {
    const busy = new Set<Errand>();
    const callers = this.errands.map(async (errand) => {
      while (await this.do(errand, false)) busy.add(errand);
    });
    await this.untilBusy(busy);
    await delay(afterMs);
    await breakdown();
    await Promise.all(callers);
  }

  /** Lets everybody call again and again, whatever breaks down, from when all get something done until `work` is done. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const busy = new Set<Errand>();
    let over = false;
    const isOver = () => over;
    const callers = this.errands.map(async (errand) => {
      while (!isOver()) {
        if (await this.do(errand, true)) busy.add(errand);
        await delay(REST_MS);
      }
    });
    try {
      await this.untilBusy(busy);
      return await work();
    } finally {
      over = true;
      await Promise.all(callers);
    }
  }

  private async untilBusy(busy: ReadonlySet<Errand>): Promise<void> {
    await eventually(() => {
      if (busy.size + this.faults.length < this.errands.length) throw new Error('Somebody gets nothing done.');
    });
  }

  /** Answers whether it was done. Whoever is patient sends again what was not answered, until they are given up. */
  private async do(errand: Errand, isPatient: boolean): Promise<boolean> {
    const givenUp = new AbortController();
    const again = async <R>(send: () => Promise<R>): Promise<R> => {
      for (let isFirst = true; ; isFirst = false) {
        try {
          return await send();
        } catch (error) {
          if (isFirst && error instanceof UnsettledError)
            throw new Error('It had not been sent before.', { cause: error });
          if (!isPatient || givenUp.signal.aborted || !isInterruption(error)) throw error;
          this.interrupted++;
          await delay(REST_MS);
        }
      }
    };
    try {
      const caller = { note: (fact: Fact) => void this.acknowledged.push(fact), again };
      await Promise.race([errand(caller), tooLong(givenUp.signal)]);
      return true;
    } catch (error) {
      if (isInterruption(error)) this.interrupted++;
      else this.faults.push(String(error));
      return false;
    } finally {
      givenUp.abort();
    }
  }
}

async function tooLong(signal: AbortSignal): Promise<never> {
  await delay(PATIENCE_MS, undefined, { signal }).catch(() => undefined);
  throw new PutOffError('Nobody answers.');
}

/** The service has said that it cannot answer now. */
export class PutOffError extends Error {}

/** The same request has been sent before, and its process was lost between the change and the answer it would have kept. */
export class UnsettledError extends PutOffError {}

function isInterruption(error: unknown): boolean {
  // What fetch says when a connection is refused or cut; jest has a TypeError of its own.
  return error instanceof PutOffError || (error as Error).name === 'TypeError';
}
