import { CliError } from '../errors.js';
import type { Dataset, Planned, PlannedEvent } from './dataset.js';
import { ExpectedState } from './end-state.js';
import type { Progress } from './progress.js';
import { Spool } from './spool.js';
import { Tally } from './tally.js';

/** Which part of a data set is played. Without anything, the whole of it. */
export interface Part {
  /** Only what happened before, by the clock of the files, in milliseconds since 1970. */
  readonly until?: number | undefined;
  /** Only so many events from the beginning. */
  readonly limit?: number | undefined;
  /** Only the so many who come first, with all that they did. */
  readonly customers?: number | undefined;
}

/** All that will be reported, in the order of time, and what the rows came to of which it is made. */
export class Script {
  readonly tally = new Tally();
  readonly expected = new ExpectedState();
  readonly customers = new Set<string>();
  /** The first event of each retailer. */
  readonly openings = new Map<string, PlannedEvent>();
  /** When the events of the whole data set begin and end. */
  first = Infinity;
  last = -Infinity;
  private readonly spool = new Spool<PlannedEvent>();

  private constructor(
    readonly dataset: Dataset,
    private readonly part: Part,
  ) {}

  /** Reads the data set once. @throws CliError when nothing comes of it */
  static async of(dataset: Dataset, part: Part, progress: Progress): Promise<Script> {
    const script = new Script(dataset, part);
    for await (const planned of dataset.plan((file) => script.tally.read(file))) {
      const { rows, events } = planned;
      const isPlayed = script.includes(planned);
      for (const event of events) script.take(event, isPlayed);
      if (isPlayed) script.tally.add(rows, events);
      progress.add(events.length);
    }
    progress.end();
    if (script.length === 0) throw new CliError('There is nothing to report.');
    return script;
  }

  get isWhole(): boolean {
    return this.hasAllOfItsCustomers && this.part.customers === undefined;
  }

  /** Whether there is nothing else that its customers did. */
  get hasAllOfItsCustomers(): boolean {
    return this.part.until === undefined && this.part.limit === undefined;
  }

  get length(): number {
    return this.spool.length;
  }

  at(place: number): PlannedEvent {
    return this.spool.at(place);
  }

  close(): void {
    this.spool.close();
  }

  private includes({ at, events }: Planned): boolean {
    const { until = Infinity, limit = Infinity, customers = Infinity } = this.part;
    if (at === null) return this.isWhole;
    if (at >= until || this.length >= limit) return false;
    if (customers === Infinity) return true;
    return (
      events.length > 0 &&
      events.every(({ customer }) => this.customers.has(customer) || this.customers.size < customers)
    );
  }

  private take(event: PlannedEvent, isPlayed: boolean): void {
    this.first = Math.min(this.first, event.at);
    this.last = Math.max(this.last, event.at);
    if (!this.openings.has(event.retailer)) this.openings.set(event.retailer, event);
    if (!isPlayed) return;
    this.customers.add(event.customer);
    this.expected.add(event);
    this.spool.add(event);
  }
}
