/** What share of reads has to be answered how soon. */
export interface Objective {
  readonly name: string;
  readonly share: number;
  readonly withinMs: number;
}

/** Ours, and what the Consumer Data Right of Australia asks of those who hold data. */
export const objectives: readonly Objective[] = [
  { name: 'CCX', share: 0.99, withinMs: 100 },
  { name: 'Consumer Data Right', share: 0.95, withinMs: 1_000 },
];

/** One read, counted from the moment at which it was due. */
export interface Sample {
  /** Until it was answered. Whoever waits to be sent waits, too. */
  readonly ms: number;
  /** Until it was sent. */
  readonly lateMs: number;
  /** What went wrong: a status, or why there was no answer; not set where it was answered as it should be. */
  readonly error?: string;
}

export interface Judged extends Objective {
  /** The share that was answered as it should be, and in time. */
  readonly measured: number;
  readonly isMet: boolean;
}

export interface Verdict {
  readonly reads: number;
  readonly percentilesMs: Readonly<Record<'p50' | 'p95' | 'p99' | 'p99.9' | 'max', number>>;
  /** How late reads were sent, of which the caller's own machine is the cause. */
  readonly lateMs: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly errorShare: number;
  readonly objectives: readonly Judged[];
  readonly isMet: boolean;
}

/** What the samples come to. An error is never in time, and nothing measured is nothing met. */
export function verdictOf(samples: readonly Sample[], asked: readonly Objective[] = objectives): Verdict {
  const reads = samples.length;
  const shareOf = (count: number) => (reads === 0 ? 0 : count / reads);
  const good = samples.filter(({ error }) => error === undefined);
  const judged = asked.map((objective) => {
    const measured = shareOf(good.filter(({ ms }) => ms <= objective.withinMs).length);
    return { ...objective, measured, isMet: reads > 0 && measured >= objective.share };
  });
  const quantile = quantilesOf(samples.map(({ ms }) => ms));
  return {
    reads,
    percentilesMs: {
      p50: quantile(0.5),
      p95: quantile(0.95),
      p99: quantile(0.99),
      'p99.9': quantile(0.999),
      max: quantile(1),
    },
    lateMs: quantilesOf(samples.map(({ lateMs }) => lateMs))(0.99),
    errors: countsOf(samples.flatMap(({ error }) => error ?? [])),
    errorShare: shareOf(reads - good.length),
    objectives: judged,
    isMet: judged.every(({ isMet }) => isMet),
  };
}

/** Nearest-rank: each is a time that was measured. 0 where none was. */
function quantilesOf(values: readonly number[]): (share: number) => number {
  const sorted = values.toSorted((a, b) => a - b);
  return (share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
