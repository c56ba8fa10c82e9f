import { randomUUID } from 'node:crypto';

import { Module, type OnModuleInit } from '@nestjs/common';

import { Dispatcher } from '../src/outbox/dispatcher.js';
import { type OutboxEvent, type OutboxHandler, OutboxService } from '../src/outbox/outbox.service.js';
import { Database } from '../src/platform/database/database.js';
import { Random } from '../src/platform/random.js';
import { startApp, type TestApp } from './support/app.js';
import { eventually } from './support/eventually.js';
import { untilWaiting } from './support/race.js';

/** A handler that remembers what came, and does with it as a test says. */
class Inbox implements OutboxHandler {
  readonly received: OutboxEvent[] = [];
  attempts = 0;
  work: (event: OutboxEvent) => Promise<void> = async () => undefined;

  constructor(
    readonly name: string,
    readonly types: readonly string[] | '*',
  ) {}

  readonly handle = async (event: OutboxEvent): Promise<void> => {
    this.attempts++;
    await this.work(event);
    this.received.push(event);
  };

  countOf(subject: string): number {
    return this.received.filter((event) => event.subject === subject).length;
  }

  reset(): void {
    this.attempts = 0;
    this.work = async () => undefined;
  }
}

const parcels = new Inbox('parcels', ['parcel.sent', 'parcel.lost']);
const letters = new Inbox('letters', ['letter.sent', 'parcel.sent']);
const everything = new Inbox('everything', '*');
const inboxes = [parcels, letters, everything];

@Module({})
class InboxesModule implements OnModuleInit {
  constructor(private readonly outbox: OutboxService) {}

  onModuleInit(): void {
    for (const { name, types, handle } of inboxes) this.outbox.handle(name, types, handle);
  }
}

let app: TestApp;
beforeAll(async () => {
  // Room for all handlers to wait for a lock at the same time.
  app = await startApp({ modules: [InboxesModule], config: { DATABASE_POOL: '30' } });
});
beforeEach(() => inboxes.forEach((inbox) => inbox.reset()));
afterAll(() => app.stop());

/** Hands an event over in a transaction of its own, to be delivered from `at` on, and answers its subject. */
async function send(type: string, at = app.clock.now(), outbox = app.get(OutboxService)): Promise<string> {
  const subject = randomUUID();
  await app.get(Database).transaction((tx) => outbox.enqueue(tx, { type, at, subject, data: { weight: 3 } }));
  return subject;
}

/** What a process that shares the database delivers by. */
function anotherProcess(): { outbox: OutboxService; dispatcher: Dispatcher } {
  const outbox = new OutboxService(app.get(Random));
  const jobs = { every: () => undefined, runNow: async () => undefined };
  return { outbox, dispatcher: new Dispatcher(app.get(Database), outbox, app.clock, jobs as never) };
}

const handlersOf = (type: string) => inboxes.filter(({ types }) => types === '*' || types.includes(type));

async function isKept(subject: string): Promise<boolean> {
  const { rowCount } = await app.db.query('select from outbox_events where subject = $1', [subject]);
  return rowCount === 1;
}

/** In how many seconds the handler is given the event again. */
async function pauseOf(subject: string, { name }: Inbox): Promise<number> {
  const { rows } = await app.db.query<{ due_at: Date }>(
    `select d.due_at from outbox_deliveries d join outbox_events e on e.id = any(d.event_ids)
      where e.subject = $1 and d.handler = $2`,
    [subject, name],
  );
  return ((rows[0]?.due_at.getTime() ?? NaN) - app.clock.now().getTime()) / 1000;
}

