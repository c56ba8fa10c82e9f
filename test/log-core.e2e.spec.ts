import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import pino from 'pino';

import { Continuity } from '../src/audit/continuity.js';
import { LastSigned } from '../src/audit/last-signed.js';
import { LogAlarms } from '../src/audit/log-alarms.js';
import { LogKeys } from '../src/audit/log-keys.js';
import { checkpointText, isSignedBy, parseCheckpoint, parseNote, signNote } from '../src/audit/note.js';
import { Publisher } from '../src/audit/publisher.js';
import { LogRecovery } from '../src/audit/recovery.js';
import { Sequencer } from '../src/audit/sequencer.js';
import { storedHashes } from '../src/audit/log-tiles.queries.js';
import { consistencyProof, verifyConsistency } from '../src/audit/tree.js';
import { Witnesses } from '../src/audit/witnesses.js';
import type { Config } from '../src/platform/config/config.js';
import { makeSignerKey, parseSignerKey } from '../src/platform/crypto/note-signer.js';
import { Database } from '../src/platform/database/database.js';
import { migrate, pendingMigrations, revertLast } from '../src/platform/database/migrate.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { aCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aFolder, ccx } from './support/cli.js';
import {
  append,
  checkpoints,
  expectWhole,
  grow,
  holdLogJobs,
  lastSigned,
  lastSignedFile,
  type StoredCheckpoint,
} from './support/log.js';

let app: TestApp;
const said: string[] = [];

beforeAll(async () => {
  app = await startApp({ logger: pino({ level: 'info' }, { write: (line: string) => void said.push(line) }) });
  await holdLogJobs(app);
  await delay(50); // whatever was at work when the jobs were taken away is done
});
afterAll(() => app.stop());

const publish = () => app.get(Publisher).publish();
const drain = () => app.get(Sequencer).drain();
const alarms = () => app.get(LogAlarms).active();
const pendingEntries = async () =>
  (await app.db.query('select count(*)::int as n from audit_pending')).rows[0].n as number;

async function last(): Promise<StoredCheckpoint> {
  const [checkpoint] = await checkpoints(app);
  return checkpoint!;
}

/** Every table of the log as it is now, to be put back afterwards. */
async function saved(as = 'saved'): Promise<() => Promise<void>> {
  const tables = ['audit_log', 'audit_pending', 'audit_state', 'audit_tiles', 'audit_checkpoints', 'audit_log_keys'];
  for (const table of tables) await app.db.query(`create table ${as}_${table} as select * from ${table}`);
  const file = await lastSigned(app);
  return async () => {
    for (const table of tables) {
      await app.db.query(`delete from ${table}`);
      await app.db.query(`insert into ${table} select * from ${as}_${table}`);
      await app.db.query(`drop table ${as}_${table}`);
    }
    await writeFile(lastSignedFile(app), file);
  };
}

/** Does damage, lets the log find it, looks, and heals it: afterwards all must go on. */
async function damaged(damage: () => Promise<unknown>, look: () => Promise<void>): Promise<void> {
  await grow(app);
  await publish();
  expect(alarms()).toEqual([]);
  const heal = await saved();
  try {
    await damage();
    await look();
  } finally {
    await heal();
  }
  await grow(app);
  await publish();
  expect(alarms()).toEqual([]);
  await app.http.get('/health/ready').expect(200);
  expect((await last()).size).toBe(await expectWhole(app));
}

async function expectNotReady(detail: RegExp): Promise<void> {
  const { body } = await app.http.get('/health/ready').expect(503);
  expect(body.detail).toMatch(detail);
  expect(body.detail).not.toContain(dirname(lastSignedFile(app)));
  expect(said.some((line) => detail.test((JSON.parse(line) as { msg: string }).msg))).toBe(true);
}

