import { NO_SPECIAL, withheld } from '../../interactions/special-products.js';
import { canonicalJson, type JsonObject } from '../../platform/json.js';
import { type Caller, everyItem } from '../api/http-api.js';
import { DAY_MS } from './cloud-events.js';
import type { PlannedEvent } from './dataset.js';
import { digest } from './digest.js';

/** An interaction as the customer's list has it, as far as it does not differ from run to run. */
interface Interaction {
  readonly source: string;
  readonly event_id: string;
  readonly type: string;
  readonly touchpoint: string;
  readonly occurred_at: string;
  readonly correlation: string | null;
  readonly data: JsonObject;
  readonly voided: boolean;
}

/** What customers should find in their lists after a replay, kept as digests. */
export class ExpectedState {
  private readonly customers = new Map<string, { contents: Map<string, string>; voided: Set<string> }>();

  add({ customer, source, id, type, touchpoint, at, correlation, data }: PlannedEvent): void {
    let { contents, voided } = this.customers.get(customer) ?? { contents: new Map(), voided: new Set() };
    this.customers.set(customer, { contents, voided });
    const kept = withheld({ data }, NO_SPECIAL).data;
    contents.set(id, contentOf([source, id, type, touchpoint, at, correlation ?? null], kept));
    if (type === 'event.voided') voided.add(data.id as string);
  }

  of(customer: string): string {
    const { contents = [], voided } = this.customers.get(customer) ?? {};
    return digestOf(Array.from(contents, ([id, content]) => ({ content, voided: voided?.has(id) ?? false })));
  }
}

/** What the customer finds, in the same form; times are those of the files again. */
export async function actualState(customer: Caller, offsetDays: number): Promise<string> {
  const found: { content: string; voided: boolean }[] = [];
  for await (const item of everyItem<Interaction>(customer, '/v1/me/interactions')) {
    const { source, event_id, type, touchpoint, occurred_at, correlation, data, voided } = item;
    const at = Date.parse(occurred_at) - offsetDays * DAY_MS;
    found.push({ content: contentOf([source, event_id, type, touchpoint, at, correlation], data), voided });
  }
  return digestOf(found);
}

function contentOf(envelope: (string | number | null)[], data: JsonObject): string {
  return digest(canonicalJson([...envelope, data]));
}

function digestOf(events: readonly { content: string; voided: boolean }[]): string {
  return digest(
    events
      .map(({ content, voided }) => `${content} ${voided}`)
      .sort()
      .join('\n'),
  );
}
