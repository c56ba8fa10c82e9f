import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { recently } from './recently.js';
import { RequestMetrics } from './request-metrics.js';

/** However often somebody looks, the database is asked at most this often. */
const HELD_MS = 5_000;

interface Named {
  readonly name: string;
  readonly help: string;
  /** A label with few values, all of which are known beforehand. Never an id of anything. */
  readonly label?: string;
}

/** One value, or one for each value of the label; nothing, where it cannot be told. */
type Values = number | null | Readonly<Record<string, number>>;

/** What is measured when somebody asks. */
export interface Measured extends Named {
  /** What only ever grows while the process runs is a counter; its name ends in `_total`. */
  readonly kind?: 'gauge' | 'counter';
  /**
   * How values of several processes become one: added up, or the greatest of them. `same` is what the database tells
   * every process alike; it is asked for at most every five seconds.
   */
  readonly across: 'sum' | 'max' | 'same';
  measure(): Values | Promise<Values>;
}

export interface CacheState {
  readonly hits: number;
  readonly misses: number;
  readonly entries: number;
  readonly bytes?: number;
}

export interface PoolState {
  readonly size: number;
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

/** What the service tells of itself as numbers, in the format of Prometheus. All of it is added while it is set up. */
export class Metrics {
  readonly registry = new Registry();
  readonly requests = new RequestMetrics(this.registry);
  private readonly caches = new Map<string, () => CacheState>();
  private readonly pools = new Map<string, () => PoolState>();

  constructor() {
    this.describeCaches();
    this.describePools();
  }

  /** Adds what is measured anew when somebody asks. What cannot be measured then is left out of the answer. */
  add({ name, help, label, kind = 'gauge', across, measure }: Measured): void {
    const measured = async () => measure();
    const values = across === 'same' ? recently(HELD_MS, measured) : measured;
    const Metric = kind === 'counter' ? Counter : Gauge;
    const metric = new Metric<string>({
      name,
      help,
      labelNames: label ? [label] : [],
      registers: [this.registry],
      aggregator: across === 'sum' ? 'sum' : 'max',
      async collect() {
        const found = await values().catch(() => null);
        this.reset();
        if (typeof found === 'number') this.inc(found);
        else if (label) for (const [value, count] of Object.entries(found ?? {})) this.inc({ [label]: value }, count);
        else this.remove();
      },
    });
    void metric;
  }

  /** Adds what is observed where it happens. Everything else is better counted in a plain number, and measured. */
  histogram({ name, help, label, buckets }: Named & { readonly buckets: readonly number[] }): Histogram {
    const labelNames = label ? [label] : [];
    return new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.registry] });
  }

  /** Adds what Node.js tells of this process: CPU, memory, garbage, handles. Once somebody can ask, since it costs a little. */
  ofProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Tells of a cache of this process. */
  watchCache(name: string, state: () => CacheState): void {
    this.caches.set(name, state);
  }

  /** Tells of connections of this process to the database. */
  watchPool(name: string, state: () => PoolState): void {
    this.pools.set(name, state);
  }

  private describeCaches(): void {
    const each = (measure: (state: CacheState) => number | undefined) => () => ofAll(this.caches, measure);
    const cache = { label: 'cache', across: 'sum' } as const;
    this.add({
      ...cache,
      name: 'ccx_cache_hits_total',
      help: 'How often what was looked for was found',
      kind: 'counter',
      measure: each(({ hits }) => hits),
    });
    this.add({
      ...cache,
      name: 'ccx_cache_misses_total',
      help: 'How often it was not',
      kind: 'counter',
      measure: each(({ misses }) => misses),
    });
    this.add({ ...cache, name: 'ccx_cache_entries', help: 'What it holds', measure: each(({ entries }) => entries) });
    this.add({
      ...cache,
      name: 'ccx_cache_bytes',
      help: 'What it takes, where it is bounded by that',
      measure: each(({ bytes }) => bytes),
    });
  }

  private describePools(): void {
    const each = (measure: (state: PoolState) => number) => () => ofAll(this.pools, measure);
    const pool = { label: 'pool', across: 'sum' } as const;
    this.add({
      ...pool,
      name: 'ccx_database_pool_size',
      help: 'The most connections to the database that there may be',
      measure: each(({ size }) => size),
    });
    this.add({
      ...pool,
      name: 'ccx_database_connections',
      help: 'Connections to the database that are open',
      measure: each(({ total }) => total),
    });
    this.add({
      ...pool,
      name: 'ccx_database_connections_idle',
      help: 'Those of them that do nothing',
      measure: each(({ idle }) => idle),
    });
    this.add({
      ...pool,
      name: 'ccx_database_waiting',
      help: 'How many wait for a connection',
      measure: each(({ waiting }) => waiting),
    });
  }
}

function ofAll<State>(
  states: ReadonlyMap<string, () => State>,
  measure: (state: State) => number | undefined,
): Record<string, number> {
  const measured = [...states].map(([name, state]) => [name, measure(state())] as const);
  return Object.fromEntries(measured.filter((entry): entry is readonly [string, number] => entry[1] !== undefined));
}
