import { everyItem } from '../api/http-api.js';
import type { Accounts } from './accounts.js';
import { DAY_MS } from './cloud-events.js';
import type { PlannedEvent } from './dataset.js';

/** By how many days times are moved so that the last of them is yesterday. */
export function offsetFor(last: number, now: number): number {
  return Math.floor(now / DAY_MS) - 1 - Math.floor(last / DAY_MS);
}

/**
 * The offset of an earlier run whose state is lost, as the service shows it: the same events at other times would be
 * other events.
 *
 * @param openings the first event of each retailer
 */
export async function offsetOfEarlierRun(
  openings: Iterable<PlannedEvent>,
  accounts: Accounts,
): Promise<number | undefined> {
  for (const { customer, source, id, at } of openings) {
    const account = accounts.of(customer);
    if (!(await account.signIn())) continue;
    type Item = { source: string; event_id: string; occurred_at: string };
    for await (const item of everyItem<Item>(account, '/v1/me/interactions')) {
      if (item.source === source && item.event_id === id)
        return Math.round((Date.parse(item.occurred_at) - at) / DAY_MS);
    }
  }
  return undefined;
}