describe('an event', () => {
  it('reaches each handler of its type, and no other', async () => {
    const sent = await send('parcel.sent');
    const lost = await send('parcel.lost');
    await eventually(() => {
      expect(parcels.received.map(({ subject }) => subject)).toEqual(expect.arrayContaining([sent, lost]));
      expect(everything.received.map(({ subject }) => subject)).toEqual(expect.arrayContaining([sent, lost]));
      expect(letters.countOf(sent)).toBe(1);
    });
    expect(letters.countOf(lost)).toBe(0);
    expect(parcels.received[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'parcel.sent',
      at: expect.any(Date),
      subject: sent,
      data: { weight: 3 },
    });
  });

  it('reaches nobody when its transaction is rolled back', async () => {
    const subject = randomUUID();
    const outbox = app.get(OutboxService);
    const halfDone = app.get(Database).transaction(async (tx) => {
      await outbox.enqueue(tx, { type: 'parcel.sent', at: app.clock.now(), subject, data: {} });
      throw new Error('the parcel fell off the van');
    });
    await expect(halfDone).rejects.toThrow('van');
    const next = await send('parcel.sent');
    await eventually(() => expect(parcels.countOf(next)).toBe(1));
    expect(parcels.countOf(subject)).toBe(0);
    await expect(isKept(subject)).resolves.toBe(false);
  });

  it('reaches the others while one handler fails, and that one once it works again', async () => {
    parcels.work = async () => Promise.reject(new Error('no shelf'));
    const subject = await send('parcel.sent');
    await eventually(() => {
      expect(letters.countOf(subject)).toBe(1);
      expect(parcels.attempts).toBe(1);
    });
    parcels.work = async () => undefined;
    app.clock.advance({ seconds: 1 });
    await eventually(() => expect(parcels.countOf(subject)).toBe(1));
    expect(letters.countOf(subject)).toBe(1);
  });

  it('is tried ever more rarely by a handler that fails', async () => {
    parcels.work = async () => Promise.reject(new Error('no shelf'));
    const subject = await send('parcel.lost');
    for (const [attempt, pause] of [1, 2, 4, 8, 16].entries()) {
      const seconds = await eventually(async () => {
        expect(parcels.attempts).toBe(attempt + 1);
        const left = await pauseOf(subject, parcels);
        expect(left).toBeLessThanOrEqual(pause); // once the claim has given way to the pause
        return left;
      });
      expect(seconds).toBeGreaterThan(pause - 1);
      app.clock.advance({ seconds });
    }
    parcels.work = async () => undefined;
    app.clock.advance({ hours: 1 });
    await eventually(() => expect(parcels.countOf(subject)).toBe(1));
  });

  it('is delivered once by processes that look for it at the same moment', async () => {
    const tomorrow = new Date(app.clock.now().getTime() + 86_400_000);
    const subject = await send('parcel.lost', tomorrow);
    const holder = await app.db.connect();
    try {
      await holder.query('begin');
      await holder.query('lock table outbox_deliveries in exclusive mode');
      app.clock.advance({ days: 1 });
      const others = [1, 2].map(() => anotherProcess().dispatcher.dispatch(parcels));
      await untilWaiting(app.db, handlersOf('parcel.lost').length + others.length);
      await holder.query('commit');
      await Promise.all(others);
    } finally {
      await holder.query('rollback');
      holder.release();
    }
    await eventually(() => expect(everything.countOf(subject)).toBe(1));
    await eventually(() => expect(parcels.countOf(subject)).toBe(1));
    expect(parcels.attempts).toBe(1);
  });

  it('reaches the others while one handler does not come back, and then another process of that one', async () => {
    let comeBack = (): void => undefined;
    parcels.work = () => new Promise((resolve) => (comeBack = resolve));
    try {
      const subject = await send('parcel.sent');
      await eventually(() => {
        expect(parcels.attempts).toBe(1);
        expect(letters.countOf(subject)).toBe(1);
      });
      const later = await send('letter.sent');
      await eventually(() => expect(letters.countOf(later)).toBe(1));

      const { dispatcher } = anotherProcess();
      const substitute = new Inbox('parcels', parcels.types);
      await dispatcher.dispatch(substitute);
      expect(substitute.received).toEqual([]);
      app.clock.advance({ seconds: 30 });
      await dispatcher.dispatch(substitute);
      expect(substitute.countOf(subject)).toBe(1);
    } finally {
      comeBack();
    }
  });

  it('stays with a handler for as long as that works', async () => {
    let comeBack = (): void => undefined;
    parcels.work = () => new Promise((resolve) => (comeBack = resolve));
    try {
      const subject = await send('parcel.lost');
      await eventually(() => expect(parcels.attempts).toBe(1));
      const { dispatcher } = anotherProcess();
      const substitute = new Inbox('parcels', parcels.types);
      for (let renewed = 0; renewed < 3; renewed++) {
        app.clock.advance({ seconds: 3 });
        expect(await pauseOf(subject, parcels)).toBeLessThan(2);
        await eventually(async () => expect(await pauseOf(subject, parcels)).toBeGreaterThan(2));
        await dispatcher.dispatch(substitute);
      }
      expect(substitute.received).toEqual([]);
      comeBack();
      await eventually(() => expect(parcels.countOf(subject)).toBe(1));
      expect(await pauseOf(subject, parcels)).toBeNaN();
    } finally {
      comeBack();
    }
  });

  it('of a transaction with others holds them up no more than they do it', async () => {
    const outbox = app.get(OutboxService);
    const subjects = Array.from({ length: 5 }, () => randomUUID());
    const [poisoned, ...others] = subjects as [string, ...string[]];
    let isWell = false;
    parcels.work = async (event) => {
      if (!isWell && event.subject === poisoned) throw new Error('broken');
    };
    const at = app.clock.now();
    const events = subjects.map((subject) => ({ type: 'parcel.sent', at, subject, data: {} }));
    await app.get(Database).transaction((tx) => outbox.enqueueAll(tx, events));
    await eventually(() => expect(others.map((subject) => parcels.countOf(subject))).toEqual([1, 1, 1, 1]));
    isWell = true;
    app.clock.advance({ seconds: 1 });
    await eventually(() => expect(parcels.countOf(poisoned)).toBe(1));
    expect(subjects.map((subject) => parcels.countOf(subject))).toEqual([1, 1, 1, 1, 1]);
    expect(subjects.map((subject) => letters.countOf(subject))).toEqual([1, 1, 1, 1, 1]);
  });

  it('reaches a handler of many with all others, and by itself where that fails', async () => {
    const { outbox, dispatcher } = anotherProcess();
    const brought: string[][] = [];
    let poisoned = '';
    outbox.handleAll('crates', ['crate.sent'], async (events) => {
      brought.push(events.map(({ subject }) => subject));
      if (events.some(({ subject }) => subject === poisoned)) throw new Error('broken');
    });
    const [crates] = outbox.handlers as [OutboxHandler];
    const [first, second] = [await send('crate.sent', undefined, outbox), await send('crate.sent', undefined, outbox)];
    await dispatcher.dispatch(crates);
    expect(brought).toEqual([expect.arrayContaining([first, second])]);

    brought.length = 0;
    poisoned = await send('crate.sent', undefined, outbox);
    const sound = await send('crate.sent', undefined, outbox);
    await dispatcher.dispatch(crates);
    expect(brought).toHaveLength(3);
    expect(brought.slice(1).toSorted()).toEqual([[poisoned], [sound]].toSorted());
    await dispatcher.dispatch(crates);
    expect(brought).toHaveLength(3); // the one that failed waits, the other one is done
  });

  it('waits for a handler that only another process has', async () => {
    const { outbox, dispatcher } = anotherProcess();
    const tubes = new Inbox('tubes', ['tube.sent']);
    outbox.handle(tubes.name, tubes.types, tubes.handle);
    const subject = await send('tube.sent', undefined, outbox);
    app.clock.advance({ days: 31 });
    await app.runJob('outbox-sweep');
    await dispatcher.dispatch(tubes);
    expect(tubes.countOf(subject)).toBe(1);
  });

  it('is swept in steps, however many there are', async () => {
    await app.db.query(`
      create function few() returns trigger language plpgsql as $$ begin
        if (select count(*) from gone) > 10000 then raise exception 'too many at once'; end if;
        return null;
      end $$`);
    await app.db.query(`
      create trigger few after delete on outbox_events referencing old table as gone
        for each statement execute function few()`);
    await app.db.query(`
      insert into outbox_events (bucket, id, type, at, subject, data)
      select n, gen_random_uuid(), 'crumb.fallen', 'epoch', 'crumb', '{}' from generate_series(1, 20001) n`);
    try {
      await app.runJob('outbox-sweep');
    } finally {
      await app.db.query('drop function few() cascade');
    }
    const { rowCount } = await app.db.query(`select from outbox_events where subject = 'crumb'`);
    expect(rowCount).toBe(0);
  });

  it('is kept until every handler has had it, and for thirty days', async () => {
    parcels.work = async () => Promise.reject(new Error('no shelf'));
    const subject = await send('parcel.sent');
    await eventually(() => expect([parcels.attempts, letters.countOf(subject)]).toEqual([1, 1]));
    app.clock.advance({ days: 31 });
    await app.runJob('outbox-sweep');
    await expect(isKept(subject)).resolves.toBe(true);

    parcels.work = async () => undefined;
    app.clock.advance({ hours: 1 });
    await eventually(async () => {
      await app.runJob('outbox-sweep');
      await expect(isKept(subject)).resolves.toBe(false);
    });
    expect(parcels.countOf(subject)).toBe(1);

    const recent = await send('parcel.sent');
    await eventually(() => expect(parcels.countOf(recent)).toBe(1));
    app.clock.advance({ days: 29 });
    await app.runJob('outbox-sweep');
    await expect(isKept(recent)).resolves.toBe(true);
  });
});
