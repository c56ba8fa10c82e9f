import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Metrics } from '../metrics/metrics.js';
import { Overload } from './overload.js';

/** What is told of requests that wait or were turned away, and of how well the process keeps up. */
@Injectable()
export class OverloadMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly overload: Overload,
  ) {}

  onModuleInit(): void {
    const { admission, connections, loop, refusals } = this.overload;
    this.metrics.add({
      name: 'ccx_request_places_taken',
      help: 'How much of REQUESTS_AT_ONCE is taken by requests that are being worked on',
      across: 'sum',
      measure: () => admission.placesTaken,
    });
    this.metrics.add({
      name: 'ccx_requests_in_line',
      help: 'Requests that wait for a place',
      across: 'sum',
      measure: () => admission.waiting,
    });
    this.metrics.add({
      name: 'ccx_callers_in_line',
      help: 'Callers whose requests wait for a place',
      across: 'sum',
      measure: () => admission.callersWaiting,
    });
    this.metrics.add({
      name: 'ccx_requests_refused_total',
      help: 'Requests that were refused before anything was done for them',
      kind: 'counter',
      label: 'reason',
      across: 'sum',
      measure: () => refusals,
    });
    this.metrics.add({
      name: 'ccx_connections',
      help: 'Connections of callers',
      across: 'sum',
      measure: () => connections.count,
    });
    this.metrics.add({
      name: 'ccx_connections_refused_total',
      help: 'Connections that were closed because there were too many',
      kind: 'counter',
      across: 'sum',
      measure: () => connections.refused,
    });
    this.metrics.add({
      name: 'ccx_event_loop_delay_seconds',
      help: 'By how much the process was late during the last second, on average',
      across: 'max',
      measure: () => loop.delayMs / 1000,
    });
    this.metrics.add({
      name: 'ccx_event_loop_utilization_ratio',
      help: 'Which part of the last second the process was at work',
      across: 'max',
      measure: () => loop.utilization,
    });
  }
}
