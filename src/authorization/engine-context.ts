import { Injectable } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';

import { Database, type Reader, type Tx } from '../platform/database/database.js';

interface EngineRequest {
  readonly tx?: Tx;
  /** What was found out in the transaction, by what it was looked for. */
  readonly found?: Map<string, Promise<unknown>>;
  /** The customer who is signed in to our pages, on requests that come with a browser; null when nobody is. */
  readonly signedInAs?: string | null;
}

/**
 * What belongs to the request that the engine is working on. The engine calls the adapter without telling on whose
 * behalf, so that here, and nowhere else, a transaction is ambient.
 */
@Injectable()
export class EngineContext {
  private readonly storage = new AsyncLocalStorage<EngineRequest>();

  constructor(private readonly database: Database) {}

  run<T>(request: Omit<EngineRequest, 'found'>, work: () => T): T {
    return this.storage.run({ ...request, found: new Map() }, work);
  }

  /** Finds something out once for a transaction, however often the engine asks: each time costs two statements. */
  once<T>(name: string, find: () => Promise<T>): Promise<T> {
    const { tx, found } = this.storage.getStore() ?? {};
    if (!tx || !found) return find();
    const known = found.get(name) as Promise<T> | undefined;
    if (known) return known;
    const finding = find();
    found.set(name, finding);
    return finding;
  }

  /** Has it found out anew, since the transaction has changed it. */
  forget(name: string): void {
    this.storage.getStore()?.found?.delete(name);
  }

  /** The transaction of this request, or plain reads where it has none. */
  get reader(): Reader {
    return this.storage.getStore()?.tx ?? this.database.reader;
  }

  get signedInAs(): string | null | undefined {
    return this.storage.getStore()?.signedInAs;
  }

  /** Runs `work` in the transaction of this request, or in one of its own. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const tx = this.storage.getStore()?.tx;
    return tx ? work(tx) : this.database.transaction(work);
  }
}
