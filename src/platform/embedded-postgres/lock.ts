import { randomUUID } from 'node:crypto';
import { link, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError, errorCode } from './errors.js';

const REFRESH_MS = 2_000;
const STALE_MS = 20_000;
const PATIENCE_MS = 180_000;

/**
 * Does the work while holding the lock file, so that one process at a time prepares and starts a server. A lock whose
 * holder died is taken over. What must never happen twice does not rest on this lock alone: the data folder appears by
 * a rename, and PostgreSQL has its own guard against a second server.
 */
export async function withLock<T>(path: string, onWait: (holder: number) => void, work: () => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${randomUUID()}`;
  await acquire(path, mine, onWait);
  const heartbeat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), REFRESH_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await readFile(path, 'utf8').catch(() => '')) === mine) await unlink(path).catch(() => {});
  }
}

async function acquire(path: string, mine: string, onWait: (holder: number) => void): Promise<void> {
  const start = performance.now();
  let told = false;
  while (!(await create(path, mine))) {
    const seen = await look(path);
    if (!seen) continue;
    if (seen.stale) {
      await takeAway(path, seen.content, mine);
      continue;
    }
    const waited = performance.now() - start;
    if (waited > 1_000 && !told) {
      told = true;
      onWait(seen.holder);
    }
    if (waited > PATIENCE_MS) {
      throw new EmbeddedPostgresError(
        `Process ${seen.holder} has been starting the database for minutes (${path}). End it and start again.`,
      );
    }
    await delay(25);
  }
}

async function create(path: string, mine: string): Promise<boolean> {
  try {
    await writeFile(path, mine, { flag: 'wx', mode: 0o644 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function look(path: string): Promise<{ content: string; holder: number; stale: boolean } | undefined> {
  try {
    const [content, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    const holder = Number.parseInt(content, 10);
    // A file without content is being written; a number may have gone to another process, hence the heartbeat.
    const dead = !Number.isNaN(holder) && !isAlive(holder);
    return { content, holder, stale: dead || Date.now() - mtimeMs > STALE_MS };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Two waiters may see the same dead lock: the slower one must not take away the new lock of the faster one. */
async function takeAway(path: string, stale: string, mine: string): Promise<void> {
  const aside = `${path}.${mine.split(' ')[1]}`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) !== stale) await link(aside, path);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    await unlink(aside).catch(() => {});
  }
}

/** Whether a process of this number exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
