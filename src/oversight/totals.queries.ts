import type { Reader } from '../platform/database/database.js';
import type { Totals } from './monitor-rules.js';

/** Of entries from one index to before another one. */
export interface EntryTotals {
  readonly all: Totals;
  readonly byRetailer: ReadonlyMap<string, Totals>;
}

export async function countEntries(reader: Reader, { from, to }: { from: number; to: number }): Promise<EntryTotals> {
  const rows = await reader.query<{ retailer_id: string | null; type: string; count: number }[]>(
    `select retailer_id, type, count(*)::int as count from audit_log where idx >= $1 and idx < $2
      group by retailer_id, type order by retailer_id, type`,
    [from, to],
  );
  const all: Record<string, number> = {};
  const byRetailer = new Map<string, Record<string, number>>();
  for (const { retailer_id: retailerId, type, count } of rows) {
    all[type] = (all[type] ?? 0) + count;
    if (retailerId) byRetailer.set(retailerId, { ...byRetailer.get(retailerId), [type]: count });
  }
  return { all, byRetailer };
}
