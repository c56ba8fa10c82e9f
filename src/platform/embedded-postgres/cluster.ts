import { randomBytes } from 'node:crypto';
import {
  access,
  chmod,
  chown,
  constants,
  lstat,
  mkdir,
  readFile,
  realpath,
  rename,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Account, canEnter, cannotChangeAccount, isRoot, run } from './account.js';
import type { Binaries } from './binaries.js';
import { EmbeddedPostgresError, errorCode, lastLines } from './errors.js';

/** A database cluster on disk. */
export interface Cluster {
  dataFolder: string;
  password: string;
  account?: Account;
}

/** Where a folder's cluster lies: a folder, or root's link to one outside of a private home. */
export const clusterPath = (folder: string): string => join(folder, 'cluster');

/** Makes the folder, if need be, and answers its real path; refuses one that cannot be written. */
export async function prepareFolder(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return await realpath(folder);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL cannot keep its data in ${folder} (${errorCode(error)}). ` +
        'Make that folder writable, start in another one, or set DATABASE_URL.',
    );
  }
}

/** Opens the folder's cluster, or answers undefined when there is none yet. */
export async function openCluster(folder: string, major: string, account?: Account): Promise<Cluster | undefined> {
  const path = clusterPath(folder);
  if (!(await lstat(path).catch(() => undefined))) return undefined;
  try {
    const cluster = await realpath(path);
    const found = (await readFile(join(cluster, 'data', 'PG_VERSION'), 'utf8')).trim();
    if (found !== major) {
      throw new EmbeddedPostgresError(
        `The database in ${cluster} was made by PostgreSQL ${found}; this CCX brings PostgreSQL ${major}. To keep the ` +
          `data, set DATABASE_URL to a PostgreSQL ${found} server that holds it; to begin anew, move ${path} away.`,
      );
    }
    const password = (await readFile(join(cluster, 'password'), 'utf8')).trim();
    return { dataFolder: join(cluster, 'data'), password, account };
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    if (errorCode(error) === 'EACCES' || errorCode(error) === 'EPERM') {
      throw new EmbeddedPostgresError(
        `The database in ${path} belongs to another account (root started it?). Start CCX as that account, ` +
          'start in another folder, or set DATABASE_URL.',
      );
    }
    throw new EmbeddedPostgresError(
      `${path} does not hold a complete database (${errorCode(error)}). Put it back, or move ${path} away to begin anew.`,
    );
  }
}

/** A place for what the account must reach: the folder itself, or for root with a private home the system's folder. */
export async function reachableFolder(folder: string, systemFolder: string, account?: Account): Promise<string> {
  if (!account || (await canEnter(folder, account))) return folder;
  try {
    const made = await mkdir(systemFolder, { recursive: true });
    // The umask may have closed what was just made.
    if (made) await openFolders(made, systemFolder);
    if (await canEnter(systemFolder, account)) return await realpath(systemFolder);
  } catch {
    // Said below.
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and the account it runs as may enter neither ${folder} nor ${systemFolder}. ` +
      'Start CCX as an ordinary user or in a folder that others may enter, or set DATABASE_URL.',
  );
}

async function openFolders(first: string, last: string): Promise<void> {
  for (let path = last; path.length >= first.length; path = dirname(path)) await chmod(path, 0o755);
}

/**
 * Makes a new cluster for the folder. It is made beside its place and renamed, so that one that was interrupted is never
 * taken for a whole one and nothing is ever deleted.
 */
export async function createCluster(options: {
  folder: string;
  systemFolder: string;
  binaries: Binaries;
  account?: Account;
  sync: boolean;
}): Promise<void> {
  const { folder, account, binaries } = options;
  const parent = await reachableFolder(folder, options.systemFolder, account);
  const name = `cluster-${randomBytes(6).toString('hex')}`;
  const staging = join(parent, `${name}.new`);
  const passwordFile = join(staging, 'password');
  try {
    await mkdir(staging, { mode: 0o700 });
    await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    if (account) {
      await chown(passwordFile, account.uid, account.gid);
      await chown(staging, account.uid, account.gid);
    }
  } catch (error) {
    throw isRoot() && ['EPERM', 'EINVAL', 'EACCES'].includes(errorCode(error) ?? '')
      ? cannotChangeAccount()
      : new EmbeddedPostgresError(
          `Cannot create a database in ${parent} (${errorCode(error)}). Make room or set DATABASE_URL.`,
        );
  }

  const args = ['--username=postgres', '--auth=scram-sha-256', '--locale=C', '--encoding=UTF8', '--no-instructions'];
  if (!options.sync) args.push('--no-sync');
  args.push(`--pwfile=${passwordFile}`, `--pgdata=${join(staging, 'data')}`);
  const { code, failure, stderr } = await run(binaries.initdb, args, account, staging);
  if (failure && account) throw cannotChangeAccount();
  if (code !== 0) {
    throw new EmbeddedPostgresError(
      `PostgreSQL could not create a database in ${staging}: ${failure ?? lastLines(stderr)}\n` +
        'Mend what it names, or set DATABASE_URL.',
    );
  }

  try {
    if (parent === folder) return await rename(staging, clusterPath(folder));
    await rename(staging, join(parent, name));
    await symlink(join(parent, name), clusterPath(folder));
  } catch (error) {
    // Another process was faster; its cluster is as good.
    if (!['EEXIST', 'ENOTEMPTY', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  }
}
