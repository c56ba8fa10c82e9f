import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { asAccount, serverAccount } from '../../src/platform/embedded-postgres/account.js';
import { aFreePort } from './cli.js';
import { onServer } from './database-server.js';
import { eventually } from './eventually.js';

const PROGRAM = '/usr/sbin/pgbouncer';
/** The file that operators are given. */
const CONFIGURATION = join(__dirname, '../../deploy/pgbouncer/pgbouncer.ini');

/** Where pgbouncer is; undefined where it is not installed. */
export function findPgbouncer(): string | undefined {
  return existsSync(PROGRAM) ? PROGRAM : undefined;
}

/** pgbouncer as operators are told to run it, but for addresses, paths and passwords. */
export class Pgbouncer {
  private constructor(
    private readonly process: ChildProcess,
    readonly port: number,
  ) {}

  /** In front of the server at that port, with so many connections to it. */
  static async start(folder: string, to: number, { connections }: { connections: number }): Promise<Pgbouncer> {
    const port = await aFreePort();
    await mkdir(folder, { recursive: true });
    const account = await serverAccount(folder);
    await chmod(folder, 0o755);
    if (account) await chown(folder, account.uid, account.gid);
    const users = join(folder, 'userlist.txt');
    const file = join(folder, 'pgbouncer.ini');
    await writeFile(users, '"ccx_service" ""\n"ccx" ""\n');
    const changed = withValues(await readFile(CONFIGURATION, 'utf8'), {
      ccx: `host=127.0.0.1 port=${to}`,
      listen_port: String(port),
      auth_type: 'trust',
      auth_file: users,
      pidfile: join(folder, 'pid'),
      logfile: join(folder, 'log'),
      default_pool_size: String(connections),
    });
    // Each test file has a database of its own, under a name that is known only then.
    await writeFile(file, changed.replace(/^ccx =/m, '* ='));
    const child = spawn(PROGRAM, [file], { stdio: 'ignore', ...asAccount(account) });
    const pgbouncer = new Pgbouncer(child, port);
    await eventually(async () => {
      if (child.exitCode !== null) return;
      await onServer(pgbouncer.urlOf('postgres'), (db) => db.query('select 1'));
    }, 30_000);
    if (child.exitCode !== null) throw new Error(await readFile(join(folder, 'log'), 'utf8'));
    return pgbouncer;
  }

  /** The URL of a database behind it, for the service. */
  urlOf(database: string): string {
    return `postgres://ccx_service@127.0.0.1:${this.port}/${database}`;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill('SIGINT');
    await once(this.process, 'exit');
  }
}

/** The same configuration with other values; each has to be there already. */
function withValues(configuration: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((text, [name, value]) => {
    const line = new RegExp(`^${name} = .*$`, 'm');
    if (!line.test(text)) throw new Error(`deploy/pgbouncer/pgbouncer.ini has no ${name}.`);
    return text.replace(line, `${name} = ${value}`);
  }, configuration);
}
