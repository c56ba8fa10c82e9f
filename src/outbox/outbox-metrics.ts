import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { recently } from '../platform/metrics/recently.js';
import { Dispatcher } from './dispatcher.js';
import { OutboxService } from './outbox.service.js';

/** More are not counted: it is a backlog then, whatever its length. */
const COUNTED_DUE = 1_000;

interface Due {
  readonly handler: string;
  readonly count: number;
  readonly oldest: Date | null;
}

/** What is told of deliveries: how many are due and for how long, and how often they failed. */
@Injectable()
export class OutboxMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly database: Database,
    private readonly outbox: OutboxService,
    private readonly dispatcher: Dispatcher,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const due = recently(1_000, () => this.due());
    this.metrics.add({
      name: 'ccx_outbox_due',
      help: `Deliveries whose time has come, counted up to ${COUNTED_DUE}`,
      label: 'handler',
      across: 'same',
      measure: async () => Object.fromEntries((await due()).map(({ handler, count }) => [handler, count])),
    });
    this.metrics.add({
      name: 'ccx_outbox_oldest_due_seconds',
      help: 'For how long the time of the oldest of them has come',
      label: 'handler',
      across: 'same',
      measure: async () => {
        const now = this.clock.now().getTime();
        const age = (oldest: Date | null) => (oldest ? Math.max(0, now - oldest.getTime()) / 1_000 : 0);
        return Object.fromEntries((await due()).map(({ handler, oldest }) => [handler, age(oldest)]));
      },
    });
    this.metrics.add({
      name: 'ccx_outbox_failures_total',
      help: 'How often the handler has failed; what it failed on is brought to it again',
      label: 'handler',
      kind: 'counter',
      across: 'sum',
      measure: () =>
        Object.fromEntries(this.outbox.handlers.map(({ name }) => [name, this.dispatcher.failures.get(name) ?? 0])),
    });
  }

  /** Reads a bounded piece of the index for each handler, so that a backlog of one hides no other and costs no more. */
  private async due(): Promise<Due[]> {
    const handlers = this.outbox.handlers.map(({ name }) => name);
    if (handlers.length === 0) return [];
    const waiting = handlers.map(
      (_, index) =>
        `select $${index + 3} as handler, count(*)::int as count, min(due_at) as oldest
           from (select due_at from outbox_deliveries
                  where handler = $${index + 3} and due_at <= $1 order by due_at limit $2) due`,
    );
    return this.database.reader.query<Due[]>(waiting.join(' union all '), [this.clock.now(), COUNTED_DUE, ...handlers]);
  }
}
