import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { Jobs } from '../src/platform/jobs/jobs.js';
import { startApp, type TestApp } from './support/app.js';
import { runSetting } from './support/database-server.js';
import { eventually } from './support/eventually.js';
import { append, checkpoints, expectWhole, lastSigned, lastSignedFile } from './support/log.js';
import { untilWaiting } from './support/race.js';

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
  // Numbering and publishing is left to the processes that are killed, from the first checkpoint on.
  await app.get(Jobs).onModuleDestroy();
  await app.db.query('delete from audit_checkpoints');
  await app.db.query('delete from audit_log_keys');
  await rm(lastSignedFile(app), { force: true });
});
afterAll(() => app.stop());

/** What of the service numbers and publishes, and nothing else of it: it starts in a third of the time. */
const PROGRAM = `
  import 'reflect-metadata';
  import { Module } from '@nestjs/common';
  import { NestFactory } from '@nestjs/core';
  const load = (path) => import(new URL('src/' + path, process.env.COMPILED));
  const { PlatformModule } = await load('platform/platform.module.js');
  const { AuditModule } = await load('audit/audit.module.js');
  const { Clock } = await load('platform/clock.js');
  const { Drain } = await load('platform/http/drain.js');
  const { EngineMount } = await load('platform/http/engine-mount.js');
  const { RequestWatch } = await load('platform/http/request-watch.js');
  const { Overload } = await load('platform/overload/overload.js');
  const { loadConfig } = await load('platform/config/config.js');
  const config = loadConfig(process.env);
  const platform = PlatformModule.with({
    config, databaseUrl: config.DATABASE_URL, clock: new Clock(), drain: new Drain(), engine: new EngineMount(),
    overload: new Overload(config), watch: new RequestWatch(),
  });
  class Log {}
  Module({ imports: [platform, AuditModule] })(Log);
  await NestFactory.createApplicationContext(Log, { logger: ['error'] });
  setInterval(() => undefined, 60_000);
`;

function startProcess(): ChildProcess {
  const { PUBLIC_URL, DATA_FOLDER, CCX_KEK, CCX_PEPPER } = app.config;
  return spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    cwd: join(__dirname, '..'),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      COMPILED: pathToFileURL(`${runSetting('compiled')}/`).href,
      NODE_ENV: 'test',
      DATABASE_URL: app.databaseUrl,
      PUBLIC_URL,
      DATA_FOLDER,
      CCX_KEK,
      CCX_PEPPER,
    },
  });
}

/** Everybody may read the table and nobody write to it, until it is let go. */
async function hold(table: string): Promise<() => Promise<void>> {
  const holder = await app.db.connect();
  await holder.query('begin');
  await holder.query(`lock table ${table} in share mode`);
  return async () => {
    await holder.query('commit');
    holder.release();
  };
}

/** Lets the process get to the step that changes this table, and no further, then kills it there. */
async function killAt(process: ChildProcess, table: string, statement: string): Promise<void> {
  let letGo = await hold(table === 'audit_pending' ? 'audit_log' : table); // entries have to be written first
  await append(app, 300);
  if (table === 'audit_pending') {
    await untilWaiting(app.db, 1, 'insert into audit_log');
    const letNumber = letGo;
    letGo = await hold(table);
    await letNumber();
  }
  await killedAt(process, statement, letGo);
}

/** Kills a process that waits with this statement, then lets go of what it waits for. */
async function killedAt(process: ChildProcess, statement: string, letGo: () => Promise<void>): Promise<void> {
  await untilWaiting(app.db, 1, statement);
  const ended = once(process, 'exit');
  process.kill('SIGKILL');
  await ended;
  await letGo();
  // What it waited for comes about only now, and is undone, since nobody is there to commit it.
  await eventually(async () => {
    const { rows } = await app.db.query(
      `select from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and position($1 in query) > 0 and state <> 'idle'`,
      [statement],
    );
    expect(rows).toEqual([]);
  });
  await app.db.query('delete from job_leases'); // instead of waiting for them to end
}

/** Starts a process, which goes on where the last one was killed, and waits until it has caught up. */
async function goesOn(): Promise<ChildProcess> {
  const process = startProcess();
  await eventually(async () => {
    const { rows } = await app.db.query(
      `select (select count(*)::int from audit_pending) as pending, max(c.size) = max(s.size) as published
         from audit_state s left join audit_checkpoints c on true`,
    );
    expect(rows).toEqual([{ pending: 0, published: true }]);
  });
  const [last] = await checkpoints(app);
  expect([last?.size, last?.note]).toEqual([await expectWhole(app), await lastSigned(app)]);
  return process;
}

describe('a process that is killed', () => {
  it('while it numbers entries and publishes leaves a log without gaps, which the next one continues', async () => {
    // The very first checkpoint, with which the key is introduced: nothing of both is there, or both.
    const letIntroduce = await hold('audit_log_keys');
    await killedAt(startProcess(), 'audit_log_keys', letIntroduce);
    const first = await lastSigned(app);
    expect(await checkpoints(app)).toEqual([]);
    await append(app, 1);
    let process = await goesOn();
    expect((await checkpoints(app)).at(-1)?.note).toBe(first);

    for (const [table, statement] of [
      ['audit_tiles', 'insert into audit_tiles'],
      ['audit_log', 'insert into audit_log'],
      ['audit_pending', 'delete from audit_pending'],
      ['audit_state', 'update audit_state'],
    ] as const) {
      const before = await expectWhole(app);
      await killAt(process, table, statement);
      expect(await expectWhole(app)).toBe(before); // all of the step, or nothing
      const { rows } = await app.db.query('select count(*)::int as waiting from audit_pending');
      expect(rows).toEqual([{ waiting: 300 }]);
      process = await goesOn();
      expect(await expectWhole(app)).toBe(before + 300);
    }

    // Between remembering and publishing: what was signed is published as it was signed, though the log has grown.
    const published = await checkpoints(app);
    await killAt(process, 'audit_checkpoints', 'insert into audit_checkpoints');
    const signed = await lastSigned(app);
    expect(await checkpoints(app)).toEqual(published);
    expect(published.map(({ note }) => note)).not.toContain(signed);
    await append(app, 5);
    process = await goesOn();
    const { size: before = 0 } = published[0] ?? {};
    const since = (await checkpoints(app)).filter(({ size }) => size > before);
    expect(since.at(-1)?.note).toBe(signed);
    expect(since[0]?.size).toBe(await expectWhole(app));
    process.kill('SIGKILL');
  }, 180_000);
});
