import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { LogKeys } from '../src/audit/log-keys.js';
import { signNote } from '../src/audit/note.js';
import { rootOf } from '../src/audit/tree.js';
import { mirror, type Mirrored } from '../src/cli/log/mirror.js';
import { MirrorFolder } from '../src/cli/log/mirror-folder.js';
import { RemoteLog } from '../src/cli/log/remote-log.js';
import { makeSignerKey, type NoteSigner, parseSignerKey } from '../src/platform/crypto/note-signer.js';
import { startApp, type TestApp } from './support/app.js';
import { ccx } from './support/cli.js';
import { runSetting } from './support/database-server.js';
import { append, holdLogJobs, publishLog } from './support/log.js';
import { leafHashOf, signedCheckpoint } from './support/log-proofs.js';
import { verdictOn } from './support/verifying.js';

/** Answers for a log what the service answers, unless a test gets in between. */
class Between {
  /** How often each path was asked for. */
  readonly asked: string[] = [];
  change: (path: string, answer: Buffer) => Buffer | number = (_, answer) => answer;
  url = '';
  stop: () => Promise<void> = async () => undefined;

  constructor(private readonly target: () => string) {}

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.handle(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.stop = async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    };
  }

  private async handle({ url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = url.replace('/log/v1/', '');
    this.asked.push(path);
    const answer = await fetch(this.target() + url);
    const changed = this.change(path, Buffer.from(await answer.arrayBuffer()));
    if (typeof changed === 'number') response.writeHead(changed, changed === 429 ? { 'retry-after': '0' } : {}).end();
    else response.writeHead(answer.status).end(changed);
  }
}

/** Two full bundles and a third one. */
const SIZE = 600;

let app: TestApp;
let between: Between;
let home: string;
let folder: string;
beforeAll(async () => {
  app = await startApp();
  await holdLogJobs(app);
  between = new Between(() => app.url);
  await between.start();
  home = await mkdtemp(join(runSetting('folder'), 'mirror-'));
  folder = join(home, 'copy');
  await append(app, 300);
  await publishLog(app);
  await append(app, SIZE - 300);
  await publishLog(app);
});
afterAll(async () => {
  await app.stop();
  await between.stop();
  await rm(home, { recursive: true });
});
beforeEach(() => {
  between.change = (_, answer) => answer;
  between.asked.length = 0;
});

/** What the command does, without a process of its own. */
const mirrorInto = (into: string, from = between.url): Promise<Mirrored> =>
  mirror(new RemoteLog(from), new MirrorFolder(into), () => ({ add: () => undefined, end: () => undefined }));

const filesIn = async (into = folder): Promise<string[]> => {
  const entries = await readdir(into, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(into.length + 1))
    .sort();
};

/** That the folder has the log as it is served, and nothing else. */
async function isCopy(into = folder): Promise<void> {
  const served = async (path: string) => Buffer.from(await (await fetch(`${app.url}/log/v1/${path}`)).arrayBuffer());
  for (const path of await filesIn(into)) {
    if (path === 'checkpoints') continue;
    expect([path, await readFile(join(into, path))]).toEqual([path, await served(path)]);
  }
  const { items } = JSON.parse((await served('checkpoints?limit=1000')).toString()) as { items: object[] };
  const lines = (await readFile(join(into, 'checkpoints'), 'utf8')).split('\n').filter(Boolean);
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual(items);
}

