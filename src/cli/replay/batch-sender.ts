import { type Caller, expecting } from '../api/http-api.js';
import { type Batch, Batches } from './cloud-events.js';
import type { Outcomes, Result } from './outcomes.js';
import type { Sender } from './sender.js';

const BATCHES_AT_ONCE = 2;

/** Sends events in batches, several at a time. Holds no more events than are on their way. */
export class BatchSender implements Sender {
  private readonly batches = new Batches();
  private readonly underWay = new Set<Promise<void>>();
  private failure: unknown;

  constructor(
    private readonly caller: Caller,
    private readonly outcomes: Outcomes,
  ) {}

  async send(id: string, event: string): Promise<void> {
    const batch = this.batches.add(id, event);
    if (batch) await this.begin(batch);
  }

  async finish(): Promise<void> {
    const batch = this.batches.flush();
    if (batch) await this.begin(batch);
    await Promise.all(this.underWay);
    this.throwFailure();
  }

  private async begin(batch: Batch): Promise<void> {
    while (this.underWay.size >= BATCHES_AT_ONCE) await Promise.race(this.underWay);
    this.throwFailure();
    const sending = this.exchange(batch)
      .catch((error: unknown) => void (this.failure ??= error))
      .finally(() => this.underWay.delete(sending));
    this.underWay.add(sending);
  }

  private async exchange({ ids, body }: Batch): Promise<void> {
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    const request = { method: 'POST', path: '/v1/interactions', headers, body } as const;
    const { results } = (await expecting<{ results: Result[] }>(this.caller, request, 200)).body;
    for (const [place, id] of ids.entries()) this.outcomes.add(id, results[place]);
  }

  /** Nothing more is sent once a batch has failed. */
  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}
