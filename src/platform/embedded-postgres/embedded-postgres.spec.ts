import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { transformFile } from '@swc/core';
import { Client } from 'pg';
import { asAccount, isRoot, serverAccount } from './account.js';
import { type BinaryPackage, findBinaryPackage, prepareBinaries } from './binaries.js';
import { type EmbeddedPostgres, EmbeddedPostgresError, startEmbeddedPostgres } from './embedded-postgres.js';
import { isAlive } from './lock.js';
import { freePort } from './server.js';

/** Another process with a server of its own, or sharing one. */
interface Other {
  process: ChildProcess;
  url: string;
  adopted: boolean;
  lines: string[];
}

let base: string;
let systemFolder: string;
const running: EmbeddedPostgres[] = [];
const others: ChildProcess[] = [];

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'ccx-embedded-')));
  await chmod(base, 0o755); // as root, the server's account has to pass
  systemFolder = join(base, 'system');
  await compileTo(join(base, 'compiled'));
});

afterEach(async () => {
  for (const child of others.splice(0)) child.kill('SIGKILL');
  for (const server of running.splice(0)) await server.stop();
});

afterAll(async () => {
  await rm(base, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

describe('the embedded PostgreSQL', () => {
  it('starts on a fresh folder and answers on the loopback address', async () => {
    const lines: string[] = [];
    const server = await start(folder('fresh'), { onProgress: (line) => lines.push(line) });

    expect(server.url).toMatch(/^postgres:\/\/postgres:[\w-]+@127\.0\.0\.1:\d+\/postgres$/);
    expect(server.adopted).toBe(false);
    await query(server.url, 'create database shop');
    expect(await query(server.urlFor('shop'), 'select current_database() as answer')).toBe('shop');
    expect(await query(server.url, 'show listen_addresses')).toBe('127.0.0.1');
    expect(await query(server.url, 'show server_encoding')).toBe('UTF8');
    expect(lines.join('\n')).toContain(server.dataFolder);
    expect(lines.join('\n')).not.toContain(new URL(server.url).password);
  });

  it('refuses a wrong password', async () => {
    const server = await start(folder('fresh'));
    await expect(query(server.url.replace(/:[\w-]+@/, ':wrong@'), 'select 1')).rejects.toThrow('password');
  });

  it('keeps its data over a restart', async () => {
    const first = await start(folder('fresh'));
    await query(first.url, 'create table kept as select 7 as answer');
    await first.stop();
    const second = await start(folder('fresh'));
    expect(await query(second.url, 'select answer from kept')).toBe(7);
  });

  it('is shared with a second process, which does not stop it', async () => {
    const first = await start(folder('fresh'));
    const second = await otherProcess(folder('fresh'));
    expect(second).toMatchObject({ adopted: true, url: first.url });
    expect(second.lines.join('\n')).toContain(`Sharing the PostgreSQL of process ${process.pid}`);
    second.process.kill('SIGTERM');
    await once(second.process, 'exit');
    expect(await query(first.url, 'select 1')).toBe(1);
  });

  it('is made once when two processes start on a fresh folder at the same instant', async () => {
    const both = await Promise.all([otherProcess(folder('race')), otherProcess(folder('race'))]);
    expect(both.map((other) => other.adopted).toSorted()).toEqual([false, true]);
    expect(both[0]?.url).toBe(both[1]?.url);
    expect(both.flatMap((other) => other.lines).filter((line) => line.startsWith('Creating'))).toHaveLength(1);
    expect(await query(both[0]?.url ?? '', 'select 1')).toBe(1);
    expect((await readdir(folder('race'))).filter((name) => name.startsWith('cluster'))).toEqual(['cluster']);
  });

  it('ends when its process is killed, and the next start recovers', async () => {
    const killed = await otherProcess(folder('fresh'));
    await query(killed.url, 'create table survives as select 8 as answer');
    const pid = await serverPid('fresh');
    killed.process.kill('SIGKILL');

    const next = await start(folder('fresh'));
    expect(next.adopted).toBe(false);
    expect(await query(next.url, 'select answer from survives')).toBe(8);
    expect(await serverPid('fresh')).not.toBe(pid);
    await until(() => !isAlive(pid));
  });

  it('recovers after the server itself was killed', async () => {
    const lines: string[] = [];
    const first = await start(folder('fresh'), { onProgress: (line) => lines.push(line) });
    process.kill(await serverPid('fresh'), 'SIGKILL');
    const second = await start(folder('fresh'));
    expect(second.adopted).toBe(false);
    expect(await query(second.url, 'select 1')).toBe(1);
    expect(lines.join('\n')).toContain('ended unexpectedly');
    await first.stop();
    expect(await query(second.url, 'select 1')).toBe(1);
  });

  it('starts over a stale postmaster.pid whose number went to another program', async () => {
    const first = await start(folder('fresh'));
    await first.stop();
    const program = spawn('/bin/sleep', ['60'], asAccount(await serverAccount(folder('fresh/cluster'))));
    others.push(program);
    const stale = [program.pid, first.dataFolder, 1_700_000_000, 1, '', '127.0.0.1', '1 1', 'ready', ''].join('\n');
    await writeFile(join(first.dataFolder, 'postmaster.pid'), stale);
    expect(await query((await start(folder('fresh'))).url, 'select 1')).toBe(1);
  });

  it('takes over the lock of a process that died while starting', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'exit');
    await writeFile(join(folder('fresh'), 'starting.lock'), `${dead.pid} left-behind`);
    expect(await query((await start(folder('fresh'))).url, 'select 1')).toBe(1);
  });

  it('says what to do when the port it was given is taken', async () => {
    const { port, server } = await listener();
    try {
      const refused = start(folder('fresh'), { port });
      await expect(refused).rejects.toThrow(EmbeddedPostgresError);
      await expect(refused).rejects.toThrow(`127.0.0.1:${port} (EADDRINUSE, another program does). Stop that program`);
    } finally {
      server.close();
    }
  });

  it('picks another port when somebody takes the free one first', async () => {
    const { port, server } = await listener();
    try {
      const picks = [port, port];
      const started = await start(folder('fresh'), {}, async () => picks.shift() ?? freePort());
      expect(picks).toEqual([]);
      expect(await query(started.url, 'select 1')).toBe(1);
    } finally {
      server.close();
    }
  });

  it('refuses the data of another PostgreSQL version and of none', async () => {
    const data = join(folder('old'), 'cluster', 'data');
    await mkdir(data, { recursive: true });
    if (isRoot()) await chown(data, 65_534, 65_534);
    await expect(start(folder('old'))).rejects.toThrow('does not hold a complete database');
    await writeFile(join(data, 'PG_VERSION'), '9.6\n');
    await expect(start(folder('old'))).rejects.toThrow(/made by PostgreSQL 9\.6; this CCX brings PostgreSQL \d+/);
  });

  it('refuses a folder it cannot write', async () => {
    await writeFile(join(base, 'file'), '');
    await expect(start(join(base, 'file', 'postgres'))).rejects.toThrow(/cannot keep its data in .*DATABASE_URL/);
  });
});

describe('the programs of PostgreSQL', () => {
  it('run when the install script did not make the links', async () => {
    const { pack, links } = await packageWithoutLinks('linkless');
    const binaries = await prepareBinaries(pack, { copyTo: unwanted, onProgress: () => {} });
    expect(binaries.postgres.startsWith(pack.root)).toBe(true);
    for (const link of links) expect((await realpath(link)).startsWith(pack.root)).toBe(true);
  });

  it('run from a copy when the package may not be written or entered', async () => {
    const { pack } = await packageWithoutLinks('closed');
    // Root may write everywhere: there it is the account of the server that may not enter.
    const account = isRoot() ? await serverAccount(base) : undefined;
    await chmod(account ? pack.root : join(pack.root, 'native', 'lib'), account ? 0o700 : 0o555);
    const binaries = await prepareBinaries(pack, { account, copyTo: async () => base, onProgress: () => {} });
    expect(binaries.initdb.startsWith(join(base, 'binaries-'))).toBe(true);
    await chmod(join(pack.root, 'native', 'lib'), 0o755);
  });
});

const folder = (name: string): string => join(base, name);

/** Starts a server in this process; it is stopped after the test. */
async function start(
  path: string,
  options: { port?: number; onProgress?: (line: string) => void } = {},
  pickPort = freePort,
): Promise<EmbeddedPostgres> {
  const settings = { fsync: 'off' };
  const server = await startEmbeddedPostgres({ folder: path, systemFolder, settings, ...options }, pickPort);
  running.push(server);
  return server;
}

/** Starts a server in a process of its own, which is killed after the test. */
async function otherProcess(path: string): Promise<Other> {
  const child = spawn(process.execPath, [join(base, 'compiled', 'other.js'), path, systemFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  others.push(child);
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{'))
      return { process: child, lines, ...(JSON.parse(line) as { url: string; adopted: boolean }) };
    lines.push(line);
  }
  throw new Error(`The other process ended: ${lines.join('\n')}`);
}

/** What another process runs: the launcher as ES modules, which is how CCX itself runs it. */
async function compileTo(target: string): Promise<void> {
  await mkdir(target);
  await writeFile(join(target, 'package.json'), '{"type":"module"}');
  await symlink(join(process.cwd(), 'node_modules'), join(target, 'node_modules'), 'junction');
  for (const file of await readdir(__dirname)) {
    if (!file.endsWith('.ts') || file.endsWith('.spec.ts')) continue;
    const { code } = await transformFile(join(__dirname, file), {
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    });
    await writeFile(join(target, file.replace(/\.ts$/, '.js')), code);
  }
  const script = `
    import { startEmbeddedPostgres } from './embedded-postgres.js';
    const [folder, systemFolder] = process.argv.slice(2);
    const server = await startEmbeddedPostgres({ folder, systemFolder, settings: { fsync: 'off' }, onProgress: console.log });
    console.log(JSON.stringify({ url: server.url, adopted: server.adopted }));
    process.on('SIGTERM', () => void server.stop().then(() => process.exit()));
    setInterval(() => {}, 1_000);
  `;
  await writeFile(join(target, 'other.js'), script);
}

async function packageWithoutLinks(name: string): Promise<{ pack: BinaryPackage; links: string[] }> {
  const installed = await findBinaryPackage();
  const pack = { ...installed, root: join(base, name) };
  await cp(installed.root, pack.root, { recursive: true, verbatimSymlinks: true });
  const list = await readFile(join(pack.root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = (JSON.parse(list) as { target: string }[]).map((link) => join(pack.root, link.target));
  for (const link of links) await rm(link, { force: true });
  return { pack, links };
}

async function unwanted(): Promise<string> {
  throw new Error('The programs were not to be copied.');
}

async function query(url: string, sql: string): Promise<unknown> {
  const client = new Client(url);
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

async function serverPid(name: string): Promise<number> {
  return Number.parseInt(await readFile(join(folder(name), 'cluster', 'data', 'postmaster.pid'), 'utf8'), 10);
}

async function listener(): Promise<{ port: number; server: Server }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server };
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !holds(); i++) await delay(25);
  expect(holds()).toBe(true);
}