describe('the sequencer', () => {
  it.each([1, 254, 1, 1, 700, 2_300])('extends the tree by %i entries', async (count) => {
    await grow(app, count);
    await expectWhole(app);
  });

  it('extends it once by each entry when several of them run at the same time', async () => {
    for (let round = 0; round < 5; round++) {
      await append(app, 40);
      await Promise.all([drain(), drain(), drain()]);
      await drain();
    }
    expect(await pendingEntries()).toBe(0);
    await expectWhole(app);
  });

  it('leaves entries and tree as they were when it fails at the end', async () => {
    const size = await expectWhole(app);
    await app.db.query(`alter table audit_state add constraint broken check (size < ${size}) not valid`);
    await append(app, 3);
    await expect(drain()).rejects.toThrow('broken');
    await app.db.query('alter table audit_state drop constraint broken');
    expect([await expectWhole(app), await pendingEntries()]).toEqual([size, 3]);
    await drain();
    expect(await expectWhole(app)).toBe(size + 3);
  });

  it.each([
    [
      'a flipped bit of a tile',
      `update audit_tiles set hashes = set_bit(hashes, 3, 1 - get_bit(hashes, 3)) where level = 0 and idx = (select max(idx) from audit_tiles where level = 0)`,
      /leads to another root/,
    ],
    [
      'a hash too many',
      `update audit_tiles set hashes = hashes || sha256('') where level = 1`,
      /tile 1\/0 has \d+ hashes and not \d+/,
    ],
    ['a tile that is gone', `delete from audit_tiles where level = 1`, /tile 1\/0 has 0 hashes/],
    ['another root in the state', `update audit_state set root = sha256('other')`, /leads to another root/],
    [
      'a state that was put back',
      `update audit_state set size = 300, integrated = 300, root = sha256('')`,
      /by its state, but tile/,
    ],
  ])('does not build upon %s', async (_, damage, detail) => {
    await damaged(
      async () => {
        await rm(lastSignedFile(app)); // else what is remembered is what it is found by
        await app.db.query(damage);
      },
      async () => {
        await grow(app, 2);
        expect(alarms()).toMatchObject([{ code: 'log-broken', detail: expect.stringMatching(detail) }]);
        expect(await pendingEntries()).toBe(2);
        await expectNotReady(detail);
      },
    );
  });

  it('numbers nothing after an entry whose hash is not that of its leaf', async () => {
    await damaged(
      async () => {
        await append(app, 2);
        await app.db.query(
          `update audit_pending set leaf_hash = sha256('other') where id = (select id from audit_pending limit 1)`,
        );
      },
      async () => {
        await drain();
        expect(alarms()).toMatchObject([{ code: 'log-broken' }]);
        expect(await pendingEntries()).toBe(2);
      },
    );
  });
});

