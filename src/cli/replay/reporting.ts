import { type Caller, expecting } from '../api/http-api.js';
import { type Batch, Batches, toCloudEvent } from './cloud-events.js';
import { type PlannedEvent, type Shop, shops } from './plan.js';

/** Of each shop. */
const BATCHES_AT_ONCE = 2;

interface Report {
  readonly results: readonly { id: string | null; outcome: string; code?: string; detail?: string }[];
}

/** What became of the events that were sent. */
export class Outcomes {
  sent = 0;
  stored = 0;
  duplicate = 0;
  /** Conflicts and rejections, by the code of their problem. */
  readonly refused = new Map<string, number>();
  /** The first of each code, for people to look at. */
  readonly examples = new Map<string, string>();

  add({ ids }: Batch, { results }: Report): void {
    this.sent += ids.length;
    for (const [place, id] of ids.entries()) {
      const result = results[place];
      if (result?.id !== id) this.refuse('unanswered', id);
      else if (result.outcome === 'stored') this.stored++;
      else if (result.outcome === 'duplicate') this.duplicate++;
      else this.refuse(result.code ?? result.outcome, `${id}: ${result.detail ?? ''}`);
    }
  }

  private refuse(code: string, example: string): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
    if (!this.examples.has(code)) this.examples.set(code, example);
  }
}

/** Sends events in batches, several of each shop at a time. Holds no more events than are on their way. */
export class Reporting {
  readonly outcomes = new Outcomes();
  private readonly batches = new Map(shops.map((shop) => [shop, new Batches()]));
  private failure: unknown;
  private readonly underWay = new Map(shops.map((shop) => [shop, new Set<Promise<void>>()]));

  constructor(
    private readonly callers: Readonly<Record<Shop, Caller>>,
    private readonly offsetDays: number,
  ) {}

  /** Takes one more event, once there is room. */
  async report(event: PlannedEvent, subject: string): Promise<void> {
    const batch = this.batchesOf(event.shop).add(event.id, toCloudEvent(event, subject, this.offsetDays));
    if (batch) await this.send(event.shop, batch);
  }

  /** Sends what is left and waits for all answers. */
  async finish(): Promise<Outcomes> {
    for (const shop of shops) {
      const batch = this.batchesOf(shop).flush();
      if (batch) await this.send(shop, batch);
    }
    await Promise.all(shops.flatMap((shop) => [...this.pendingOf(shop)]));
    this.throwFailure();
    return this.outcomes;
  }

  private async send(shop: Shop, batch: Batch): Promise<void> {
    const pending = this.pendingOf(shop);
    while (pending.size >= BATCHES_AT_ONCE) await Promise.race(pending);
    this.throwFailure();
    const sending = this.exchange(shop, batch)
      .catch((error: unknown) => void (this.failure ??= error))
      .finally(() => pending.delete(sending));
    pending.add(sending);
  }

  private async exchange(shop: Shop, batch: Batch): Promise<void> {
    const { body } = await expecting<Report>(
      this.callers[shop],
      {
        method: 'POST',
        path: '/v1/interactions',
        headers: { 'content-type': 'application/cloudevents-batch+json' },
        body: batch.body,
      },
      200,
    );
    this.outcomes.add(batch, body);
  }

  /** Nothing more is sent once a batch has failed. */
  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  private batchesOf(shop: Shop): Batches {
    return this.batches.get(shop) as Batches;
  }

  private pendingOf(shop: Shop): Set<Promise<void>> {
    return this.underWay.get(shop) as Set<Promise<void>>;
  }
}
