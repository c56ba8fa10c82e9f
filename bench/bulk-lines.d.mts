export interface BulkPlan {
  readonly lines: number;
  /** Each so manieth line is wrong. */
  readonly wrongEach: number;
  readonly subjects: readonly string[];
  readonly now: Date;
}

export interface Expected {
  readonly outcome: string;
  readonly code?: string;
}

export function bulkLines(plan: BulkPlan): Generator<Buffer>;
export function expectedOf(line: number, wrongEach: number): Expected;