describe('the publisher', () => {
  it('publishes a note of the log’s origin, size and root, signed with its key', async () => {
    await grow(app, 3);
    await publish();
    const { note, size, root } = await last();
    expect(size).toBe(await expectWhole(app));
    const { origin, current } = app.get(LogKeys);
    expect(origin).toBe(`${new URL(app.url).host}/log/v1`);
    expect(note.startsWith(checkpointText({ origin, size, root }))).toBe(true);
    expect(isSignedBy(parseNote(note)!, current)).toBe(true);
    expect(parseNote(note)!.signatures).toHaveLength(1);
    expect(await lastSigned(app)).toBe(note);
  });

  it('publishes again when the log has grown, and otherwise each hour', async () => {
    await publish();
    const before = await checkpoints(app);
    await publish();
    expect(await checkpoints(app)).toEqual(before);
    app.clock.advance({ minutes: 61 });
    await publish();
    const fresh = await checkpoints(app);
    expect(fresh).toHaveLength(before.length + 1);
    expect(fresh[0]).toMatchObject({ note: before[0]!.note, size: before[0]!.size });
    await grow(app);
    await publish();
    expect((await last()).size).toBe(before[0]!.size + 1);
  });

  it('goes on when the clock is put back', async () => {
    const before = await last();
    app.clock.advance({ hours: -5 });
    await publish();
    const fresh = await checkpoints(app);
    expect(fresh[0]!.size).toBe(before.size);
    expect(fresh.filter(({ size }) => size === before.size)).toHaveLength(2);
    await grow(app);
    await publish();
    expect((await last()).size).toBe(before.size + 1);
    expect((await last()).signed_at.getTime()).toBeLessThan(before.signed_at.getTime());
    app.clock.advance({ hours: 5 });
    expect(alarms()).toEqual([]);
  });

  it('publishes checkpoints of which each begins with the one before', async () => {
    const reader = storedHashes(app.get(Database).reader);
    const all = (await checkpoints(app)).toReversed();
    expect(all.length).toBeGreaterThan(5);
    for (const [place, later] of all.entries()) {
      const earlier = all[place - 1] ?? { size: 0, root: all[0]!.root };
      if (earlier.size === 0) continue;
      expect(verifyConsistency(earlier, later, await consistencyProof(earlier.size, later.size, reader))).toBe(true);
    }
  });

  it('publishes what it has remembered byte for byte, although the log has grown since', async () => {
    const { origin, current } = app.get(LogKeys);
    await grow(app, 2);
    const size = await expectWhole(app);
    const { rows } = await app.db.query<{ root: Buffer }>('select root from audit_state');
    const note = signNote(checkpointText({ origin, size, root: rows[0]!.root }), [current]);
    await app.get(LastSigned).write(note);
    await grow(app, 5);
    await publish();
    expect(await last()).toMatchObject({ size, note });
    await publish();
    expect((await last()).size).toBe(size + 5);
  });

  it('publishes once what two of them sign at the same time', async () => {
    await grow(app);
    const before = (await checkpoints(app)).length;
    await Promise.all([publish(), publish(), publish()]);
    const all = await checkpoints(app);
    expect(new Set(all.slice(0, all.length - before).map(({ note }) => note)).size).toBe(1);
    expect(all[0]!.size).toBe(await expectWhole(app));
  });

  it('goes on from what is published when nothing is remembered', async () => {
    await rm(lastSignedFile(app));
    await grow(app);
    await publish();
    expect(alarms()).toEqual([]);
    expect(await lastSigned(app)).toBe((await last()).note);
  });

  it('signs nothing when a backup was put back, and numbers nothing again', async () => {
    let size: number;
    await damaged(
      async () => {
        size = await expectWhole(app);
        const putBack = await saved('backup');
        await grow(app, 4);
        await publish();
        const file = await lastSigned(app);
        await putBack();
        await writeFile(lastSignedFile(app), file);
      },
      async () => {
        const file = await lastSigned(app);
        await grow(app, 2);
        await publish();
        expect(alarms()).toMatchObject([{ code: 'log-signing-refused' }]);
        await expectNotReady(new RegExp(`has ${size} entries, but .* has a checkpoint of ${size + 4}: some are lost`));
        expect([await expectWhole(app), await pendingEntries()]).toEqual([size, 2]);
        expect(await lastSigned(app)).toBe(file);
      },
    );
  });

  it.each([
    ['the tail of the log is cut off', 'rolls back'],
    ['the log was written anew, and longer', 'rebuilds'],
  ])('signs nothing when %s, although the tree is in order', async (_, how) => {
    await damaged(
      async () => {
        const size = await expectWhole(app);
        await app.db.query('delete from audit_tiles');
        await app.db.query(`update audit_state set size = 0, integrated = 0, root = sha256('')`);
        await app.db.query('delete from audit_log');
        await rm(lastSignedFile(app)); // the database remembers, too
        await grow(app, how === 'rolls back' ? size - 1 : size + 1);
        await expectWhole(app);
      },
      async () => {
        const before = await checkpoints(app);
        await publish();
        expect(alarms()).toMatchObject([{ code: 'log-signing-refused' }]);
        await expectNotReady(how === 'rolls back' ? /some are lost/ : /does not begin with the \d+ that/);
        expect(await checkpoints(app)).toEqual(before);
        await expect(lastSigned(app)).rejects.toThrow('ENOENT');
      },
    );
  });

  it.each([
    ['is no note', () => 'something else\n'],
    [
      'another key has signed',
      () =>
        signNote(checkpointText({ origin: app.get(LogKeys).origin, size: 1, root: Buffer.alloc(32) }), [
          parseSignerKey(makeSignerKey(app.get(LogKeys).origin))!,
        ]),
    ],
    [
      'is of another log',
      () =>
        signNote(checkpointText({ origin: 'other.example/log', size: 1, root: Buffer.alloc(32) }), [
          app.get(LogKeys).current,
        ]),
    ],
  ])('signs nothing when what it remembers %s', async (_, note) => {
    await damaged(
      () => writeFile(lastSignedFile(app), note()),
      async () => {
        await publish();
        expect(alarms()).toMatchObject([{ code: 'log-signing-refused' }]);
        await expectNotReady(/is not a checkpoint that this log has signed/);
      },
    );
  });
});

