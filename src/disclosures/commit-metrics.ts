import type { Histogram } from 'prom-client';

import type { Metrics } from '../platform/metrics/metrics.js';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const ANSWERS = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** What is told of the commits that make disclosures durable. */
export class CommitMetrics {
  private readonly sizes: Histogram;
  private readonly seconds: Histogram;

  constructor(metrics: Metrics, pending: () => number) {
    metrics.add({
      name: 'ccx_disclosures_pending',
      help: 'Disclosures that wait for their commit, and their answers with them',
      across: 'sum',
      measure: pending,
    });
    this.sizes = metrics.histogram({
      name: 'ccx_disclosure_batch_answers',
      help: 'How many answers share a commit',
      buckets: ANSWERS,
    });
    this.seconds = metrics.histogram({
      name: 'ccx_disclosure_commit_seconds',
      help: 'How long such a commit takes',
      buckets: SECONDS,
    });
  }

  async measure<T>(answers: number, commit: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await commit();
    } finally {
      this.sizes.observe(answers);
      this.seconds.observe((performance.now() - start) / 1_000);
    }
  }
}
