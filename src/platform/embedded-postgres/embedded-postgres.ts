import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { serverAccount } from './account.js';
import { type Binaries, findBinaryPackage, prepareBinaries } from './binaries.js';
import { type Cluster, clusterPath, createCluster, openCluster, prepareFolder, reachableFolder } from './cluster.js';
import { EmbeddedPostgresError } from './errors.js';
import { withLock } from './lock.js';
import { assertPortIsFree, findServer, freePort, portTaken, type Server, startServer } from './server.js';

export { EmbeddedPostgresError } from './errors.js';

/** A real PostgreSQL server that lives as long as the process which started it. */
export interface EmbeddedPostgres {
  /** Of the database `postgres`, for the superuser; holds the password, so it does not belong into a log. */
  readonly url: string;
  readonly dataFolder: string;
  /** Another process started the server: it ends with that one, and `stop` leaves it alone. */
  readonly adopted: boolean;
  urlFor(database: string): string;
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Where the database and the server's log are kept, such as `.ccx/postgres`. */
  folder: string;
  /** The port on 127.0.0.1; a free one by default. */
  port?: number;
  /** PostgreSQL settings for a server started here, such as `{ fsync: 'off' }` in tests. */
  settings?: Record<string, string>;
  /** Told in short lines, free of secrets, what happens. */
  onProgress?(line: string): void;
  /** For root in a private home: where other accounts may read. Not for ordinary users. */
  systemFolder?: string;
}

// A crashed server's last processes may hold the data for a while.
const PATIENCE_MS = 60_000;

/**
 * Answers a running PostgreSQL for the folder: the one that runs there already, or a new one, with a new database the
 * first time. The server started here stops with `stop` or when this process ends, even by kill -9.
 * @throws EmbeddedPostgresError with a message that says what to do
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
  pickPort: () => Promise<number> = freePort,
): Promise<EmbeddedPostgres> {
  try {
    return await start(options, pickPort);
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL in ${options.folder} cannot start: ${reason}. Mend what it names, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

async function start(options: EmbeddedPostgresOptions, pickPort: () => Promise<number>): Promise<EmbeddedPostgres> {
  const { onProgress = () => {}, systemFolder = '/var/lib/ccx' } = options;
  const folder = await prepareFolder(options.folder);
  const pack = await findBinaryPackage();

  const onWait = (holder: number) => onProgress(`Waiting for process ${holder}, which is starting the database`);
  return withLock(join(folder, 'starting.lock'), onWait, async () => {
    const account = await serverAccount(clusterPath(folder));
    const binaries = await prepareBinaries(pack, {
      account,
      copyTo: () => copyFolder(folder, systemFolder, account),
      onProgress,
    });
    let cluster = await openCluster(folder, binaries.major, account);
    if (!cluster) {
      onProgress(`Creating a PostgreSQL ${binaries.major} database (once, takes a few seconds)`);
      await createCluster({ folder, systemFolder, binaries, account, sync: options.settings?.['fsync'] !== 'off' });
      cluster = await openCluster(folder, binaries.major, account);
    }
    if (!cluster) throw new EmbeddedPostgresError(`The database in ${folder} has vanished. Start again.`);

    const { server, adopted } = await findOrStart(cluster, binaries, folder, { ...options, onProgress }, pickPort);
    onProgress(
      adopted
        ? `Sharing the PostgreSQL of process ${server.owner} on 127.0.0.1:${server.port}, data in ${cluster.dataFolder}; ` +
            'it stops when that process ends'
        : `PostgreSQL ${binaries.major} runs on 127.0.0.1:${server.port}, data in ${cluster.dataFolder}`,
    );
    return describe(cluster, server, adopted);
  });
}

async function findOrStart(
  cluster: Cluster,
  binaries: Binaries,
  folder: string,
  options: EmbeddedPostgresOptions & { onProgress: (line: string) => void },
  pickPort: () => Promise<number>,
): Promise<{ server: Server; adopted: boolean }> {
  const { onProgress, settings = {} } = options;
  const logFile = join(folder, 'server.log');
  const since = performance.now();
  let told = false;
  while (performance.now() - since < PATIENCE_MS) {
    const found = await findServer(cluster);
    if (typeof found === 'object') return { server: found, adopted: true };
    if (found === 'none') {
      if (options.port !== undefined) await assertPortIsFree(options.port);
      const port = options.port ?? (await pickPort());
      const started = await startServer(cluster, { binaries, port, logFile, settings, onProgress });
      if (typeof started === 'object') return { server: started, adopted: false };
      if (started === 'port-taken' && options.port !== undefined) throw portTaken(options.port);
    }
    if (!told && performance.now() - since > 1_000) {
      told = true;
      onProgress('Waiting for the PostgreSQL that ran here before to shut down');
    }
    await delay(50);
  }
  throw new EmbeddedPostgresError(
    `A PostgreSQL server holds ${cluster.dataFolder} but takes no connections (its number is in postmaster.pid there). ` +
      `Stop it and start again; ${logFile} may say more.`,
  );
}

/** Root's copy is shared by all its folders; anybody else's is kept with the data. */
async function copyFolder(
  folder: string,
  systemFolder: string,
  account?: { uid: number; gid: number },
): Promise<string> {
  if (!account) return folder;
  return reachableFolder(systemFolder, systemFolder, account).catch(() =>
    reachableFolder(folder, systemFolder, account),
  );
}

function describe(cluster: Cluster, server: Server, adopted: boolean): EmbeddedPostgres {
  // The password has only characters that a URL takes as they are.
  const urlFor = (database: string) =>
    `postgres://postgres:${cluster.password}@127.0.0.1:${server.port}/${encodeURIComponent(database)}`;
  return { url: urlFor('postgres'), dataFolder: cluster.dataFolder, adopted, urlFor, stop: () => server.stop() };
}
