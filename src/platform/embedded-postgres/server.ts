import { readFile, realpath, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { asAccount, cannotChangeAccount, run } from './account.js';
import type { Binaries } from './binaries.js';
import type { Cluster } from './cluster.js';
import { EmbeddedPostgresError, errorCode, lastLines } from './errors.js';
import { isAlive } from './lock.js';
import { openLog, readFrom } from './log.js';
import { startGuarded } from './watchdog.js';

const PATIENCE_MS = 180_000;
const STOP_MS = 60_000;
const SETTING_NAME = /^[a-z_][a-z0-9_.]*$/i;

/** A server that answers. */
export interface Server {
  port: number;
  /** The process whose end also ends the server. */
  owner: number;
  stop(): Promise<void>;
}

/**
 * Looks for the server of the cluster: one that answers, `busy` for one that is starting or shutting down, or `none`.
 */
export async function findServer(cluster: Cluster): Promise<Server | 'busy' | 'none'> {
  const file = await readPidFile(cluster.dataFolder);
  if (!file || !(await isServer(file.pid, cluster.dataFolder))) return 'none';
  if (!file.port) return 'busy';
  const owner = await probe(cluster, file.port);
  // A server whose owner died is about to stop.
  if (owner === undefined || !isAlive(owner)) return 'busy';
  return { port: file.port, owner, stop: async () => {} };
}

/** Starts a server. `busy`: another one still holds the data; `port-taken`: somebody was faster on that port. */
export async function startServer(
  cluster: Cluster,
  options: {
    binaries: Binaries;
    port: number;
    logFile: string;
    settings: Record<string, string>;
    onProgress: (line: string) => void;
  },
): Promise<Server | 'busy' | 'port-taken'> {
  if (!(await setAsideStalePidFile(cluster.dataFolder))) return 'busy';
  const log = await openLog(options.logFile, cluster.account);
  const args = ['-D', cluster.dataFolder, ...settingArguments(options.port, options.settings)];
  const guarded = await startGuarded(options.binaries, args, {
    cwd: cluster.dataFolder,
    logFd: log.handle.fd,
    ...asAccount(cluster.account),
  })
    .catch((error: unknown) => {
      if (errorCode(error) === 'EPERM' && cluster.account) throw cannotChangeAccount();
      throw error;
    })
    .finally(() => void log.handle.close());

  const start = performance.now();
  let told = start;
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= guarded.stop(STOP_MS));
  while (!guarded.hasEnded()) {
    const file = await readPidFile(cluster.dataFolder);
    if (file?.pid === guarded.pid && file.isReady) {
      const owner = await probe(cluster, options.port);
      if (owner === process.pid) {
        guarded.onEnd(() => {
          if (!stopping) options.onProgress(`PostgreSQL ended unexpectedly; ${options.logFile} may say why`);
        });
        return { port: options.port, owner, stop };
      }
    }
    if (performance.now() - told > 5_000) {
      told = performance.now();
      options.onProgress('PostgreSQL is still starting (after a crash it first repairs its data)');
    }
    if (performance.now() - start > PATIENCE_MS) {
      await stop();
      throw new EmbeddedPostgresError(`PostgreSQL did not get ready in minutes; see ${options.logFile}.`);
    }
    await delay(15);
  }

  const said = await readFrom(options.logFile, log.start);
  if (/lock file "postmaster.pid" (already exists|is empty)|pre-existing shared memory block/.test(said)) return 'busy';
  if (/could not bind|could not create any TCP\/IP sockets/.test(said)) return 'port-taken';
  throw new EmbeddedPostgresError(
    `PostgreSQL does not start on ${cluster.dataFolder}:\n${lastLines(said)}\n` +
      `Mend what it names (more in ${options.logFile}), or set DATABASE_URL.`,
  );
}

/** Picks a port that nobody listens on. It may be taken a moment later: callers try again. */
export async function freePort(): Promise<number> {
  return listenOnce(0);
}

/** Refuses a port somebody asked for by number when it cannot be had. */
export async function assertPortIsFree(port: number): Promise<void> {
  try {
    await listenOnce(port);
  } catch (error) {
    throw portTaken(port, errorCode(error));
  }
}

