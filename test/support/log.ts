import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { AuditService } from '../../src/audit/audit.service.js';
import { leafBytes } from '../../src/audit/leaf.js';
import { Sequencer } from '../../src/audit/sequencer.js';
import { leafHashOf, rootOf } from '../../src/audit/tree.js';
import { Database } from '../../src/platform/database/database.js';
import { Publisher } from '../../src/audit/publisher.js';
import type { TestApp } from './app.js';
import { eventually } from './eventually.js';
import { holdJobs } from './jobs.js';

const LOG_JOBS = ['audit-sequencer', 'log-publisher', 'log-anchors'];

/** Keeps every process from numbering and publishing by itself, which would get in between. */
export async function holdLogJobs(app: TestApp): Promise<void> {
  await holdJobs(app, ...LOG_JOBS);
}

/** Writes so many entries about nobody in particular, which wait to be numbered. */
export async function append(app: TestApp, count: number): Promise<void> {
  const at = app.clock.now();
  await app.get(Database).transaction((tx) =>
    app.get(AuditService).appendAll(
      tx,
      Array.from({ length: count }, (_, number) => ({
        type: 'test.written',
        at,
        actor: { kind: 'system' },
        data: { number },
      })),
    ),
  );
}

/** Writes so many entries, and numbers them. */
export async function grow(app: TestApp, count = 1): Promise<void> {
  await append(app, count);
  await app.get(Sequencer).drain();
}

export interface StoredCheckpoint {
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
  readonly signed_at: Date;
}

/** What has been published, the last one first. */
export async function checkpoints(app: TestApp): Promise<StoredCheckpoint[]> {
  const { rows } = await app.db.query<StoredCheckpoint>(
    'select size::int, root, note, signed_at from audit_checkpoints order by size desc, signed_at desc',
  );
  return rows;
}

/** What has been signed last, by the file outside the database. */
export function lastSigned(app: TestApp): Promise<string> {
  return readFile(lastSignedFile(app), 'utf8');
}

export function lastSignedFile(app: TestApp): string {
  return app.config.LOG_STATE_FILE ?? join(app.config.DATA_FOLDER, 'log', 'last-signed');
}

export interface WholeLog {
  /** By the state row. */
  readonly size: number;
  /** How many entries there are for certain: numbered without a gap, none twice, each with the hash of its leaf. */
  readonly entries: number;
  readonly root: string;
  /** Worked out from the entries, as RFC 6962 defines it. */
  readonly rootOfEntries: string;
  /** The stored leaf hashes are those of the entries. */
  readonly leaves: boolean;
}

/** Reads all of the log, so that a test can say that it is whole. */
export async function wholeLog(app: TestApp): Promise<WholeLog> {
  const { rows: entries } = await app.db.query<{ idx: number; id: string; leaf_hash: Buffer; commitment: Buffer }>(
    'select idx::int, id, leaf_hash, commitment from audit_log order by idx',
  );
  const { rows: states } = await app.db.query<{ size: number; integrated: number; root: Buffer }>(
    'select size::int, integrated::int, root from audit_state',
  );
  const { rows: tiles } = await app.db.query<{ hashes: Buffer }>(
    'select hashes from audit_tiles where level = 0 order by idx',
  );
  const good = entries.filter(
    ({ idx, leaf_hash, commitment }, place) => idx === place && leafHashOf(leafBytes(commitment)).equals(leaf_hash),
  );
  const hashes = entries.map(({ leaf_hash }) => leaf_hash);
  const [state] = states;
  return {
    size: state?.size ?? -1,
    entries: new Set(good.map(({ id }) => id)).size,
    root: state?.root.toString('hex') ?? '',
    rootOfEntries: rootOf(hashes).toString('hex'),
    leaves: Buffer.concat(tiles.map(({ hashes: tile }) => tile)).equals(Buffer.concat(hashes)),
  };
}

/** What {@link wholeLog} reads of a log that has nothing wrong. */
export async function expectWhole(app: TestApp): Promise<number> {
  const log = await wholeLog(app);
  expect(log).toEqual({ ...log, entries: log.size, root: log.rootOfEntries, leaves: true });
  return log.size;
}

/** Publishes all that has been committed so far, and answers how many entries that are. */
export async function publishLog(app: TestApp): Promise<number> {
  return eventually(async () => {
    await app.get(Sequencer).drain();
    await app.get(Publisher).publish();
    const { rows } = await app.db.query<{ pending: boolean; size: string; published: string | null }>(
      `select exists (select from audit_pending) as pending, size, (select max(size) from audit_checkpoints) as published
         from audit_state`,
    );
    const [{ pending, size, published } = { pending: true, size: '', published: null }] = rows;
    if (pending || size !== published)
      throw new Error(`Of ${size} entries and some to come, ${published} are published.`);
    return Number(size);
  });
}
