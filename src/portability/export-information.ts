import type { JsonObject } from '../platform/json.js';
import type { ExportedRecord } from '../platform/personal-data.js';
import type { RetailerReference } from './statements.js';

/** What retailers are called, by id. */
export type RetailerNames = (ids: readonly string[]) => Promise<ReadonlyMap<string, RetailerReference>>;

type Counts = Map<string, Map<string, number>>;

/**
 * What GDPR Article 15 asks for beside the data: from whom it came, who got it, and what was concluded. It is gathered
 * from the records as they go by, so that it says of no record anything else than the record does.
 */
export class ExportInformation {
  private readonly sources: Counts = new Map();
  private readonly recipients: Counts = new Map();
  private readonly inferred = new Map<string, number>();

  add({ kind, source, recipient, inferred }: ExportedRecord): void {
    if (source !== undefined) count(this.sources, source, kind);
    if (recipient !== undefined) count(this.recipients, recipient, kind);
    if (inferred) this.inferred.set(kind, (this.inferred.get(kind) ?? 0) + 1);
  }

  async record(namesOf: RetailerNames): Promise<JsonObject> {
    const ids = [...this.sources.keys(), ...this.recipients.keys()].filter((id) => uuid.test(id));
    const names = await namesOf(ids);
    return {
      sources: described(this.sources, names),
      recipients: described(this.recipients, names),
      inferred: Object.fromEntries(this.inferred),
    };
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function count(counts: Counts, who: string, kind: string): void {
  const kinds = counts.get(who) ?? new Map<string, number>();
  kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  counts.set(who, kinds);
}

function described(counts: Counts, names: ReadonlyMap<string, RetailerReference>): JsonObject[] {
  return [...counts].map(([who, kinds]) => {
    const retailer = names.get(who);
    return {
      ...(retailer ? { retailer: { id: who, name: retailer.name, website: retailer.website } } : { source: who }),
      records: Object.fromEntries(kinds),
    };
  });
}