/** The refusal of a port somebody asked for by number. */
export function portTaken(port: number, code = 'EADDRINUSE'): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL cannot listen on 127.0.0.1:${port} (${code}${code === 'EADDRINUSE' ? ', another program does' : ''}). ` +
      'Stop that program, give another port, or give none: then a free one is taken.',
  );
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === 'object' ? address.port : port));
    });
  });
}

function settingArguments(port: number, settings: Record<string, string>): string[] {
  for (const name of Object.keys(settings)) {
    if (!SETTING_NAME.test(name)) throw new EmbeddedPostgresError(`"${name}" is not the name of a PostgreSQL setting.`);
  }
  const all = {
    // Errors would put customers' values into the log: keys in the detail, literals in the statement.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    // Erasing a customer looks into every day of disclosures in one transaction.
    max_locks_per_transaction: '256',
    ...settings,
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    logging_collector: 'off',
    'ccx.owner': String(process.pid),
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

interface PidFile {
  pid: number;
  port?: number;
  isReady: boolean;
}

/** Reads postmaster.pid; its lines are described in PostgreSQL's src/include/utils/pidfile.h. */
async function readPidFile(dataFolder: string): Promise<PidFile | undefined> {
  try {
    const lines = (await readFile(join(dataFolder, 'postmaster.pid'), 'utf8')).split('\n');
    const [pid, port] = [Number(lines[0]), Number(lines[3])];
    return { pid, port: port || undefined, isReady: lines[7]?.trim() === 'ready' };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Whether the process is a PostgreSQL server on this folder. After a crash, and always in a container, its number may
 * have gone to another program.
 */
async function isServer(pid: number, dataFolder: string): Promise<boolean> {
  if (!(pid > 0) || !isAlive(pid)) return false;
  if (process.platform === 'win32') return true;
  if (process.platform !== 'linux') {
    const { code, stdout } = await run('ps', ['-ww', '-o', 'args=', '-p', String(pid)]);
    return code !== 0 || (stdout.includes(dataFolder) && stdout.includes('postgres'));
  }
  try {
    const [program = '', ...args] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    return basename(program) === 'postgres' && args.includes(dataFolder);
  } catch (error) {
    return !['ENOENT', 'ESRCH'].includes(errorCode(error) ?? '');
  }
}

/**
 * PostgreSQL itself replaces a lock file whose process is gone, but not one whose number was given to another program,
 * nor an empty one. That is moved aside. Answers false while a server holds the folder; that two servers never share
 * it also rests on PostgreSQL's shared memory guard, which does not need the file.
 */
async function setAsideStalePidFile(dataFolder: string): Promise<boolean> {
  const file = await readPidFile(dataFolder);
  if (!file) return true;
  if (await isServer(file.pid, dataFolder)) return false;
  if (file.pid > 0 && !isAlive(file.pid)) return true;
  const path = join(dataFolder, 'postmaster.pid');
  if (!(file.pid > 0) && Date.now() - (await stat(path)).mtimeMs < 5_000) return false;
  await rename(path, join(dataFolder, 'postmaster.pid.stale'));
  return true;
}

/** Signs in and answers the owner of the server, or undefined when it does not take connections or is not ours. */
async function probe(cluster: Cluster, port: number): Promise<number | undefined> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    database: 'postgres',
    password: cluster.password,
    ssl: false,
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ folder: string; owner: string | null }>(
      "select current_setting('data_directory') as folder, current_setting('ccx.owner', true) as owner",
    );
    const row = rows[0];
    if (!row || (await realpath(row.folder)) !== cluster.dataFolder) return undefined;
    return row.owner ? Number(row.owner) : process.pid;
  } catch (error) {
    if (errorCode(error) === '28P01') {
      throw new EmbeddedPostgresError(
        `The server on ${cluster.dataFolder} (port ${port}) refuses the password kept beside its data. ` +
          'Put the password file back, or set DATABASE_URL.',
      );
    }
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}
