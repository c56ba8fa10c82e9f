import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { Anchors } from '../src/audit/anchors.js';
import { LogAlarms } from '../src/audit/log-alarms.js';
import { Publisher } from '../src/audit/publisher.js';
import { Sequencer } from '../src/audit/sequencer.js';
import { Clock } from '../src/platform/clock.js';
import { Config } from '../src/platform/config/config.js';
import { Database } from '../src/platform/database/database.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { startApp, type TestApp } from './support/app.js';
import { runSetting } from './support/database-server.js';
import { eventually } from './support/eventually.js';
import { append, holdLogJobs, publishLog } from './support/log.js';
import { signedCheckpoint } from './support/log-proofs.js';
import { type Mood, TestWitness } from './support/witness.js';

/** An address outside, which keeps what is posted to it. */
class TestAnchor {
  readonly kept: string[] = [];
  status = 201;
  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<TestAnchor> {
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        if (anchor.status === 201) anchor.kept.push(Buffer.concat(parts).toString());
        response.writeHead(anchor.status).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const anchor = new TestAnchor(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keep?key=secret`, server);
    return anchor;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

let app: TestApp;
let folder: string;
let anchorFile: string;
let anchor: TestAnchor;
let witnesses: [TestWitness, TestWitness, TestWitness];
const settings: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(runSetting('folder'), 'watched-'));
  const origin = () => `${new URL(app.url).host}/log/v1`;
  const [a, b, c] = await Promise.all(['alder', 'birch', 'cedar'].map((name) => TestWitness.start(name, origin)));
  witnesses = [a, b, c] as typeof witnesses;
  anchor = await TestAnchor.start();
  settings['LOG_POLICY_FILE'] = join(folder, 'policy');
  settings['LOG_WITNESS_SECONDS'] = '1';
  await writeFile(
    settings['LOG_POLICY_FILE'],
    [
      ...witnesses.map(({ name, vkey, url }) => `witness ${name} ${vkey} ${url}`),
      `group all-of-them 2 ${witnesses.map(({ name }) => name).join(' ')}`,
      'quorum all-of-them',
      '',
    ].join('\n'),
  );
  anchorFile = join(folder, 'anchors', 'log');
  await mkdir(join(folder, 'anchors'));
  app = await startApp({ config: { ...settings, LOG_ANCHOR_FILE: anchorFile, LOG_ANCHOR_URL: anchor.url } });
  await holdLogJobs(app);
  await append(app, 3);
  await publishLog(app);
});
afterAll(async () => {
  await app.stop();
  await Promise.all([...witnesses, anchor].map((server) => server.stop()));
  await rm(folder, { recursive: true });
});

const checkpoint = async (): Promise<string> => (await app.http.get('/log/v1/checkpoint').expect(200)).text;
const cosigners = (note: string) => witnesses.filter((witness) => witness.hasCosigned(note)).map(({ name }) => name);
const sizeOf = (note: string) => Number(note.split('\n')[1]);
const alarms = () =>
  app
    .get(LogAlarms)
    .active()
    .map(({ code }) => code);

/** An entry more, and one attempt to publish it. */
async function publishOnce(): Promise<void> {
  await append(app, 1);
  await app.get(Sequencer).drain();
  await app.get(Publisher).publish();
}

/** A checkpoint with the cosignatures of all: whoever is slow may be left out of one. */
const cosignedByAll = () =>
  eventually(async () => {
    await publishOnce();
    expect(cosigners(await checkpoint())).toEqual(['alder.example', 'birch.example', 'cedar.example']);
  });

describe('a checkpoint', () => {
  it('is cosigned by all who watch, and still signed by the log', async () => {
    await cosignedByAll();
    const note = await checkpoint();
    expect(await signedCheckpoint(app, note)).toMatchObject({ size: sizeOf(note) });
    expect(note).not.toContain('stranger');
  });

  it('goes with a policy by which anybody can tell whether it is good enough', async () => {
    const { text } = await app.http.get('/log/v1/policy').expect(200);
    const { body } = await app.http.get('/log/v1/keys').expect(200);
    expect(text.split('\n')).toEqual([
      `log ${body.keys[0].vkey}`,
      ...witnesses.map(({ name, vkey }) => `witness ${name} ${vkey}`),
      `group all-of-them 2 ${witnesses.map(({ name }) => name).join(' ')}`,
      'quorum all-of-them',
      '',
    ]);
  });

  it('is shown to each witness with a proof from where that one was', async () => {
    const [alder, birch, cedar] = witnesses;
    await cosignedByAll();
    const before = sizeOf(await checkpoint());
    cedar.mood = 'fails';
    await publishOnce();
    cedar.mood = 'well';
    birch.seen = { size: 0, root: Buffer.alloc(0) }; // it has been set up anew
    for (const { asked } of witnesses) asked.length = 0;
    await publishOnce();
    await eventually(() => {
      expect(alder.asked).toEqual([`old ${before + 1}: 200`]);
      expect(birch.asked).toEqual([`old ${before + 1}: 409`, 'old 0: 200']);
      expect(cedar.asked).toEqual([`old ${before}: 200`]);
    });
  });

  it.each<Mood>(['hangs', 'fails', 'lies', 'babbles'])(
    'does without a witness that %s, as long as there are enough',
    async (mood) => {
      const [, , cedar] = witnesses;
      const before = sizeOf(await checkpoint());
      cedar.mood = mood;
      await publishOnce();
      cedar.mood = 'well';
      const note = await checkpoint();
      expect([sizeOf(note), cosigners(note)]).toEqual([before + 1, ['alder.example', 'birch.example']]);
    },
  );

  it('is not published without its quorum, is complained of after a minute, and is published as it was signed', async () => {
    const before = await checkpoint();
    const [, birch, cedar] = witnesses;
    birch.mood = 'hangs';
    cedar.mood = 'fails';
    await publishOnce();
    expect(await checkpoint()).toBe(before);
    expect(alarms()).toEqual([]);
    app.clock.advance({ seconds: 61 });
    await publishOnce(); // grows meanwhile
    expect(alarms()).toEqual(['log-witnesses-missing']);
    expect(app.get(LogAlarms).active()[0]?.detail).toMatch(
      /\(birch\.example: .* aborted due to timeout; cedar\.example: it answered 500\)/,
    );
    await app.http.get('/health/ready').expect(200);
    await app.http.get(`/log/v1/proofs/inclusion?index=${sizeOf(before)}`).expect(404);

    birch.mood = cedar.mood = 'well';
    await app.get(Publisher).publish();
    expect(alarms()).toEqual([]);
    const note = await checkpoint();
    expect(sizeOf(note)).toBe(sizeOf(before) + 1);
    expect(cosigners(note).length).toBeGreaterThanOrEqual(2);
    await app.get(Publisher).publish();
    expect(sizeOf(await checkpoint())).toBe(sizeOf(before) + 2);
  });

  it.each([
    ['another tree of that size', (seen: TestWitness['seen']) => ({ ...seen, root: Buffer.alloc(32, 7) })],
    ['a larger tree', ({ size, root }: TestWitness['seen']) => ({ size: size + 1_000, root })],
  ])('that does not continue what a witness has seen raises an alarm: %s', async (_, other) => {
    const [alder] = witnesses;
    const good = alder.seen;
    alder.seen = other(good);
    await eventually(async () => {
      await publishOnce();
      expect(alarms()).toEqual(['log-witness-refuses']);
    });
    expect(cosigners(await checkpoint())).toEqual(['birch.example', 'cedar.example']);
    alder.seen = good;
    await cosignedByAll();
    expect(alarms()).toEqual([]);
  });

  it('is made and cosigned anew each hour, and a witness that has seen another tree of its size refuses it, too', async () => {
    const [alder] = witnesses;
    const size = await publishLog(app);
    const anHourLater = async () => {
      app.clock.advance({ hours: 1 });
      await app.get(Publisher).publish();
      expect(sizeOf(await checkpoint())).toBe(size);
    };
    await eventually(async () => {
      await anHourLater();
      expect(cosigners(await checkpoint())).toHaveLength(3);
    });
    expect(alder.asked.at(-1)).toBe(`old ${size}: 200`);
    const good = alder.seen;
    alder.seen = { size, root: Buffer.alloc(32, 7) };
    await eventually(async () => {
      await anHourLater();
      expect(alarms()).toEqual(['log-witness-refuses']);
    });
    expect(alder.asked.at(-1)).toBe(`old ${size}: 409`);
    alder.seen = good;
    await cosignedByAll();
  });

  it('of a fork that an operator shows to somebody else is cosigned by nobody, although its key is the log’s', async () => {
    const size = await publishLog(app);
    // The same key and the same name, on another database.
    const { DATA_FOLDER, CCX_KEK = '', CCX_PEPPER = '' } = app.config;
    const config = { ...settings, DATA_FOLDER, CCX_KEK, CCX_PEPPER, LOG_STATE_FILE: join(folder, 'fork') };
    const fork = await startApp({ config });
    await holdLogJobs(fork);
    for (const entries of [1, size + 5]) {
      await append(fork, entries);
      await fork.get(Sequencer).drain();
      await fork.get(Publisher).publish();
      await fork.http.get('/log/v1/checkpoint').expect(404);
      expect(
        fork
          .get(LogAlarms)
          .active()
          .map(({ code }) => code),
      ).toContain('log-witness-refuses');
    }
    await fork.stop();
    await cosignedByAll();
  });
});

describe('an anchor', () => {
  const published = async (): Promise<{ note: string; signed_at: string }[]> =>
    (await app.http.get('/log/v1/checkpoints?limit=1000').expect(200)).body.items;
  const notes = async () => (await published()).map(({ note }) => note);
  const blocks = async () => (await published()).map(({ note, signed_at }) => `--- ${signed_at}\n${note}`).join('');

  it('has every checkpoint that was published, in order, be it a file or an address', async () => {
    await app.runJob('log-anchors');
    expect(await readFile(anchorFile, 'utf8')).toBe(await blocks());
    expect(anchor.kept).toEqual(await notes());
    await publishOnce();
    await app.runJob('log-anchors');
    expect(await readFile(anchorFile, 'utf8')).toBe(await blocks());
    expect(anchor.kept).toEqual(await notes());
  });

  it('that was away gets all that it has missed, once, and keeps no other one waiting', async () => {
    anchor.status = 500;
    await publishOnce();
    await app.runJob('log-anchors');
    await publishOnce();
    await app.runJob('log-anchors'); // not asked again so soon
    expect(await readFile(anchorFile, 'utf8')).toBe(await blocks());
    expect(anchor.kept).toEqual((await notes()).slice(0, -2));
    expect(alarms()).toEqual([]);
    app.clock.advance({ minutes: 2 });
    await app.runJob('log-anchors');
    expect(alarms()).toEqual(['log-anchor-unreachable']);
    expect(app.get(LogAlarms).active()[0]?.detail).toMatch(/\(http:\/\/127\.0\.0\.1:\d+\/keep: it answered 500\)/);
    anchor.status = 201;
    app.clock.advance({ minutes: 2 });
    await app.runJob('log-anchors');
    expect(anchor.kept).toEqual(await notes());
    expect(alarms()).toEqual([]);
  });

  it('is given nothing twice by a service that was started anew', async () => {
    const again = new Anchors(app.get(Config), app.get(Database), app.get(Jobs), app.get(Clock), app.get(LogAlarms));
    await again.anchor();
    expect(anchor.kept).toEqual(await notes());
    expect(await readFile(anchorFile, 'utf8')).toBe(await blocks());
  });

  it('that is a file begins a line of its own after what a crash has cut short', async () => {
    const before = await readFile(anchorFile, 'utf8');
    await appendFile(anchorFile, '--- 2026-11-22T12:00:00.000Z\n127.0.0.1/lo');
    await publishOnce();
    await app.runJob('log-anchors');
    const { note, signed_at } = (await published()).at(-1) ?? { note: '', signed_at: '' };
    expect(await readFile(anchorFile, 'utf8')).toBe(
      `${before}--- 2026-11-22T12:00:00.000Z\n127.0.0.1/lo\n--- ${signed_at}\n${note}`,
    );
  });

  it('that is a file whose folder is away is waited for', async () => {
    await rm(join(folder, 'anchors'), { recursive: true });
    await publishOnce();
    await app.runJob('log-anchors');
    expect(anchor.kept).toEqual(await notes());
    await mkdir(join(folder, 'anchors'));
    app.clock.advance({ minutes: 2 });
    await app.runJob('log-anchors');
    const { note, signed_at } = (await published()).at(-1) ?? { note: '', signed_at: '' };
    expect(await readFile(anchorFile, 'utf8')).toBe(`--- ${signed_at}\n${note}`);
  });
});
