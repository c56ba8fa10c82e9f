import { canonicalJson, type JsonObject } from '../../platform/json.js';
import { type Caller, everyItem } from '../api/http-api.js';
import { DAY_MS } from './cloud-events.js';
import { digest } from './digest.js';
import type { PlannedEvent } from './plan.js';
import { sourceOf } from './shops.js';

/** An interaction as the customer's list has it, as far as it does not differ from run to run. */
interface Interaction {
  readonly source: string;
  readonly event_id: string;
  readonly type: string;
  readonly touchpoint: string;
  readonly occurred_at: string;
  readonly data: JsonObject;
  readonly voided: boolean;
}

/** What customers should find in their lists after a replay, kept as digests. */
export class ExpectedState {
  private readonly customers = new Map<string, Map<string, { content: string; voided: boolean }>>();

  constructor(customers: Iterable<string>) {
    for (const customer of customers) this.customers.set(customer, new Map());
  }

  add({ customer, shop, id, type, touchpoint, at, data }: PlannedEvent): void {
    const events = this.customers.get(customer) ?? new Map<string, { content: string; voided: boolean }>();
    this.customers.set(customer, events);
    events.set(id, { content: contentOf([sourceOf(shop), id, type, touchpoint, at], data), voided: false });
    const target = type === 'event.voided' ? events.get(data.id as string) : undefined;
    if (target) target.voided = true;
  }

  of(customer: string): string {
    return digestOf(this.customers.get(customer)?.values() ?? []);
  }
}

/** What the customer finds, in the same form; times are those of the file again. */
export async function actualState(customer: Caller, offsetDays: number): Promise<string> {
  const found: { content: string; voided: boolean }[] = [];
  for await (const item of everyItem<Interaction>(customer, '/v1/me/interactions')) {
    const { source, event_id, type, touchpoint, occurred_at, data, voided } = item;
    const at = Date.parse(occurred_at) - offsetDays * DAY_MS;
    found.push({ content: contentOf([source, event_id, type, touchpoint, at], data), voided });
  }
  return digestOf(found);
}

function contentOf(envelope: (string | number)[], data: JsonObject): string {
  return digest(canonicalJson([...envelope, data]));
}

function digestOf(events: Iterable<{ content: string; voided: boolean }>): string {
  return digest(
    Array.from(events, ({ content, voided }) => `${content} ${voided}`)
      .sort()
      .join('\n'),
  );
}
