import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';

import { CliError, exitCodes } from './errors.js';

/** A worker that has answered for so long was no failed start: another one takes its place at once. */
const STEADY_MS = 5_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

export interface WorkersOptions {
  readonly count: number;
  /** What a worker's environment has beside this process's own; the first one's may say more. */
  readonly env: (isFirst: boolean) => Readonly<Record<string, string>>;
  say(line: string): void;
}

/**
 * Several services that share one address, each a process of its own: whichever is free takes the next connection. One
 * that dies is replaced, after ever longer pauses where the next one dies as well. All end when this process does, in
 * whatever way.
 */
export class Workers {
  /** How many have been replaced. */
  replaced = 0;
  private readonly running = new Set<Worker>();
  private readonly listening = new Map<Worker, number>();
  private readonly pauses = new Set<NodeJS.Timeout>();
  private diedEarly = 0;
  private stopping = false;

  constructor(private readonly options: WorkersOptions) {}

  /** Those that answer. */
  get ready(): Worker[] {
    return [...this.listening.keys()];
  }

  /**
   * Returns once all answer. The first one starts alone: it makes what there has to be once, and where it cannot start,
   * none can.
   *
   * @throws CliError with the exit code of a worker that could not start and has said why
   */
  async start(): Promise<void> {
    cluster.setupPrimary({ args: ['serve'] });
    await this.started(this.fork(true));
    const others = Array.from({ length: this.options.count - 1 }, () => this.fork());
    await Promise.all(others.map((worker) => this.started(worker)));
  }

  /** Lets all finish the requests that they are at. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const pause of this.pauses) clearTimeout(pause);
    await Promise.all(
      [...this.running].map(async (worker) => {
        const ended = once(worker, 'exit');
        worker.process.kill('SIGTERM');
        await ended;
      }),
    );
  }

  private fork(isFirst = false): Worker {
    const worker = cluster.fork(this.options.env(isFirst));
    this.running.add(worker);
    worker.once('listening', () => this.listening.set(worker, performance.now()));
    worker.once('exit', () => {
      this.running.delete(worker);
      this.listening.delete(worker);
    });
    return worker;
  }

  private async started(worker: Worker): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      worker.once('listening', () => resolve());
      worker.once('exit', (code: number | null, signal: string | null) => {
        const how = code ? 'It has said why' : `It was ended by ${signal ?? 'itself'}`;
        reject(new CliError(`A worker could not start. ${how}.`, code || exitCodes.failed));
      });
    });
    this.keep(worker);
  }

  /** Puts another one in its place when it ends. */
  private keep(worker: Worker): void {
    worker.prependOnceListener('exit', (code: number | null, signal: string | null) => {
      if (this.stopping) return;
      const since = this.listening.get(worker);
      const isSteady = since !== undefined && performance.now() - since >= STEADY_MS;
      this.diedEarly = isSteady ? 0 : this.diedEarly + 1;
      const pauseMs = isSteady ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (this.diedEarly - 1), LONGEST_PAUSE_MS);
      const how = signal ?? `exit code ${code}`;
      const when = pauseMs === 0 ? 'now' : `in ${pauseMs / 1_000} s`;
      this.options.say(`Worker ${worker.process.pid} ended (${how}); another one starts ${when}.`);
      const pause = setTimeout(() => {
        this.pauses.delete(pause);
        this.replaced++;
        this.keep(this.fork());
      }, pauseMs);
      this.pauses.add(pause);
    });
  }
}
