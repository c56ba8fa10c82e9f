import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

/** Small work that no answer waits for and that may be lost: it is done once more the next time it is due. */
@Injectable()
export class Afterwards implements OnModuleDestroy {
  private readonly logger = new Logger(Afterwards.name);
  private readonly running = new Map<string, Promise<void>>();

  /** Begins the work, unless work under this key is under way. Its failure is logged. */
  run(key: string, work: () => Promise<unknown>): void {
    if (this.running.has(key)) return;
    const done = work().then(
      () => undefined,
      (error: unknown) => this.logger.warn('Work put off has failed.', error),
    );
    this.running.set(key, done);
    void done.finally(() => this.running.delete(key));
  }

  /** Waits for what is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.running.values());
  }

  // Before the database is let go.
  onModuleDestroy(): Promise<void> {
    return this.settled();
  }
}
