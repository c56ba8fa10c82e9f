import type { JsonObject } from '../platform/json.js';
import type { ExportedRecord } from '../platform/personal-data.js';
import { spanAt } from '../platform/zone.js';

/** How an interaction stands, those that count first. */
export const standings = ['standing', 'disputed', 'corrected', 'voided'] as const;
export type Standing = (typeof standings)[number];

/** What somebody reported. */
export interface Reporter {
  readonly id: string;
  readonly name: string;
  readonly total: number;
  readonly byStanding: Readonly<Record<Standing, number>>;
  /** By month, as in `2026-11`. */
  readonly byMonth: ReadonlyMap<string, number>;
}

/** A code and how often it occurs. */
export interface Count {
  readonly code: string;
  readonly count: number;
}

/** What the records of a customer come to. */
export interface Summary {
  /** Those who reported something, the most first. */
  readonly reporters: readonly Reporter[];
  readonly touchpoints: readonly Count[];
  readonly types: readonly Count[];
  /** From the first month of which something was reported to the last, with those between in which nothing was. */
  readonly months: readonly string[];
  /** How often each retailer read what the customer states, by its id, the most first. */
  readonly readers: readonly Count[];
  /** How many records there are of each kind. */
  readonly kinds: readonly Count[];
}

interface Gathered {
  readonly name: string;
  readonly byStanding: Record<Standing, number>;
  readonly byMonth: Map<string, number>;
}

/** Counts records as they go by, so that a summary says of none anything else than the record does. */
export class SummaryTally {
  private readonly reporters = new Map<string, Gathered>();
  private readonly touchpoints = new Map<string, number>();
  private readonly types = new Map<string, number>();
  private readonly readers = new Map<string, number>();
  private readonly kinds = new Map<string, number>();

  /** @param zone Whose months are counted. */
  constructor(private readonly zone: string) {}

  add({ kind, record, recipient }: ExportedRecord): void {
    countUp(this.kinds, kind);
    if (kind === 'disclosure' && recipient !== undefined) countUp(this.readers, recipient);
    // What only takes something back is no report of its own.
    if (kind === 'interaction' && record.type !== 'event.voided') this.addReport(record);
  }

  summary(): Summary {
    const reporters = [...this.reporters].map(([id, { name, byStanding, byMonth }]) => ({
      id,
      name,
      total: standings.reduce((sum, standing) => sum + byStanding[standing], 0),
      byStanding,
      byMonth,
    }));
    return {
      reporters: reporters.toSorted((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1)),
      touchpoints: mostFirst(this.touchpoints),
      types: mostFirst(this.types),
      months: monthsFromTo(reporters.flatMap(({ byMonth }) => [...byMonth.keys()])),
      readers: mostFirst(this.readers),
      kinds: mostFirst(this.kinds),
    };
  }

  private addReport(record: JsonObject): void {
    const { id, name } = record.retailer as { id: string; name: string };
    const reporter = this.reporters.get(id) ?? { name, byStanding: noneOfAny(), byMonth: new Map<string, number>() };
    this.reporters.set(id, reporter);
    reporter.byStanding[record.standing as Standing] += 1;
    countUp(reporter.byMonth, monthIn(this.zone, record.occurred_at as string));
    countUp(this.touchpoints, record.touchpoint as string);
    countUp(this.types, record.type as string);
  }
}

function noneOfAny(): Record<Standing, number> {
  return { standing: 0, disputed: 0, corrected: 0, voided: 0 };
}

/** The month that a calendar in this zone showed. */
export function monthIn(zone: string, time: string): string {
  const instant = Date.parse(time);
  return new Date(instant + (spanAt(zone, instant)?.offset ?? 0)).toISOString().slice(0, 7);
}

function countUp(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function mostFirst(counts: ReadonlyMap<string, number>): Count[] {
  return [...counts]
    .map(([code, count]) => ({ code, count }))
    .toSorted((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

/** Every month from the first to the last of these. */
function monthsFromTo(some: readonly string[]): string[] {
  const [first, last] = [some.toSorted()[0], some.toSorted().at(-1)];
  if (first === undefined || last === undefined) return [];
  const months = [first];
  for (let month = first; month < last; months.push(month)) month = monthAfter(month);
  return months;
}

function monthAfter(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, number)).toISOString().slice(0, 7);
}