describe('a key of the log', () => {
  /** The publisher of a process that was given these keys. */
  function publisherWith(keys: { CCX_LOG_KEY: string; CCX_LOG_KEY_PREVIOUS?: string }): Publisher {
    const logKeys = new LogKeys({ ...app.config, ...keys } as Config);
    const database = app.get(Database);
    return new Publisher(
      database,
      app.get(Jobs),
      app.clock,
      logKeys,
      new Continuity(logKeys, app.get(LastSigned)),
      app.get(LastSigned),
      app.get(Witnesses),
      app.get(LogAlarms),
    );
  }

  const keyRows = async () =>
    (await app.db.query(`select key_id, from_size::int, to_size::int, handover from audit_log_keys order by from_size`))
      .rows as { key_id: string; from_size: number; to_size: number | null; handover: string | null }[];

  it('that nobody has introduced signs nothing', async () => {
    const stranger = makeSignerKey(app.get(LogKeys).origin);
    await grow(app);
    const before = await checkpoints(app);
    await publisherWith({ CCX_LOG_KEY: stranger }).publish();
    expect(alarms()).toMatchObject([
      {
        code: 'log-key-refused',
        detail: expect.stringMatching(/which nobody has introduced: the log is signed with /),
      },
    ]);
    await expectNotReady(/Set that one, or set it as CCX_LOG_KEY_PREVIOUS to hand over/);
    expect(await checkpoints(app)).toEqual(before);
    await publish();
    expect(alarms()).toEqual([]);
  });

  it('takes over with a checkpoint that both have signed, and from there on signs alone', async () => {
    const { origin, current: old } = app.get(LogKeys);
    const oldKey = (await readFile(`${app.config.DATA_FOLDER}/keys/log`, 'utf8')).trim();
    const newKey = makeSignerKey(origin);
    const successor = publisherWith({ CCX_LOG_KEY: newKey, CCX_LOG_KEY_PREVIOUS: oldKey });
    await grow(app);
    await publish();
    const size = await expectWhole(app);

    await successor.publish();
    const { note } = await last();
    const fresh = parseSignerKey(newKey)!;
    expect([old, fresh].map((key) => isSignedBy(parseNote(note)!, key))).toEqual([true, true]);
    expect(parseCheckpoint(parseNote(note)!)?.size).toBe(size);
    // The old key vouches for the new one: a second signature alone would not say so.
    expect(parseNote(note)!.text.split('\n')[3]).toBe(`key ${fresh.vkey}`);
    expect(await keyRows()).toEqual([
      { key_id: old.id, from_size: 0, to_size: size, handover: null },
      { key_id: fresh.id, from_size: size, to_size: null, handover: note },
    ]);

    await grow(app);
    await successor.publish();
    const next = parseNote((await last()).note)!;
    expect([old, fresh].map((key) => isSignedBy(next, key))).toEqual([false, true]);

    await grow(app);
    await publish();
    expect(alarms()).toMatchObject([
      { code: 'log-key-refused', detail: expect.stringContaining(`was retired at size ${size}`) },
    ]);
    await publisherWith({ CCX_LOG_KEY: newKey }).publish();
    expect(alarms()).toEqual([]);
    expect((await last()).size).toBe(await expectWhole(app));
  });
});

describe('a key that is lost', () => {
  it('is followed by another one only when an operator says so, which is an entry of its own', async () => {
    const newest = app.get(LogKeys).current; // it has retired, and nobody has the key that follows it
    await app.db.query('delete from audit_log_keys where key_id = $1', [newest.id]);
    const recovery = app.get(LogRecovery);
    expect(await recovery.keyFault()).toMatch(/which nobody has introduced/);
    const size = await expectWhole(app);
    expect(await recovery.introduceKey({ kind: 'system' })).toEqual({ key: newest.vkey, size });
    expect(await recovery.keyFault()).toBeNull();
    await drain();
    const { rows } = await app.db.query('select type from audit_log order by idx desc limit 1');
    expect(rows).toEqual([{ type: 'log.key-introduced' }]);
    await expect(recovery.introduceKey({ kind: 'system' })).rejects.toThrow('has signed before');
  });
});

describe('a log of before there was a tree', () => {
  it('is taken in with what each entry commits to, and goes on', async () => {
    await aCustomer(app);
    await drain();
    await append(app, 2);
    const size = await expectWhole(app);
    for (;;) {
      await revertLast(app.databaseUrl);
      if ((await pendingMigrations(app.databaseUrl)).includes('LogTiles1760000080100')) break;
    }
    await rm(lastSignedFile(app));
    await migrate(app.databaseUrl);

    const sequencer = app.get(Sequencer);
    await sequencer.drain();
    expect(await expectWhole(app)).toBe(size + 2);
    await grow(app, 3);
    expect(await expectWhole(app)).toBe(size + 5);
    expect(alarms()).toEqual([]);
  });

  it('is not taken in when an entry does not open to what it has promised', async () => {
    const size = await expectWhole(app);
    await app.db.query(`update audit_log set commitment = null`);
    await app.db.query(`update audit_log set sealed = sealed || '\\x00' where idx = 7`);
    await app.db.query('delete from audit_tiles');
    await app.db.query(`update audit_state set integrated = 0, root = sha256('')`);
    await drain();
    const { rows } = await app.db.query('select id from audit_log where idx = 7');
    expect(alarms()).toMatchObject([{ code: 'log-broken', detail: expect.stringContaining(`Entry ${rows[0].id}`) }]);
    await app.db.query(`update audit_log set sealed = substring(sealed from 1 for length(sealed) - 1) where idx = 7`);
    await drain();
    expect(alarms()).toEqual([]);
    expect(await expectWhole(app)).toBe(size);
  });

  it('is not taken in with a gap', async () => {
    await app.db.query('delete from audit_tiles');
    await app.db.query(`update audit_state set integrated = 0, root = sha256('')`);
    await app.db.query('create table gone as select * from audit_log where idx = 9');
    await app.db.query('delete from audit_log where idx = 9');
    await drain();
    expect(alarms()).toMatchObject([
      { code: 'log-broken', detail: expect.stringMatching(/^Entry 9 of \d+ is missing/) },
    ]);
    await app.db.query('insert into audit_log select * from gone');
    await drain();
    await expectWhole(app);
  });
});

