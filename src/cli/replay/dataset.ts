import type { JsonObject } from '../../platform/json.js';
import type { Touchpoint } from '../../vocabulary/code-lists.js';
import type { ClientProfile, RetailerProfile } from '../api/operator-api.js';

/** A year of shopping in files, and what would have been reported of it had there been a CCX. */
export interface Dataset {
  /** As people type it. */
  readonly name: string;
  /** The domain of the made-up e-mail addresses of its customers. */
  readonly domain: string;
  /** What its customers are called in the files, as they stand in their e-mail addresses. */
  readonly customerWord: string;
  readonly retailers: Readonly<Record<string, ReplayRetailer>>;
  /** The files, and what can become of a row of each, in words. */
  readonly files: Readonly<Record<string, FileWords>>;

  /** Where somebody shops. */
  retailerOf(customer: string): string;

  /**
   * What becomes of every row of every file, in the order of time, as far as the files have one. It reads them anew each
   * time and holds no more of them than it needs.
   *
   * @param read told of every row that is read, by its file
   */
  plan(read: (file: string) => void): AsyncIterable<Planned>;
}

/** A retailer who reports, and what they ask their customers for. */
export interface ReplayRetailer {
  readonly profile: RetailerProfile;
  readonly client: ClientProfile;
  /** RFC 9396 */
  readonly asked: readonly JsonObject[];
}

export interface FileWords {
  /** What its rows are: `541 909 lines`. */
  readonly rows: string;
  readonly fates: Readonly<Record<string, string>>;
}

/** Some rows that belong together, and what a retailer would report of them: nothing, or a few events. */
export interface Planned {
  /** By the clock of the files, in milliseconds since 1970; null for rows that are only looked up in. */
  readonly at: number | null;
  readonly rows: readonly RowsGone[];
  readonly events: readonly PlannedEvent[];
}

/** So many rows of a file went where. */
export interface RowsGone {
  readonly file: string;
  readonly fate: string;
  readonly count: number;
}

/** An event with the time of the files. */
export interface PlannedEvent {
  readonly retailer: string;
  readonly customer: string;
  readonly source: string;
  readonly id: string;
  /** `transaction.completed` */
  readonly type: string;
  readonly touchpoint: Touchpoint;
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly correlation?: string;
  readonly data: JsonObject;
}
