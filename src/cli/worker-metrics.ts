import type { Worker } from 'node:cluster';

import {
  AggregatorRegistry,
  Counter,
  Gauge,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';

import type { Metrics } from '../platform/metrics/metrics.js';
import type { Workers } from './workers.js';

/** One that does not answer within this is busy, or dead: what it told last stands for it. */
const PATIENCE_MS = 2_000;

type Told = MetricObjectWithValues<MetricValue<string>>[];

/** In the primary: asks for the numbers. In a worker: gives them. Named by a number, since several may ask at once. */
interface Message {
  readonly metrics: number;
  readonly told?: Told;
}

/** In a worker: tells what it measures, whenever the primary asks. */
export function tellMetrics(metrics: Metrics): void {
  metrics.ofProcess();
  process.on('message', ({ metrics: question }: Partial<Message>) => {
    if (question === undefined) return;
    void metrics.registry.getMetricsAsJSON().then((told) => process.send?.({ metrics: question, told }));
  });
}

/** In the primary: what all workers measure, as one. */
export class WorkerMetrics {
  private readonly own = new Registry();
  private readonly ready = new Gauge({ name: 'ccx_workers', help: 'Workers that answer', registers: [this.own] });
  private readonly restarts = new Counter({
    name: 'ccx_worker_restarts_total',
    help: 'Workers that took the place of one that had died',
    registers: [this.own],
  });
  /** What each worker has told last. */
  private readonly told = new Map<Worker, Told>();
  /** What workers have counted that are no more: what is counted only grows. */
  private departed: Told = [];
  private telling = Promise.resolve('');
  private questions = 0;

  constructor(private readonly workers: Workers) {}

  /** All numbers, in the text format of Prometheus. */
  tell(): Promise<string> {
    this.telling = this.telling.catch(() => '').then(() => this.gather());
    return this.telling;
  }

  private async gather(): Promise<string> {
    await Promise.all(this.workers.ready.map((worker) => this.ask(worker)));
    for (const [worker, told] of this.told) {
      if (!worker.isDead()) continue;
      this.told.delete(worker);
      this.departed = await sumOf([this.departed, told.filter(isCounted)]).getMetricsAsJSON();
    }
    this.ready.set(this.workers.ready.length);
    this.restarts.reset();
    this.restarts.inc(this.workers.replaced);
    return sumOf([...this.told.values(), this.departed, await this.own.getMetricsAsJSON()]).metrics();
  }

  private ask(worker: Worker): Promise<void> {
    const question = ++this.questions;
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        worker.off('message', onMessage);
        worker.off('exit', settle);
        resolve();
      };
      const onMessage = ({ metrics, told }: Partial<Message>) => {
        if (metrics !== question) return;
        if (told) this.told.set(worker, told);
        settle();
      };
      const timer = setTimeout(settle, PATIENCE_MS);
      worker.on('message', onMessage);
      worker.on('exit', settle);
      worker.send({ metrics: question } satisfies Message, () => undefined);
    });
  }
}

function sumOf(all: readonly Told[]): Registry {
  return AggregatorRegistry.aggregate([...all]);
}

function isCounted({ type }: { type: unknown }): boolean {
  return type === 'counter' || type === 'histogram';
}