describe('recovering the log', () => {
  const recovery = () => app.get(LogRecovery);
  const system = { kind: 'system' } as const;

  beforeAll(async () => {
    // The tests before have left another log than the one that was signed.
    await app.db.query('delete from audit_checkpoints');
    await app.db.query('delete from audit_log_keys');
    await rm(lastSignedFile(app), { force: true });
    await grow(app, 2);
    await publish();
  });

  it('has nothing to do while nothing is wrong', async () => {
    expect(await recovery().fault()).toBeNull();
  });

  it.each([
    ['a tile is broken', `update audit_tiles set hashes = sha256('other') || hashes where level = 1`],
    ['the state was put back', `update audit_state set size = 5, integrated = 5, root = sha256('other')`],
  ])('makes the tree anew when %s, and loses nothing', async (_, damage) => {
    await grow(app, 2);
    await publish();
    const { size } = await last();
    await app.db.query(damage);
    expect(await recovery().fault()).not.toBeNull();
    await recovery().rebuild(system);
    expect(await recovery().fault()).toBeNull();
    expect(await expectWhole(app)).toBe(size + 1); // and that it was rebuilt
    await publish();
    expect(alarms()).toEqual([]);
    expect((await last()).size).toBe(size + 1);
  });

  it('is offered at the command line, which gives up nothing unless it is told to', async () => {
    const { PUBLIC_URL, DATA_FOLDER, CCX_KEK = '', CCX_PEPPER = '' } = app.config;
    const env = { NODE_ENV: 'test', DATABASE_URL: app.databaseUrl, PUBLIC_URL, DATA_FOLDER, CCX_KEK, CCX_PEPPER };
    const key = await ccx(['log', 'key', 'https://ccx.example'], { cwd: await aFolder() });
    const made = parseSignerKey(key.stdout.trim())!;
    expect(made.name).toBe('ccx.example/log/v1');
    expect(key.stderr).toContain(made.vkey);

    await publish();
    const file = await lastSigned(app);
    const { origin, current } = app.get(LogKeys);
    const lost = { origin, size: (await last()).size + 9, root: Buffer.alloc(32) };
    await writeFile(lastSignedFile(app), signNote(checkpointText(lost), [current]));
    const recover = await ccx(['log', 'recover'], { cwd: await aFolder(), env });
    expect([recover.code, recover.stdout]).toEqual([1, '']);
    expect(recover.stderr).toMatch(/some are lost[^]*Put back a newer copy of the database[^]*--accept-loss/);
    await writeFile(lastSignedFile(app), file);
    await drain();
    await publish();
    expect(alarms()).toEqual([]);
  });

  it('goes on from what there is once the loss is declared, and says so in the log', async () => {
    await grow(app, 1);
    await publish();
    const { size } = await last();
    const putBack = await saved('backup');
    await grow(app, 3);
    await publish();
    const lost = await lastSigned(app);
    const published = await checkpoints(app);
    await putBack();
    await app.db.query(`insert into audit_checkpoints (size, signed_at, root, note) values ($1, $2, $3, $4)`, [
      published[0]!.size,
      published[0]!.signed_at,
      published[0]!.root,
      published[0]!.note,
    ]);
    await writeFile(lastSignedFile(app), lost);
    await recovery().rebuild(system);
    expect(await recovery().fault()).toMatch(/some are lost/);

    const declared = await recovery().declareLoss(system);
    expect(declared).toMatchObject({ size, abandoned: 1 });
    expect(await readFile(declared.kept!, 'utf8')).toBe(lost);
    expect(await recovery().fault()).toBeNull();
    await drain();
    await publish();
    expect(alarms()).toEqual([]);
    expect(await expectWhole(app)).toBe(size + 2);
    const { rows } = await app.db.query('select type from audit_log order by idx desc limit 2');
    expect(rows.map(({ type }) => type)).toEqual(['log.recovered', 'log.rebuilt']);
  });
});
