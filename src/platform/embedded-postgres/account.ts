import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError, errorCode } from './errors.js';

/** The account PostgreSQL runs as where that is not our own: PostgreSQL refuses to run as root. */
export interface Account {
  uid: number;
  gid: number;
}

export interface RunResult {
  /** Exit code, or undefined when the program did not start or was killed. */
  code?: number;
  /** Why the program did not start, as a system code. */
  failure?: string;
  stdout: string;
  stderr: string;
}

// The messages are read, so they must be English; LD_LIBRARY_PATH and PG* of the caller must not change what runs.
// Windows programs do not start without the caller's environment.
export const childEnvironment =
  process.platform === 'win32' ? undefined : { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** The part of the options of a spawn that changes the account. */
export function asAccount(account: Account | undefined): { uid?: number; gid?: number } {
  // macOS has 4294967294 for nobody where spawn takes a signed number.
  return account ? { uid: account.uid | 0, gid: account.gid | 0 } : {};
}

/** Runs a program to its end and answers what it said; never rejects. */
export function run(file: string, args: string[], account?: Account, cwd = '/'): Promise<RunResult> {
  return new Promise((resolve) => {
    const result: RunResult = { stdout: '', stderr: '' };
    const failed = (error: unknown) => resolve({ ...result, failure: errorCode(error) ?? String(error) });
    try {
      const child = spawn(file, args, {
        cwd,
        env: childEnvironment,
        stdio: ['ignore', 'pipe', 'pipe'],
        windowsHide: true,
        ...asAccount(account),
      });
      child.stdout.setEncoding('utf8').on('data', (text: string) => (result.stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (result.stderr += text));
      child.on('error', failed);
      child.on('close', (code) => resolve({ ...result, code: code ?? undefined }));
    } catch (error) {
      failed(error);
    }
  });
}

/** Whether we are root, whom PostgreSQL refuses. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** The account to run PostgreSQL as: our own (undefined), or for root the owner of the data, at first `nobody`. */
export async function serverAccount(cluster: string): Promise<Account | undefined> {
  if (!isRoot()) return undefined;
  const account = (await ownerOf(join(cluster, 'data'))) ?? (await nobody());
  if (account.uid === 0) {
    throw new EmbeddedPostgresError(
      `The database in ${cluster} belongs to root, and PostgreSQL does not run as root. ` +
        `Give it to another account (chown -R nobody ${cluster}/), or set DATABASE_URL.`,
    );
  }
  if ((await run('/bin/sh', ['-c', ':'], account)).code !== 0) throw cannotChangeAccount();
  return account;
}

/** For root in a sandbox that keeps it from using other accounts. */
export function cannotChangeAccount(): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'PostgreSQL does not run as root, and root may not change to another account here. ' +
      'Start CCX as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
  );
}

/** Whether the account may enter the folder: asked of the system, for it knows mode bits, lists and mounts. */
export async function canEnter(folder: string, account: Account): Promise<boolean> {
  return (await run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], account)).code === 0;
}

async function ownerOf(path: string): Promise<Account | undefined> {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch {
    return undefined;
  }
}

async function nobody(): Promise<Account> {
  const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])]);
  if (uid.code !== 0 || gid.code !== 0) {
    throw new EmbeddedPostgresError(
      'PostgreSQL does not run as root, and there is no account "nobody" here to run it as. ' +
        'Start CCX as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
    );
  }
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}
