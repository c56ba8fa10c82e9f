import type { Anchor } from './anchors.js';
import type { KeySet } from './jws.js';
import type { Policy } from './policy.js';
import type { Report } from './report.js';
import type { LogSource } from './source.js';

/** What verifying rests on, beside the thing that is verified. */
export interface Context {
  readonly report: Report;
  readonly policy: Policy | undefined;
  /** The keys of receipts, from elsewhere than the thing itself. */
  readonly keys: KeySet | undefined;
  readonly anchors: readonly Anchor[] | undefined;
  /** The log as somebody else sees it. */
  readonly log: LogSource | undefined;
  readonly now: Date;
  /** Tells how a long check gets on. */
  readonly progress: (what: string, total: number | undefined, unit: string) => Progress;
}

export interface Progress {
  add(count: number): void;
  end(): void;
}
