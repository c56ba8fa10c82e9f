import { Injectable } from '@nestjs/common';

import type { LoggedEntry } from '../audit/audit.queries.js';
import { DisclosureChecks } from '../disclosures/disclosure-checks.service.js';
import { Database } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import type { OpenedEntry } from './entry-reader.service.js';
import { columnFaults, differingTotals, type Finding, objectIn, type Totals } from './monitor-rules.js';
import { countEntries, type EntryTotals } from './totals.queries.js';

/** Whether entries say what happened: themselves, the disclosures that they hold the roots of, and the totals of days. */
@Injectable()
export class LogChecks {
  constructor(
    private readonly database: Database,
    private readonly disclosures: DisclosureChecks,
  ) {}

  async check(entries: readonly OpenedEntry[]): Promise<Finding[]> {
    const columns = entries.flatMap((opened) =>
      columnFaults(opened).map((name) => {
        const { index, retailerId } = opened.entry;
        return {
          rule: 'column-differs',
          about: `${index}: ${name}`,
          detail: `entry ${index} differs in ${name}`,
          retailerId,
        } as const;
      }),
    );
    return [...columns, ...(await this.disclosed(entries)), ...(await this.totals(entries))];
  }

  private async disclosed(entries: readonly OpenedEntry[]): Promise<Finding[]> {
    const batches = entries.filter(({ entry }) => isBatch(entry));
    if (batches.length === 0) return [];
    const byId = new Map(batches.map((opened) => [opened.entry.id, opened]));
    const rows = await this.disclosures.ofEntries(this.database.reader, [...byId.keys()]);
    return rows.flatMap(({ entryId, index: place, faults, root, retailerId }) => {
      const { entry, opening } = byId.get(entryId)!;
      const about = `${entry.index}/${place}`;
      const which = `disclosure ${place} of entry ${entry.index}`;
      const wrong = faults.map(
        (fault) =>
          ({
            rule: 'wrong-disclosure',
            about: `${about}: ${fault}`,
            detail: `${which} is wrong: ${fault}`,
            retailerId,
          }) as const,
      );
      const isProven = !opening || objectIn(opening.event.data).root === root;
      const changed = {
        rule: 'column-differs',
        about,
        detail: `${which} is not what the entry commits to`,
        retailerId,
      } as const;
      return isProven ? wrong : [...wrong, changed];
    });
  }

  private async totals(entries: readonly OpenedEntry[]): Promise<Finding[]> {
    const findings: Finding[] = [];
    let counted: { range: string; totals: EntryTotals } | undefined;
    for (const { entry, opening } of entries) {
      const told = entry.type === 'day.closed' && opening ? closingOf(opening.event) : null;
      if (!told) continue;
      const { day, from, to, totals } = told;
      const range = `${from}-${to}`;
      // The closings of one day stand one after another.
      if (counted?.range !== range) counted = { range, totals: await countEntries(this.database.reader, { from, to }) };
      const { all, byRetailer } = counted.totals;
      const types = differingTotals(totals, entry.retailerId ? (byRetailer.get(entry.retailerId) ?? {}) : all);
      if (types.length === 0) continue;
      const detail = `the closing of ${day} (entry ${entry.index}) counts otherwise: ${types.join(', ')}`;
      findings.push({ rule: 'totals-differ', about: String(entry.index), detail, retailerId: entry.retailerId });
    }
    return findings;
  }
}

function isBatch({ type }: LoggedEntry): boolean {
  return type === 'disclosures.recorded' || type === 'disclosure.refused';
}

interface Closing {
  readonly day: string;
  readonly from: number;
  readonly to: number;
  readonly totals: Totals;
}

function closingOf({ data }: JsonObject): Closing | null {
  const { day, from, to, totals } = objectIn(data);
  if (typeof day !== 'string' || typeof from !== 'number' || typeof to !== 'number') return null;
  return { day, from, to, totals: objectIn(totals) as Totals };
}
