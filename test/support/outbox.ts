import { Dispatcher } from '../../src/outbox/dispatcher.js';
import { OutboxService } from '../../src/outbox/outbox.service.js';
import type { TestApp } from './app.js';
import { eventually } from './eventually.js';

/** Brings one handler all that is due to it now, and waits until it has had it. */
export async function deliver(app: TestApp, name: string): Promise<void> {
  const handler = app.get(OutboxService).handlers.find((one) => one.name === name);
  if (!handler) throw new Error(`There is no handler ${name}.`);
  await app.get(Dispatcher).dispatch(handler);
}

/** Has events that were delivered brought to a handler once more, each by itself and in no order. */
export async function deliverAgain(app: TestApp, handler: string, event: { type: string; of: string }): Promise<void> {
  await app.db.query(
    `insert into outbox_deliveries (bucket, id, handler, due_at, attempts, event_buckets, event_ids)
     select bucket, id, $1, now() - random() * interval '1 day', 0, array[bucket], array[id]
       from outbox_events where type = $2 and $3 in (subject, customer_id::text)
     on conflict do nothing`,
    [handler, event.type, event.of],
  );
}

/** All that was reported so far has been counted. */
export async function counted(app: TestApp): Promise<void> {
  await eventually(async () => {
    const { rows } = await app.db.query(`select from outbox_deliveries where handler = 'interactions.counters'`);
    if (rows.length > 0) throw new Error('Something is still to be counted.');
  });
  await app.runJob('interactions.counters');
}
