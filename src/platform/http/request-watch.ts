import type { IncomingMessage } from 'node:http';

import { Metrics } from '../metrics/metrics.js';
import { Tracing } from '../tracing/tracing.js';

const ARRIVED = Symbol('when it came');

/** What is told of each answer besides its line in the log: numbers, and a trace where one is made. */
export class RequestWatch {
  constructor(
    readonly metrics = new Metrics(),
    readonly tracing = new Tracing(),
  ) {}

  /** Remembers when a request came, which may then wait in line: whoever calls waits, too. */
  arrived(request: IncomingMessage & { [ARRIVED]?: number }): void {
    request[ARRIVED] = performance.now();
  }

  /** @param route The template of the route. */
  answered(request: IncomingMessage & { [ARRIVED]?: number }, route: string, status: number): void {
    const now = performance.now();
    this.metrics.requests.observe(request.method ?? '', route, status, now - (request[ARRIVED] ?? now));
    this.tracing.answered(request, route, status);
  }
}
