import { existsSync, readdirSync } from 'node:fs';
import { appendFile, chmod, chown, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { type Account, asAccount, run, serverAccount } from '../../src/platform/embedded-postgres/account.js';
import type { Binaries } from '../../src/platform/embedded-postgres/binaries.js';
import { type Guarded, startGuarded } from '../../src/platform/embedded-postgres/watchdog.js';
import { aFreePort } from './cli.js';
import { onServer } from './database-server.js';
import { eventually } from './eventually.js';

const PATIENCE_MS = 60_000;
const OWNER = 'ccx';
const installed = '/usr/lib/postgresql';

/**
 * The folder of PostgreSQL's programs as Debian installs them, the newest there is; undefined where there are none. The
 * embedded server's package lacks what copies a server.
 */
export function findServerPrograms(): string | undefined {
  const versions = existsSync(installed) ? readdirSync(installed) : [];
  return versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(installed, version, 'bin'))
    .find((folder) => ['initdb', 'pg_basebackup', 'pg_ctl'].every((name) => existsSync(join(folder, name))));
}

/**
 * A server of PostgreSQL's own programs, in a folder of its own. It does not wait for the disk: what a test kills is a
 * process, and what that has handed to the system is not lost with it.
 */
export class PostgresServer {
  private guarded: Guarded | undefined;

  private constructor(
    private readonly programs: string,
    readonly folder: string,
    readonly port: number,
    private readonly account: Account | undefined,
  ) {}

  /** One that is new and empty, and runs. */
  static async make(programs: string, folder: string, settings: readonly string[] = []): Promise<PostgresServer> {
    const server = await PostgresServer.at(programs, folder);
    await server.call('initdb', '-D', server.data, '-U', OWNER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync');
    await server.configure(['fsync = off', 'full_page_writes = off', 'max_locks_per_transaction = 256', ...settings]);
    await server.start();
    return server;
  }

  /** A copy of another one, as it is, which does not run yet. `more` goes to `pg_basebackup`. */
  static async copy(of: PostgresServer, folder: string, ...more: readonly string[]): Promise<PostgresServer> {
    const server = await PostgresServer.at(of.programs, folder);
    const from = ['-h', '127.0.0.1', '-p', String(of.port), '-U', OWNER];
    await server.call('pg_basebackup', ...from, '-D', server.data, '-c', 'fast', '--no-sync', ...more);
    return server;
  }

  /** One that will have its files there. */
  static async at(programs: string, folder: string): Promise<PostgresServer> {
    const server = new PostgresServer(programs, folder, await aFreePort(), await serverAccount(folder));
    await server.own(folder);
    return server;
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  get url(): string {
    return `postgres://${OWNER}@127.0.0.1:${this.port}/postgres`;
  }

  /** Appends lines to its configuration, which the next start reads. */
  async configure(lines: readonly string[]): Promise<void> {
    await appendFile(join(this.data, 'postgresql.conf'), lines.map((line) => `${line}\n`).join(''));
  }

  async start(): Promise<void> {
    const log = await open(join(this.folder, 'log'), 'a', 0o666);
    const programs = { postgres: join(this.programs, 'postgres') } as Binaries;
    const where = ['-h', '127.0.0.1', '-p', String(this.port), '-c', 'unix_socket_directories='];
    this.guarded = await startGuarded(programs, ['-D', this.data, ...where], {
      cwd: this.folder,
      logFd: log.fd,
      ...asAccount(this.account),
    }).finally(() => void log.close());
    await eventually(async () => {
      if (this.guarded?.hasEnded()) return; // which the next statement will tell
      await onServer(this.url, (db) => db.query('select 1'));
    }, PATIENCE_MS);
  }

  /** Makes a primary of a standby. */
  async promote(): Promise<void> {
    await this.call('pg_ctl', 'promote', '-D', this.data, '-w');
  }

  /** Loses it as one loses a machine: all its processes at once, in the middle of whatever they do. */
  async kill(): Promise<void> {
    await this.signal('SIGKILL');
    await eventually(() => {
      if (!this.guarded?.hasEnded()) throw new Error('The server is still there.');
    });
  }

  /** Tells all its processes the same. */
  async signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const { pid } = this.guarded as Guarded;
    const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean);
    for (const process of [pid, ...children.map(Number)]) kill(process, signal);
  }

  async stop(): Promise<void> {
    await this.guarded?.stop(10_000);
  }

  /** Stops it and deletes its files. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  query<Row extends object>(text: string): Promise<Row[]> {
    return onServer(this.url, async (db) => (await db.query<Row>(text)).rows);
  }

  /** Makes a folder, if there is none, that the server's account may write to. */
  async own(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755);
    if (this.account) await chown(folder, this.account.uid, this.account.gid);
  }

  /** Does what a guide tells to type, with the server's programs and address at hand. */
  async script(text: string, variables: Readonly<Record<string, string>>): Promise<void> {
    const known = {
      PATH: `${this.programs}:/usr/bin:/bin`,
      PGDATA: this.data,
      PGHOST: '127.0.0.1',
      PGPORT: String(this.port),
      PGUSER: OWNER,
      ...variables,
    };
    const given = Object.entries(known).map(([name, value]) => `export ${name}='${value}'`);
    const { code, stderr } = await run('/bin/sh', ['-euc', [...given, text].join('\n')], this.account);
    if (code !== 0) throw new Error(`${text}\n${stderr}`);
  }

  /** Runs one of PostgreSQL's programs as the server's account. */
  async call(program: string, ...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr, failure } = await run(join(this.programs, program), [...args], this.account);
    if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${failure ?? stderr}`);
    return stdout;
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has ended by itself
  }
}
