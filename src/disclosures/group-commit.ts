import { UnavailableError } from '../platform/errors.js';

export interface GroupCommitLimits {
  /** A batch is closed once it weighs so much. */
  readonly batch: number;
  /** And after so long, even while earlier batches are still being committed. */
  readonly delayMs: number;
  /** How many batches may be under way at once. */
  readonly writers: number;
  /** What may be pending, waiting or under way; more is refused at once rather than kept waiting. */
  readonly capacity: number;
}

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly weight: number;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Commits what arrives at about the same time together. When nothing is under way a batch leaves at the end of this
 * turn of the event loop, so that a lone caller does not wait; while one is under way the next gathers behind it, and so
 * do those who were on their way when it began.
 */
export class GroupCommit<Item, Outcome> {
  private queue: Waiting<Item, Outcome>[] = [];
  private queued = 0;
  private unsettled = 0;
  private readonly underWay = new Set<Promise<void>>();
  /** What has been announced and has not come, and how much of that before the first item of the waiting ones came. */
  private announced = 0;
  private awaited = 0;
  private beginnings = 0;
  private soon?: NodeJS.Immediate;
  private later?: NodeJS.Timeout;

  /** @param commit Commits a batch as a whole and answers an outcome for each of its items, in their order. */
  constructor(
    private readonly commit: (items: readonly Item[]) => Promise<readonly Outcome[]>,
    private readonly limits: GroupCommitLimits,
  ) {}

  /**
   * Resolves once the item is committed, with its outcome; rejects with the batch's failure.
   *
   * @param weight How much of a batch the item takes.
   * @throws UnavailableError when too much is pending already
   */
  add(item: Item, weight = 1): Promise<Outcome> {
    if (this.unsettled > 0 && this.unsettled + weight > this.limits.capacity) {
      return Promise.reject(new UnavailableError('Too many answers wait to be recorded.'));
    }
    return new Promise((resolve, reject) => {
      if (this.queue.length === 0) this.begin();
      this.queue.push({ item, weight, resolve, reject });
      this.queued += weight;
      this.unsettled += weight;
      this.schedule();
    });
  }

  /**
   * Does what an item is likely to follow from. A batch that begins meanwhile waits until it is done, but not for longer
   * than its delay: a commit costs as much for one item as for many.
   */
  async before<T>(work: () => Promise<T>): Promise<T> {
    const { beginnings } = this;
    this.announced++;
    try {
      return await work();
    } finally {
      this.announced--;
      if (beginnings !== this.beginnings && --this.awaited === 0 && this.queue.length > 0) this.schedule();
    }
  }

  /** What was added and is not yet committed. */
  get pending(): number {
    return this.unsettled;
  }

  /** Commits all that waits and resolves when nothing is under way any longer. */
  async drain(): Promise<void> {
    while (this.queue.length > 0 || this.underWay.size > 0) {
      this.flush();
      await Promise.all(this.underWay);
    }
  }

  private begin(): void {
    this.beginnings++;
    this.awaited = this.announced;
  }

  private schedule(): void {
    if (this.queued >= this.limits.batch) this.flush();
    else if (this.underWay.size === 0 && this.awaited === 0) this.soon ??= setImmediate(() => this.flush());
    else this.later ??= setTimeout(() => this.flush(), this.limits.delayMs);
  }

  private flush(): void {
    clearImmediate(this.soon);
    clearTimeout(this.later);
    this.soon = this.later = undefined;
    while (this.queue.length > 0 && this.underWay.size < this.limits.writers) {
      const write: Promise<void> = this.write(this.nextBatch()).finally(() => {
        this.underWay.delete(write);
        if (this.queue.length === 0) return;
        if (this.awaited === 0) this.flush();
        else this.schedule();
      });
      this.underWay.add(write);
    }
  }

  private nextBatch(): Waiting<Item, Outcome>[] {
    let weight = 0;
    let size = 0;
    for (const next of this.queue) {
      if (size > 0 && weight + next.weight > this.limits.batch) break;
      weight += next.weight;
      size++;
    }
    this.queued -= weight;
    return this.queue.splice(0, size);
  }

  private async write(batch: readonly Waiting<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.commit(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(outcomes[index]!));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      for (const { weight } of batch) this.unsettled -= weight;
    }
  }
}
