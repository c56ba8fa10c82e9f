import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeLeaf } from '../src/audit/leaf.js';
import { LogAlarms } from '../src/audit/log-alarms.js';
import { Publisher } from '../src/audit/publisher.js';
import { Sequencer } from '../src/audit/sequencer.js';
import { MirrorFolder } from '../src/cli/log/mirror-folder.js';
import { mirror } from '../src/cli/log/mirror.js';
import { RemoteLog } from '../src/cli/log/remote-log.js';
import { SigningKeys } from '../src/platform/crypto/signing-keys.js';
import { anAuditor } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { getBundle, type GotBundle } from './support/bundles.js';
import { aConsent, reading, type TestConsent, withdraw } from './support/consents.js';
import { append, grow, holdLogJobs, lastSignedFile } from './support/log.js';
import { type Verdict, verdictOn } from './support/verifying.js';
import { claimsOf, type Row, toFolder, withManifest } from './support/written-bundle.js';
import { aNoteSigner, aWitness, signed } from './support/written-log.js';

let app: TestApp;
const folder = mkdtempSync(join(tmpdir(), 'ccx-attacks-'));
let count = 0;
const aFile = (content: string) => {
  const path = join(folder, String(++count));
  writeFileSync(path, content);
  return path;
};

/** What somebody outside has kept of the log while it was as it should be. */
let kept: { policy: string; anchors: string; keys: string };

beforeAll(async () => {
  app = await startApp();
  await holdLogJobs(app);
  await grow(app, 280);
  await publish();
  const early = await checkpoint();
  await grow(app, 20);
  await publish();
  kept = {
    policy: aFile((await app.http.get('/log/v1/policy').expect(200)).text),
    keys: aFile(JSON.stringify((await app.http.get('/oauth/jwks').expect(200)).body)),
    anchors: aFile(`--- 2026-11-20T10:00:00Z\n${early}--- 2026-11-20T11:00:00Z\n${await checkpoint()}`),
  };
  await keepAll();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await app.stop();
});

const publish = () => app.get(Publisher).publish();
const drain = () => app.get(Sequencer).drain();
const checkpoint = async () => (await app.http.get('/log/v1/checkpoint').expect(200)).text;
const verify = () => verdictOn(app.url, kept);
const sql = (text: string, values: unknown[] = []) => app.db.query(text, values);
const alarms = () =>
  app
    .get(LogAlarms)
    .active()
    .map(({ code }) => code);

const tables = ['audit_log', 'audit_pending', 'audit_tiles', 'audit_state', 'audit_checkpoints', 'audit_log_keys'];
let signedLast: string;

/** Keeps the log as it is, so that every attack begins with the same. */
async function keepAll(): Promise<void> {
  await sql('drop schema if exists kept cascade');
  await sql('create schema kept');
  for (const table of tables) await sql(`create table kept.${table} as table ${table}`);
  signedLast = await readFile(lastSignedFile(app), 'utf8');
}

async function putBack(but: readonly string[] = []): Promise<void> {
  for (const table of tables.filter((name) => !but.includes(name))) {
    await sql(`truncate ${table} cascade`);
    await sql(`insert into ${table} select * from kept.${table}`);
  }
}

/** Undoes an attack, so that what follows shows that nothing else had been wrong. */
async function undo(): Promise<void> {
  await putBack();
  writeFileSync(lastSignedFile(app), signedLast);
  await drain();
  await publish();
}

/** The control of every attack: the same check passes on what nobody has changed. */
async function expectNothingFound(): Promise<void> {
  expect(await verify()).toMatchObject({ exitCode: 0, failed: [] });
  expect(alarms()).toEqual([]);
}

/** An entry that nobody made, as it would stand in the log. */
const forged = () => makeLeaf(Buffer.alloc(32, 7), 'forged', { type: 'test.forged' });

const forgeEntry = async (index: number) => {
  const { commitment, leafHash } = forged();
  await sql('update audit_log set commitment = $2, leaf_hash = $3 where idx = $1', [index, commitment, leafHash]);
};

/** What an operator does who holds the key, and the file: all that follows from the entries is made anew and signed. */
async function rebuild(size = 300): Promise<void> {
  await sql('delete from audit_log where idx >= $1', [size]);
  await sql('truncate audit_tiles');
  await sql('truncate audit_checkpoints cascade');
  await sql(`update audit_state set size = $1, integrated = 0, root = sha256('')`, [size]);
  rmSync(lastSignedFile(app), { force: true });
  await drain();
  await publish();
}