describe('ccx log mirror', () => {
  it('copies the log into a folder as it is served, with everything that its checkpoint covers', async () => {
    const { code, stdout } = await ccx(['log', 'mirror', between.url, 'copy', '--json'], { cwd: home });
    const origin = `${new URL(app.url).host}/log/v1`;
    expect([code, JSON.parse(stdout)]).toEqual([0, { origin, size: SIZE, added: SIZE, folder: 'copy' }]);
    expect(await filesIn()).toEqual([
      'checkpoint',
      'checkpoints',
      'keys',
      'policy',
      'tile/0/000',
      'tile/0/001',
      'tile/0/002.p/88',
      'tile/1/000.p/2',
      'tile/entries/000',
      'tile/entries/001',
      'tile/entries/002.p/88',
    ]);
    await isCopy();
    const { size, root } = await signedCheckpoint(app, await readFile(join(folder, 'checkpoint'), 'utf8'));
    const leaves: Buffer[] = [];
    for (const path of ['000', '001', '002.p/88']) {
      const bundle = await readFile(join(folder, 'tile/entries', path));
      for (let at = 0; at < bundle.length; at += 2 + bundle.readUInt16BE(at)) {
        leaves.push(leafHashOf(bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at))));
      }
    }
    expect([leaves.length, rootOf(leaves)]).toEqual([size, root]);
  });

  it('makes a copy that `ccx verify` holds for the log', async () => {
    const policy = join(home, 'policy');
    await writeFile(policy, (await app.http.get('/log/v1/policy').expect(200)).text);
    const { exitCode, failed } = await verdictOn(folder, { policy, log: app.url });
    expect({ exitCode, failed }).toEqual({ exitCode: 0, failed: [] });
  });

  it('brings the copy up to date with what is new alone, and drops partial tiles that it has outgrown', async () => {
    await append(app, 200);
    await publishLog(app);
    expect(await mirrorInto(folder)).toMatchObject({ size: SIZE + 200, added: 200 });
    await isCopy();
    expect(await filesIn()).toEqual(expect.arrayContaining(['tile/0/002', 'tile/0/003.p/32', 'tile/1/000.p/3']));
    expect((await filesIn()).filter((path) => path.includes('002.p'))).toEqual([]);
    expect(between.asked.filter((path) => path.includes('000') && path.startsWith('tile/0'))).toEqual([]);
    expect(between.asked.filter((path) => path.includes('entries')).sort()).toEqual([
      'tile/entries/002',
      'tile/entries/003.p/32',
    ]);
    between.asked.length = 0;
    expect(await mirrorInto(folder)).toMatchObject({ added: 0 });
    expect(between.asked.filter((path) => path.startsWith('tile'))).toEqual(['tile/1/000.p/3']);
  });

  it('goes on where a run was cut short', async () => {
    const into = join(home, 'cut');
    between.change = (path, answer) => (path === 'tile/entries/002' ? 403 : answer);
    await expect(mirrorInto(into)).rejects.toThrow('tile/entries/002: it answered 403');
    expect(await filesIn(into)).not.toContain('checkpoint');
    // As if the first window had been done.
    await cp(join(folder, 'tile', 'entries', '000'), join(into, 'tile', 'entries', '000'));
    await writeFile(join(into, 'tile', 'entries', '001'), 'half of it');
    between.change = (_, answer) => answer;
    between.asked.length = 0;
    await mirrorInto(into);
    await isCopy(into);
    expect(between.asked.filter((path) => path.includes('entries')).sort()).toEqual([
      'tile/entries/001',
      'tile/entries/002',
      'tile/entries/003.p/32',
    ]);
  });

  it('tries again what may pass', async () => {
    const into = join(home, 'patient');
    const answers: Record<string, number[]> = {
      'tile/entries/000': [503],
      'tile/0/001': [429, 502],
      checkpoint: [500],
    };
    between.change = (path, answer) => answers[path]?.shift() ?? answer;
    await mirrorInto(into);
    await isCopy(into);
    expect(Object.values(answers).flat()).toEqual([]);
  });

  it('takes a full tile where the partial one is no longer kept', async () => {
    const into = join(home, 'late');
    const { text: earlier } = await app.http.get('/log/v1/checkpoint').expect(200);
    await append(app, 300);
    await publishLog(app);
    between.change = (path, answer) => {
      if (path === 'checkpoint') return Buffer.from(earlier);
      return path.includes('003.p/') ? 404 : answer;
    };
    expect(await mirrorInto(into)).toMatchObject({ size: SIZE + 200 });
    for (const path of ['tile/0/003.p/32', 'tile/entries/003.p/32']) {
      expect(await readFile(join(into, path))).toEqual(await readFile(join(folder, path)));
    }
  });

  it.each([
    ['an entry', 'tile/entries/001', 40, 'The entries of bundle 1 do not hash to their tile.'],
    ['a hash of a leaf', 'tile/0/001', 7, 'The entries of bundle 1 do not hash to their tile.'],
    ['a hash above', 'tile/1/000.p/4', 5, 'tile/1/000.p/4 is not what its entries hash to.'],
  ])('refuses a log of which %s was changed', async (_, changed, place, words) => {
    const into = join(home, `bad-${place}`);
    between.change = (path, answer) => {
      if (path === changed) answer[place] = (answer[place] ?? 0) ^ 1;
      return answer;
    };
    await expect(mirrorInto(into)).rejects.toThrow(words);
    expect((await filesIn(into)).filter((path) => path.startsWith('checkpoint'))).toEqual(['checkpoint.refused']);
  });

  it('refuses a checkpoint that nobody has signed', async () => {
    between.change = (path, answer) =>
      path === 'checkpoint' ? Buffer.from(answer.toString().replace(/\n\d+\n/, '\n801\n')) : answer;
    await expect(mirrorInto(folder)).rejects.toThrow('is not signed by a key of the log');
    await isCopyUntouched();
  });

  it('believes a new key once one that it knows has introduced it by name, and no other', async () => {
    const into = join(home, 'keys');
    await mirrorInto(into);
    const known = app.get(LogKeys).current;
    const other = parseSignerKey(makeSignerKey(known.name)) as NoteSigner;
    const text = `${known.name}\n1\n${Buffer.alloc(32, 1).toString('base64')}\n`;
    const naming = `${text}key ${other.vkey}\n`;
    const keysAre = (more: (keys: object[]) => object[]) => (path: string, answer: Buffer) => {
      if (path !== 'keys') return answer;
      const { keys } = JSON.parse(answer.toString()) as { keys: object[] };
      return Buffer.from(JSON.stringify({ keys: more(keys) }));
    };
    const introducedBy = (handover: string | null) => keysAre((keys) => [...keys, { vkey: other.vkey, handover }]);
    for (const handover of [null, signNote(text, [known, other]), signNote(naming, [other])]) {
      between.change = introducedBy(handover);
      await expect(mirrorInto(into)).rejects.toThrow(
        `The key ${other.vkey} is not introduced by one that is known here.`,
      );
    }
    between.change = introducedBy(signNote(naming, [known, other]));
    await expect(mirrorInto(into)).resolves.toMatchObject({ added: 0 });
    between.change = keysAre(() => [{ vkey: other.vkey, handover: null }]);
    await expect(mirrorInto(into)).rejects.toThrow(`The log denies its key ${known.vkey}`);
  });

  it('refuses an older log, and one that does not continue the copy, and keeps what shows it', async () => {
    const { body } = await app.http.get('/log/v1/checkpoints').expect(200);
    const [older] = body.items as [{ note: string }];
    between.change = (path, answer) => (path === 'checkpoint' ? Buffer.from(older.note) : answer);
    await expect(mirrorInto(folder)).rejects.toThrow(/^The log shows \d+ entries, and there are 800 here\./);
    expect(await readFile(join(folder, 'checkpoint.refused'), 'utf8')).toBe(older.note);
    await isCopyUntouched();

    // The operator, who holds the key, changes an entry that is in the copy, and makes the tree and its signature anew.
    const forged = await startApp({
      config: { DATA_FOLDER: app.config.DATA_FOLDER, LOG_STATE_FILE: join(home, 'forged') },
    });
    await holdLogJobs(forged);
    await append(forged, 1_500);
    await publishLog(forged);
    await expect(mirrorInto(folder, forged.url)).rejects.toThrow(/^The log has changed entries of bundle 3\./);
    const { text } = await forged.http.get('/log/v1/checkpoint').expect(200);
    expect(await readFile(join(folder, 'checkpoint.refused'), 'utf8')).toBe(text);
    await forged.stop();
    await isCopyUntouched();
  });

  it('says what it needs when it is misused', async () => {
    expect((await ccx(['log', 'mirror', 'ccx.example', 'copy'], { cwd: home })).code).toBe(2);
  });

  /** It still has the checkpoint that it had, and can go on from there. */
  async function isCopyUntouched(): Promise<void> {
    const { size } = await signedCheckpoint(app, await readFile(join(folder, 'checkpoint'), 'utf8'));
    expect(size).toBe(SIZE + 200);
  }
});
