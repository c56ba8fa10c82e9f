import { everyItem } from '../api/http-api.js';
import type { Accounts } from './accounts.js';
import { DAY_MS } from './cloud-events.js';
import type { OnlineRetail } from './dataset.js';
import { withLines } from './invoices.js';
import { type PlannedEvent, Planner, shops } from './plan.js';
import { sourceOf } from './shops.js';

/** By how many days times are moved so that the last of them is yesterday. */
export function offsetFor(last: number, now: number): number {
  return Math.floor(now / DAY_MS) - 1 - Math.floor(last / DAY_MS);
}

/**
 * The offset of an earlier run whose state is lost, as the service shows it: the same events at other times would be
 * other events. A run begins with the first event of each shop, so that these tell whether there was one.
 */
export async function offsetOfEarlierRun(dataset: OnlineRetail, accounts: Accounts): Promise<number | undefined> {
  for (const { shop, customer, id, at } of await firstEvents(dataset)) {
    const account = accounts.of(customer);
    if (!(await account.signIn())) continue;
    type Item = { source: string; event_id: string; occurred_at: string };
    for await (const { source, event_id, occurred_at } of everyItem<Item>(account, '/v1/me/interactions')) {
      if (source === sourceOf(shop) && event_id === id) return Math.round((Date.parse(occurred_at) - at) / DAY_MS);
    }
  }
  return undefined;
}

async function firstEvents(dataset: OnlineRetail): Promise<PlannedEvent[]> {
  const planner = new Planner();
  const first = new Map<string, PlannedEvent>();
  for await (const invoice of withLines(dataset.invoices(), dataset.lines())) {
    const { event } = planner.plan(invoice);
    if (event && !first.has(event.shop)) first.set(event.shop, event);
    if (first.size === shops.length) break;
  }
  return [...first.values()];
}