describe('an operator who changes the database', () => {
  afterEach(async () => {
    await undo();
    await expectNothingFound();
  });

  it.each<[string, () => Promise<unknown>, RegExp, number]>([
    ['edits a leaf', () => forgeEntry(40), /entry 40 is not the one that its tile has the hash of/, 1],
    [
      'edits a leaf and its hash in the tile',
      async () => {
        await forgeEntry(40);
        await sql('update audit_tiles set hashes = overlay(hashes placing $1 from $2) where level = 0 and idx = 0', [
          forged().leafHash,
          40 * 32 + 1,
        ]);
      },
      /tile 0 of level 1 is not the one that follows from those below it/,
      1,
    ],
    ['deletes a row', () => sql('delete from audit_log where idx = 40'), /tile\/entries\/000" answers 503/, 4],
    [
      'swaps two rows',
      async () => {
        await sql('update audit_log set idx = -1 where idx = 40');
        await sql('update audit_log set idx = 40 where idx = 41');
        await sql('update audit_log set idx = 41 where idx = -1');
      },
      /entry 40 is not the one/,
      1,
    ],
    [
      'inserts a backdated row',
      async () => {
        await sql('update audit_log set idx = -idx - 1 where idx >= 40');
        await sql('update audit_log set idx = -idx where idx < 0');
        const { commitment, leafHash } = forged();
        await sql(
          `insert into audit_log (idx, id, type, at, leaf_hash, commitment, sealed, purposes, attributes)
           select 40, gen_random_uuid(), type, at, $1, $2, sealed, purposes, attributes from audit_log where idx = 39`,
          [leafHash, commitment],
        );
      },
      /entry 40 is not the one/,
      1,
    ],
    [
      'flips a bit of a tile',
      () =>
        sql(
          'update audit_tiles set hashes = set_byte(hashes, 320, 1 # get_byte(hashes, 320)) where level = 0 and idx = 0',
        ),
      /entry 10 is not the one/,
      1,
    ],
    [
      'flips a bit of a tile above',
      () => sql('update audit_tiles set hashes = set_byte(hashes, 0, 1 # get_byte(hashes, 0)) where level = 1'),
      /tile 0 of level 1/,
      1,
    ],
  ])('is caught by ccx verify when they: %s', async (_, attack, found, exitCode) => {
    await attack();
    const verdict = await verify();
    expect(verdict.failed.join('\n')).toMatch(found);
    expect(verdict.exitCode).toBe(exitCode);
  });

  it('is caught by the sequencer when they change the right edge, before anything is built upon it', async () => {
    await sql(
      'update audit_tiles set hashes = set_byte(hashes, 0, 1 # get_byte(hashes, 0)) where level = 0 and idx = 1',
    );
    await grow(app, 1);
    expect(alarms()).toContain('log-broken');
    const { rows } = await sql('select size::int from audit_state');
    expect(rows).toEqual([{ size: 300 }]);
  });

  it('is caught by the publisher when they roll back the state row: it signs nothing, and the service is not ready', async () => {
    await sql(`update audit_state set size = 280, integrated = 280,
                 root = (select root from audit_checkpoints where size = 280 limit 1)`);
    await publish();
    expect(alarms()).toContain('log-signing-refused');
    await app.http.get('/health/ready').expect(503);
    expect(await checkpoint()).toBe(signedLast);
  });

  it('is caught by the publisher and by anchors when they truncate the tail and all that follows from it', async () => {
    await rebuild(290);
    expect((await verify()).failed.join()).toMatch(/had 300 entries, the log has 290: it was cut back/);
    expect(await verdictOn(app.url, { ...kept, anchors: undefined })).toMatchObject({ exitCode: 3, failed: [] });
    // What was signed last is remembered where they have not been.
    writeFileSync(lastSignedFile(app), signedLast);
    await publish();
    expect(alarms()).toContain('log-signing-refused');
  });

  it('is caught by anchors, and by nothing else, when they hold the key, edit an entry, rebuild and sign again', async () => {
    await forgeEntry(40);
    await rebuild();
    expect(await verdictOn(app.url, { ...kept, anchors: undefined })).toMatchObject({ exitCode: 3, failed: [] });
    const verdict = await verify();
    expect(verdict.failed.join()).toMatch(/anchors: the log does not begin with the tree of the anchor/);
    expect(verdict.exitCode).toBe(1);
  });

  it('is caught by witnesses when they rebuild: the quorum has seen another tree', async () => {
    const witness = aWitness('witness.example');
    const policy = aFile(
      (await readFile(kept.policy, 'utf8')).replace('quorum none', `witness w ${witness.vkey}\nquorum w`),
    );
    const cosign = async (note: string) =>
      sql('update audit_checkpoints set note = $1 where note = $2', [
        note + witness.line(note.slice(0, note.indexOf('\n\n') + 1)),
        note,
      ]);
    await cosign(await checkpoint());
    expect(await verdictOn(app.url, { ...kept, policy })).toMatchObject({ exitCode: 0, failed: [] });
    await forgeEntry(40);
    await rebuild();
    const verdict = await verdictOn(app.url, { ...kept, policy, anchors: undefined });
    expect(verdict.failed.join()).toMatch(/witnesses: 0 cosigned, which is not the quorum "w"/);
    expect(verdict.exitCode).toBe(3);
  });

  it('is caught by the publisher and by anchors when they restore an old backup', async () => {
    await grow(app, 30);
    await publish();
    const anchors = aFile(`--- 2026-11-20T12:00:00Z\n${await checkpoint()}`);
    await putBack(); // the database alone: what was signed last is a file beside it
    await publish();
    expect(alarms()).toContain('log-signing-refused');
    const verdict = await verdictOn(app.url, { ...kept, anchors });
    expect(verdict.failed.join()).toMatch(/it was cut back/);
    expect(verdict.exitCode).toBe(1);
  });

  it('is caught when two auditors compare: each was shown a log of its own', async () => {
    const copy = join(folder, String(++count));
    await mirror(new RemoteLog(app.url), new MirrorFolder(copy), () => ({
      add: () => undefined,
      end: () => undefined,
    }));
    const { policy } = kept;
    expect(await verdictOn(app.url, { policy, log: copy })).toMatchObject({ exitCode: 0, failed: [] });
    expect(await verdictOn(app.url, { policy, log: app.url })).toMatchObject({ exitCode: 3, failed: [] });
    await grow(app, 5);
    await forgeEntry(299);
    await rebuild(305);
    for (const verdict of [
      await verdictOn(app.url, { policy, log: copy }),
      await verdictOn(copy, { policy, log: app.url }),
    ]) {
      expect(verdict.failed.join()).toMatch(/the log elsewhere: .*it was rewritten/);
      expect(verdict.exitCode).toBe(1);
    }
  });

  it('is not trusted when the checkpoint is signed with a key that is not the log’s', async () => {
    const [origin, , root] = signedLast.split('\n');
    const note = signed(`${origin}\n300\n${root}\n`, aNoteSigner(origin as string));
    await sql('update audit_checkpoints set note = $1 where size = 300', [note]);
    const verdict = await verify();
    expect(verdict.failed.join()).toMatch(/checkpoint of .* is not signed by a log of the policy/);
    expect(verdict.exitCode).toBe(3);
    await publish();
    expect(alarms()).toContain('log-signing-refused');
  });

  it('is not trusted when the key had been retired before it signed', async () => {
    await sql('update audit_log_keys set to_size = 280, retired_at = now()');
    const verdict = await verify();
    expect(verdict.failed.join()).toMatch(/size 300, at which its key was retired/);
    expect(verdict.exitCode).toBe(3);
  });

  it('cannot number two entries alike: of several sequencers at once each entry gets one place', async () => {
    await append(app, 1_500);
    await Promise.all([drain(), drain(), drain(), drain()]);
    await drain();
    await publish();
    expect(await verify()).toMatchObject({ exitCode: 0, failed: [] });
    const { rows } = await sql('select size::int, (select count(*)::int from audit_log) as entries from audit_state');
    expect(rows).toEqual([{ size: 1_800, entries: 1_800 }]);
  });
});

describe('an operator who changes what people are told', () => {
  let consent: TestConsent;
  let another: TestConsent;
  let given: typeof kept & { log: string };

  beforeAll(async () => {
    // So long ago that what a receipt promises must be there.
    app.clock.advance({ hours: -1 });
    [consent, another] = [await aConsent(app, { details: [reading] }), await aConsent(app, { details: [reading] })];
    await drain();
    await publish();
    await keepAll();
    given = { ...kept, log: app.url };
  });
  afterEach(undo);

  const bundleOf = ({ customer, consentId }: TestConsent) =>
    getBundle(customer.api, `/v1/me/consents/${consentId}/bundle`);
  const verdictOnBundle = (bundle: GotBundle, change: (files: Map<string, string>) => unknown = () => undefined) => {
    const files = new Map(
      [...bundle.files.keys()]
        .map((path) => path.slice(bundle.folder.length + 1))
        .map((name) => [name, bundle.text(name)]),
    );
    change(files);
    const about = bundle.json('manifest.json').consent;
    return verdictOn(toFolder(join(folder, String(++count)), withManifest(files, about)), given);
  };
  const receiptOf = async ({ customer, consentId }: TestConsent): Promise<{ id: string; jws: string }> =>
    (await customer.api.get(`/v1/me/consents/${consentId}/receipts`).expect(200)).body.items[0];
  const proofOf = async ({ customer }: TestConsent, id: string) =>
    (await customer.api.get(`/v1/me/receipts/${id}/proof`).expect(200)).body;
  const verdictOnProof = (proof: object) => verdictOn(aFile(JSON.stringify(proof)), given);
  const widened = (jws: string): Row => {
    const claims = claimsOf(jws);
    claims.consent_record.pii_processing.purposes[0].touchpoints.push('call_centre');
    return claims;
  };
  const expectCaught = ({ exitCode, failed }: Verdict, found: RegExp) => {
    expect(failed.join('\n')).toMatch(found);
    expect(exitCode).toBe(1);
  };

  it('is caught by ccx verify when they replay the receipt of another consent', async () => {
    const [mine, theirs] = [await bundleOf(consent), await bundleOf(another)];
    expect(await verdictOnBundle(mine)).toMatchObject({ exitCode: 0, failed: [] });
    const replayed = await verdictOnBundle(mine, (files) =>
      files.set('receipts.ndjson', theirs.text('receipts.ndjson')),
    );
    expectCaught(replayed, /receipts: .* of an entry that is not in the bundle/);
    const { id } = await receiptOf(consent);
    const proof = await proofOf(consent, id);
    expect(await verdictOnProof(proof)).toMatchObject({ exitCode: 0, failed: [] });
    const { jws } = await receiptOf(another);
    expectCaught(await verdictOnProof({ ...proof, receipt: jws }), /promises another entry than is proved/);
  });

  it('is caught by ccx verify when they widen a scope in a receipt, even if they sign it again', async () => {
    const { id, jws } = await receiptOf(consent);
    const proof = await proofOf(consent, id);
    expect(await verdictOnProof(proof)).toMatchObject({ exitCode: 0, failed: [] });

    const [header, , signature] = jws.split('.');
    const payload = Buffer.from(JSON.stringify(widened(jws))).toString('base64url');
    expectCaught(await verdictOnProof({ ...proof, receipt: `${header}.${payload}.${signature}` }), /it was changed/);
    const resigned = await app.get(SigningKeys).signReceipt(widened(jws));
    expectCaught(
      await verdictOnProof({ ...proof, receipt: resigned }),
      /says more, or something else, than was logged/,
    );
  });

  it('is caught by the signed promise of a receipt when they edit a row while it is pending', async () => {
    await withdraw(another).expect(200);
    const { jws } = await receiptOf(another);
    const receipt = aFile(jws);
    const { commitment, leafHash } = forged();
    await sql('update audit_pending set commitment = $1, leaf_hash = $2 where leaf_hash = $3', [
      commitment,
      leafHash,
      Buffer.from(claimsOf(jws).audit.leaf_hash, 'hex'),
    ]);
    await drain();
    await publish();
    // The log is as good as any: what it has was there when it was numbered.
    expect(await verify()).toMatchObject({ exitCode: 0, failed: [] });
    expectCaught(await verdictOn(receipt, given), /promise: its entry is not among the/);
    const { jws: untouched } = await receiptOf(consent);
    expect(await verdictOn(aFile(untouched), given)).toMatchObject({ exitCode: 0, failed: [] });
  });

  it('is caught by receipts when they hold the key, edit an entry, rebuild and sign again', async () => {
    const { jws } = await receiptOf(consent);
    const receipt = aFile(jws);
    const { anchors: _, ...withoutAnchors } = given;
    expect((await verdictOn(receipt, withoutAnchors)).failed).toEqual([]);
    const { rows } = await sql(
      'select idx::int, (select size::int from audit_state) from audit_log where leaf_hash = $1',
      [Buffer.from(claimsOf(jws).audit.leaf_hash, 'hex')],
    );
    await forgeEntry(rows[0].idx);
    await rebuild(rows[0].size);
    expectCaught(await verdictOn(receipt, withoutAnchors), /promise: its entry is not among the/);
  });

  it('is caught by ccx verify on an export, and by the monitor, when they edit only a clear column', async () => {
    const auditor = await anAuditor(app);
    const verdictOnExport = async () =>
      verdictOn(aFile((await auditor.api.get('/v1/audit/exports').expect(200)).text), given);
    expect(await verdictOnExport()).toMatchObject({ exitCode: 0, failed: [] });
    const { rows } = await sql(`update audit_log set purposes = '{dpv:Marketing}'
                                 where idx = (select max(idx) from audit_log where type = 'consent.given') returning idx`);
    expectCaught(
      await verdictOnExport(),
      new RegExp(`entry ${rows[0].idx} shows another purposes than its leaf commits to`),
    );
    // The tree is about leaves alone, and does not notice.
    expect(await verify()).toMatchObject({ exitCode: 0, failed: [] });
    await app.runJob('audit-monitor');
    const { rows: findings } = await sql('select rule, detail from audit_findings');
    expect(findings).toContainEqual(expect.objectContaining({ rule: 'column-differs' }));
  });
});
