import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';

/** What is measured when it is asked for: one value, or one for each value of a label. */
export interface Measured {
  readonly name: string;
  readonly help: string;
  /** A label with few values, all of which are known beforehand. Never an id of anything. */
  readonly label?: string;
  measure(): Promise<number | null | Readonly<Record<string, number>>>;
}

/** What the service tells of itself as numbers, in the format of Prometheus. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  /** Adds what is measured anew each time that somebody asks. What cannot be measured then is left out of the answer. */
  add({ name, help, label, measure }: Measured): void {
    const gauge = new Gauge({
      name,
      help,
      labelNames: label ? [label] : [],
      registers: [],
      async collect() {
        this.reset();
        const measured = await measure().catch(() => null);
        if (typeof measured === 'number') this.set(measured);
        else if (label)
          for (const [value, count] of Object.entries(measured ?? {})) this.set({ [label]: value }, count);
        else this.remove();
      },
    });
    this.registry.registerMetric(gauge);
  }
}
