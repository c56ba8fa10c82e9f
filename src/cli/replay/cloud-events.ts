import { cloudEventType } from '../../interactions/event-types.js';
import { LARGEST_BATCH } from '../../interactions/report.js';
import { LARGEST_BODY } from '../../platform/http/route.js';
import type { PlannedEvent } from './dataset.js';

export const DAY_MS = 86_400_000;

/** A planned event as its retailer sends it, its time moved by whole days. */
export function toCloudEvent(event: PlannedEvent, subject: string, offsetDays: number): string {
  const { source, id, type, touchpoint, at, correlation, data } = event;
  return JSON.stringify({
    specversion: '1.0',
    id,
    source,
    type: cloudEventType(type),
    subject,
    time: new Date(at + offsetDays * DAY_MS).toISOString(),
    ccxtouchpoint: touchpoint,
    ...(correlation !== undefined && { ccxcorrelation: correlation }),
    data,
  });
}

/** Events in the form in which they are sent together. */
export interface Batch {
  readonly ids: readonly string[];
  readonly body: string;
}

/** Fills batches that are as large as the service takes them. */
export class Batches {
  private ids: string[] = [];
  private events: string[] = [];
  private bytes = 0;

  /** Takes one more event; answers the batch that had no room for it. */
  add(id: string, event: string): Batch | undefined {
    const size = Buffer.byteLength(event) + 1; // with the comma or the bracket before it
    const full = this.ids.length === LARGEST_BATCH || this.bytes + size + 1 > LARGEST_BODY;
    const batch = full ? this.flush() : undefined;
    this.ids.push(id);
    this.events.push(event);
    this.bytes += size;
    return batch;
  }

  flush(): Batch | undefined {
    if (this.ids.length === 0) return undefined;
    const batch = { ids: this.ids, body: `[${this.events.join(',')}]` };
    this.ids = [];
    this.events = [];
    this.bytes = 0;
    return batch;
  }
}
