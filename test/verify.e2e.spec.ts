import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import fc from 'fast-check';
import { pack } from 'tar-stream';

import { aFolder, ccx } from './support/cli.js';
import { verdictOn } from './support/verifying.js';
import {
  aBundle,
  aReceiptSigner,
  type BundleParts,
  claimsOf,
  filesOf,
  type Row,
  toArchive,
  toFolder,
  withManifest,
} from './support/written-bundle.js';
import { aNoteSigner, aWitness, signed, WrittenLog } from './support/written-log.js';

const folder = mkdtempSync(join(tmpdir(), 'ccx-verify-'));
let count = 0;
const aPath = () => join(folder, String(++count));
const aFile = (content: string | Buffer) => {
  const path = aPath();
  writeFileSync(path, content);
  return path;
};

/** What people have who verify a bundle without knowing its maker: the policy, the keys and a checkpoint kept before. */
const trustIn = ({ log, keys }: BundleParts) => ({
  policy: aFile(log.policy),
  keys: aFile(JSON.stringify(keys)),
  anchors: aFile(log.checkpoint(310)),
});
const verdictOnParts = (parts: BundleParts) => verdictOn(toFolder(aPath(), filesOf(parts)), trustIn(parts));

describe('a bundle', () => {
  it('is verified as an archive and as the folder that it makes', async () => {
    const parts = aBundle();
    const archive = await toArchive(aPath(), filesOf(parts));
    const [packed, unpacked] = [await verdictOn(archive, trustIn(parts)), await verdictOnParts(parts)];
    expect(packed).toMatchObject({ exitCode: 0, failed: [] });
    expect(unpacked.checks).toEqual(packed.checks);
    expect(packed.checks.map(({ check }) => check)).toEqual([
      'manifest',
      'keys of the log',
      'latest checkpoint',
      'checkpoint',
      'witnesses',
      'older checkpoints',
      'anchors',
      'entries',
      'one consent',
      'notices',
      'receipts',
      'versions',
      'disclosures',
    ]);
  });

  it.each(['policy', 'keys', 'anchors'] as const)('is not trusted without the %s', async (missing) => {
    const parts = aBundle();
    const given = { ...trustIn(parts), [missing]: undefined };
    expect(await verdictOn(toFolder(aPath(), filesOf(parts)), given)).toMatchObject({ exitCode: 3, failed: [] });
  });

  const columnsOf = (type: string) => (parts: BundleParts) => parts.entries.find((entry) => entry.type === type);
  const given = columnsOf('consent.given');
  const resigned = (parts: BundleParts, change: (claims: Row) => void, at = 0) => {
    const claims = claimsOf(parts.receipts[at].jws);
    change(claims);
    parts.receipts[at].jws = parts.signReceipt(claims);
  };

  it.each<[string, (parts: BundleParts) => void, RegExp]>([
    ['an event that was edited', (parts) => (given(parts).event.attributes = ['x']), /entries: .* its leaf commits to/],
    ['a clear column that was edited', (parts) => (given(parts).type = 'consent.amended'), /another type/],
    ['a time that was edited', (parts) => (given(parts).at = '2026-11-01T10:00:00.001Z'), /another time/],
    [
      'a leaf that was edited',
      (parts) => (given(parts).leaf = parts.log.leaves[0]?.toString('base64')),
      /is not in the log of size/,
    ],
    ['an entry in the place of another', (parts) => (given(parts).index = 4), /entry 4 is not in the log/],
    ['a proof that was cut', (parts) => given(parts).inclusion.pop(), /is not in the log/],
    [
      'a receipt that was widened',
      (parts) => {
        const [header, , signature] = parts.receipts[0].jws.split('.');
        const claims = claimsOf(parts.receipts[0].jws);
        claims.consent_record.pii_processing.purposes[0].touchpoints.push('call_centre');
        const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
        parts.receipts[0].jws = `${header}.${payload}.${signature}`;
      },
      /receipts: .* it was changed/,
    ],
    [
      'a receipt that the broker widened and signed again',
      (parts) =>
        resigned(parts, (claims) => {
          claims.consent_record.pii_processing.purposes[0].touchpoints.push('call_centre');
        }),
      /receipts: .* says more, or something else, than was logged/,
    ],
    [
      'a receipt that the broker gave another attribute and signed again',
      (parts) =>
        resigned(parts, (claims) => {
          claims.consent_record.pii_processing.purposes[0].pii_information.push({ pii_attribute_id: 'food.diet' });
        }),
      /receipts: .* another set of attributes than the log/,
    ],
    [
      'a receipt whose end the broker moved',
      (parts) => resigned(parts, (claims) => (claims.consent.expires_at = '2027-12-01T00:00:00.000Z')),
      /another end than the log/,
    ],
    [
      'a receipt of another consent',
      (parts) => resigned(parts, (claims) => (claims.consent.id = claims.consent.id.replace('8f10', '8f11'))),
      /receipts: .* is of another consent/,
    ],
    [
      'a receipt that was moved to another entry',
      (parts) => (parts.receipts[0].index = parts.receipts[1].index),
      /promises another entry than the log has/,
    ],
    ['a receipt that is missing', (parts) => parts.receipts.splice(1, 1), /the receipt of version 2 is missing/],
    ['a version that is missing', (parts) => parts.versions.splice(1, 1), /version 2 is missing/],
    ['a last version that is missing', (parts) => parts.versions.pop(), /version 3 was logged and is missing/],
    [
      'a version that was widened',
      (parts) => (parts.versions[0].details = [{ ...parts.versions[0].details[0], touchpoints: ['call_centre'] }]),
      /version 1 has other lines than were logged/,
    ],
    ['a withdrawal that is shown as a pause', (parts) => (parts.versions[2].status = 'paused'), /another state/],
    [
      'a version that nobody logged',
      (parts) => parts.versions.push({ ...parts.versions[0], version: 4 }),
      /version 4 has no entry in the log/,
    ],
    [
      'a notice that was edited',
      (parts) => (parts.notices = Object.fromEntries(Object.keys(parts.notices).map((hash) => [hash, '{"format":1}']))),
      /notices: .* is not the notice that its name says/,
    ],
    [
      'a disclosure that was edited',
      (parts) => (parts.disclosures[0].disclosure.touchpoint = 'web'),
      /disclosures: .* is not in the tree whose root was logged/,
    ],
    ['a disclosure that is told twice', (parts) => parts.disclosures.push(parts.disclosures[0]), /is there twice/],
    [
      'an older checkpoint of another tree',
      (parts) => (parts.checkpoints[0].consistency = parts.checkpoints[1].consistency),
      /the latest does not begin with the tree of size 3/,
    ],
    [
      'an entry of another consent',
      (parts) => {
        const other = { type: 'consent.given', at: '2026-11-01T10:00:00.000Z', consent: { id: 'other', version: 1 } };
        const { index, leaf, nonce } = parts.log.append(other);
        const bytes = { leaf: leaf.toString('base64'), nonce: nonce.toString('base64') };
        parts.entries.push({ index, type: other.type, at: other.at, event: other, state: 'opened', ...bytes });
        parts.checkpoint = parts.log.checkpoint();
        for (const entry of parts.entries)
          entry.inclusion = parts.log.inclusion(entry.index).map((hash) => hash.toString('base64'));
        parts.checkpoints = [];
      },
      /one consent: there are entries of another consent/,
    ],
  ])('with %s is tampered with', async (_, tamper, found) => {
    const parts = aBundle();
    tamper(parts);
    const verdict = await verdictOnParts(parts);
    expect(verdict.failed.join('\n')).toMatch(found);
    expect(verdict.exitCode).toBe(1);
  });

  it.each<[string, Row, RegExp | null]>([
    ['that was let', {}, null],
    ['of another attribute', { attributes: ['food.diet'] }, /told of "food\.diet"/],
    ['for another purpose', { purpose: 'dpv:Marketing' }, /is for a purpose, touchpoint or stage/],
    ['at another touchpoint', { touchpoint: 'call_centre' }, /is for a purpose, touchpoint or stage/],
    ['at no stage, where only one is let', { stage: null }, /is for a purpose, touchpoint or stage/],
    ['after the end', { checked_at: '2026-12-02T00:00:00.000Z' }, /was answered after version 2 had ended/],
    ['long after the withdrawal', { checked_at: '2026-11-13T00:00:00.000Z' }, /after version 3 had replaced it/],
    ['before it was given', { checked_at: '2026-10-01T00:00:00.000Z' }, /before version 2 was made/],
    ['under the withdrawal', { consent: { id: aBundle().consent, version: 3 } }, /version 3, which was "withdrawn"/],
    [
      'under a version that there is not',
      { consent: { id: aBundle().consent, version: 9 } },
      /version 9, which there is/,
    ],
    ['of another consent', { consent: { id: 'other', version: 1 } }, /is of another consent/],
  ])('tells of a read %s', async (_, read, wrong) => {
    const verdict = await verdictOnParts(aBundle(read));
    expect(verdict.failed.join('\n')).toMatch(wrong ?? /^$/);
    expect(verdict.exitCode).toBe(wrong ? 1 : 0);
  });

  it.each<[string, (files: Map<string, string>) => unknown, RegExp]>([
    [
      'a file that was edited',
      (files) => files.set('README.md', 'Do not.'),
      /"README.md" is not the file that it lists/,
    ],
    ['a file too many', (files) => files.set('more', ''), /"more" is not listed in it/],
    ['a file too few', (files) => files.delete('policy'), /"policy" is listed in it and not there/],
  ])('with %s is tampered with', async (_, change, found) => {
    const parts = aBundle();
    const files = filesOf(parts);
    change(files);
    const verdict = await verdictOn(toFolder(aPath(), files), trustIn(parts));
    expect(verdict).toMatchObject({ exitCode: 1, failed: [expect.stringMatching(found)] });
  });

  it.each(['erased', 'sealed'])(
    'is not trusted when it passes an entry off as %s to widen what its version let and its receipt says',
    async (state) => {
      const parts = aBundle({ touchpoint: 'call_centre' });
      const wide = (line: Row) => ({ ...line, touchpoints: [...line.touchpoints, 'call_centre'] });
      for (const version of parts.versions) version.details = version.details.map(wide);
      parts.receipts.forEach((_: Row, at: number) =>
        resigned(
          parts,
          (claims) => claims.consent_record.pii_processing.purposes[0].touchpoints.push('call_centre'),
          at,
        ),
      );
      for (const entry of parts.entries) {
        if (entry.type.startsWith('consent.')) Object.assign(entry, { state, event: undefined, nonce: undefined });
      }
      expect(await verdictOnParts(parts)).toMatchObject({
        exitCode: 3,
        failed: [],
        checks: expect.arrayContaining([expect.objectContaining({ outcome: 'skipped', check: `${state} entries` })]),
      });
    },
  );

  it('that says nothing of its consent is none', async () => {
    const parts = aBundle();
    for (const records of [parts.entries, parts.receipts, parts.versions, parts.disclosures]) records.length = 0;
    expect(await verdictOnParts(parts)).toMatchObject({
      exitCode: 2,
      failed: ['versions: there is no version of the consent'],
    });
  });

  it('whose receipts are signed by somebody else is not trusted', async () => {
    const parts = aBundle();
    const trust = trustIn(parts);
    const forger = aReceiptSigner();
    parts.receipts[0].jws = forger.sign(claimsOf(parts.receipts[0].jws));
    parts.keys = { keys: [forger.jwk] };
    const bundle = toFolder(aPath(), filesOf(parts));
    expect(await verdictOn(bundle, trust)).toMatchObject({ exitCode: 1, failed: [expect.stringMatching(/receipts/)] });
  });
});

describe('a checkpoint', () => {
  const verdict = (parts: BundleParts, policy: string) =>
    verdictOn(toFolder(aPath(), filesOf(parts)), { ...trustIn(parts), policy: aFile(policy) });

  it('signed with a key that the policy does not have is not trusted', async () => {
    const parts = aBundle();
    const { vkey } = aNoteSigner(parts.log.origin);
    const { exitCode, failed } = await verdict(parts, `log ${vkey}\nquorum none\n`);
    expect(exitCode).toBe(3);
    expect(failed).toContain('checkpoint: checkpoint of "log.example/log/v1" is not signed by a log of the policy');
  });

  it('whose signature is not that of its key is tampered with', async () => {
    const parts = aBundle();
    const [text = '', line = ''] = parts.checkpoint.split('\n\n');
    const damaged = Buffer.from(line.split(' ')[2] as string, 'base64');
    damaged[20]! ^= 1;
    parts.checkpoint = `${text}\n\n— ${parts.log.origin} ${damaged.toString('base64')}\n`;
    expect(await verdict(parts, parts.log.policy)).toMatchObject({ exitCode: 1 });
  });

  it('signed with a key after it was retired is not trusted', async () => {
    const parts = aBundle();
    const { vkey } = parts.log.signer;
    parts.logKeys = { keys: [{ key_id: vkey.split('+')[1], vkey, from_size: 0, to_size: 200 }] };
    const { exitCode, failed } = await verdict(parts, parts.log.policy);
    expect(exitCode).toBe(3);
    expect(failed.join()).toMatch(/at which its key was retired/);
  });

  it('is trusted without anchors when the witnesses of the policy have seen it, and not when too few have', async () => {
    const parts = aBundle();
    const [one, two, three] = [aWitness('w1.example'), aWitness('w2.example'), aWitness('w3.example')];
    const text = parts.checkpoint.slice(0, parts.checkpoint.indexOf('\n\n') + 1);
    const policy = [
      `log ${parts.log.signer.vkey}`,
      ...[one, two, three].map(({ vkey }, at) => `witness w${at} ${vkey}`),
      'group two-of-them 2 w0 w1 w2',
      'quorum two-of-them',
    ].join('\n');
    const given = { keys: trustIn(parts).keys, policy: aFile(policy) };
    const seenBy = async (...witnesses: (typeof one)[]) => {
      parts.checkpoint = signed(text, parts.log.signer, ...witnesses);
      return verdictOn(toFolder(aPath(), filesOf(parts)), given);
    };
    expect(await seenBy(one, three)).toMatchObject({ exitCode: 0 });
    expect(await seenBy(one)).toMatchObject({ exitCode: 3 });
    expect(await seenBy(one, aWitness('w2.example'))).toMatchObject({ exitCode: 3 });
  });

  it('that a log has signed beside another of its size is a fork', async () => {
    const [mine, theirs] = [aBundle(), new WrittenLog()];
    theirs.fill(mine.log.size);
    const text = theirs.checkpoint().slice(0, theirs.checkpoint().indexOf('\n\n') + 1);
    const anchors = aFile(`--- 2026-11-20T10:00:00Z\n${signed(text, mine.log.signer)}`);
    const verdictOnFork = await verdictOn(toFolder(aPath(), filesOf(mine)), { ...trustIn(mine), anchors });
    expect(verdictOnFork.failed.join()).toMatch(/there are two trees: the log has been forked/);
    expect(verdictOnFork.exitCode).toBe(1);
  });
});

describe('a receipt', () => {
  const proofOf = ({ log, receipts, entries }: BundleParts, at = 0) => {
    const { jws, index } = receipts[at];
    const { leaf, event, nonce } = entries.find((entry) => entry.index === index);
    return { receipt: jws, leaf: { index, bytes: leaf }, opening: { event, nonce }, tlog_proof: log.tlogProof(index) };
  };

  it('is verified with its proof, opened or not', async () => {
    const parts = aBundle();
    const proof = proofOf(parts);
    const given = { ...trustIn(parts), anchors: aFile(parts.log.checkpoint()) };
    expect(await verdictOn(aFile(JSON.stringify(proof)), given)).toMatchObject({ exitCode: 0 });
    const { opening: _, ...closed } = proof;
    expect(await verdictOn(aFile(JSON.stringify(closed)), given)).toMatchObject({ exitCode: 0 });
  });

  it('with the proof of another is tampered with', async () => {
    const parts = aBundle();
    const mixed = { ...proofOf(parts, 1), receipt: parts.receipts[0].jws };
    const { exitCode, failed } = await verdictOn(aFile(JSON.stringify(mixed)), trustIn(parts));
    expect(exitCode).toBe(1);
    expect(failed.join()).toMatch(/the receipt promises another entry than is proved/);
  });

  it('alone is looked for in the log that it is promised to', async () => {
    const parts = aBundle();
    const mirror = aPath();
    parts.log.mirror(mirror);
    const receipt = aFile(parts.receipts[0].jws);
    const given = { ...trustIn(parts), log: mirror };
    expect(await verdictOn(receipt, given)).toMatchObject({ exitCode: 0, failed: [] });
    expect(await verdictOn(receipt, { ...given, anchors: undefined })).toMatchObject({ exitCode: 3, failed: [] });
    expect(await verdictOn(receipt, { ...given, log: undefined })).toMatchObject({ exitCode: 3, failed: [] });
  });

  it('whose promise was not kept is found out, once there was time to keep it', async () => {
    const [parts, other] = [aBundle(), new WrittenLog()];
    other.fill(300);
    const mirror = aPath();
    other.mirror(mirror);
    const given = { ...trustIn(parts), policy: aFile(other.policy), log: mirror, anchors: aFile(other.checkpoint()) };
    const receipt = aFile(parts.receipts[2].jws);
    const at = (now: string) => verdictOn(receipt, { ...given, now: new Date(now) });
    expect(await at('2026-11-12T10:00:30.000Z')).toMatchObject({ exitCode: 3 });
    const late = await at('2026-11-12T10:02:00.000Z');
    expect(late).toMatchObject({ exitCode: 1, failed: [expect.stringMatching(/its entry is not among the 300/)] });
  });
});

describe('an export', () => {
  const linesOf = ({ log, entries, checkpoint }: BundleParts, change: (rows: Row[]) => unknown = () => undefined) => {
    const rows = entries.map((entry) => ({
      ...entry,
      retailer_id: entry.event.retailer_id ?? null,
      purposes: entry.event.purposes ?? [],
      attributes: entry.event.attributes ?? [],
      consent_version: entry.event.consent?.version ?? null,
    }));
    change(rows);
    const head = { format: 'ccx-export-1', origin: log.origin, checkpoint, query: {}, made_at: '2026-11-21T00:00:00Z' };
    return [head, ...rows, { end: true, count: entries.length }].map((row) => `${JSON.stringify(row)}\n`).join('');
  };

  it.each<[string, (rows: Row[]) => unknown, number]>([
    ['as it was made', () => undefined, 0],
    ['newest first', (rows) => rows.reverse(), 0],
    ['with a column that was edited', (rows) => (rows[0].retailer_id = 'another'), 1],
    ['with an entry that was swapped for another', (rows) => (rows[0].leaf = rows[1].leaf), 1],
    [
      'with an erased entry',
      (rows) => (rows[0] = { ...rows[0], state: 'erased', event: undefined, nonce: undefined }),
      0,
    ],
    [
      'with a sealed entry',
      (rows) => (rows[0] = { ...rows[0], state: 'sealed', event: undefined, nonce: undefined }),
      3,
    ],
    ['with an entry in no state', (rows) => (rows[0].state = 'lost'), 2],
    ['with an entry twice', (rows) => rows.splice(1, 1, rows[0]), 2],
    ['with an entry left out', (rows) => rows.pop(), 2],
    ['with two that changed places', (rows) => rows.splice(0, 2, rows[1], rows[0]), 2],
  ])('%s is what it is', async (_, change, exitCode) => {
    const parts = aBundle();
    const given = { ...trustIn(parts), anchors: aFile(parts.log.checkpoint()) };
    expect(await verdictOn(aFile(linesOf(parts, change)), given)).toMatchObject({ exitCode });
  });

  it('that breaks off is malformed, be it before its last line, within it or just before its end', async () => {
    const parts = aBundle();
    const text = linesOf(parts);
    const lastLine = text.lastIndexOf('\n', text.length - 2) + 1;
    for (const length of [lastLine, lastLine + 5, text.length - 1]) {
      expect(await verdictOn(aFile(text.slice(0, length)), trustIn(parts))).toMatchObject({ exitCode: 2 });
    }
  });
});

describe('a mirror of a log', () => {
  const log = new WrittenLog();
  log.fill(256 * 3 + 70);
  const policy = aFile(log.policy);
  const anchors = aFile(
    `--- 2026-11-20T10:00:00Z\n${log.checkpoint(300)}--- 2026-11-20T11:00:00Z\n${log.checkpoint()}`,
  );
  const aMirror = (change: (mirror: string) => unknown = () => undefined) => {
    const mirror = aPath();
    log.mirror(mirror, [0, 1, 255, 256, 257]);
    change(mirror);
    return mirror;
  };
  const flip = (path: string, at: number) => (mirror: string) => {
    const bytes = readFileSync(join(mirror, path));
    bytes[at]! ^= 1;
    writeFileSync(join(mirror, path), bytes);
  };
  const truncated = (path: string) => (mirror: string) =>
    writeFileSync(join(mirror, path), readFileSync(join(mirror, path)).subarray(0, -1));

  it.each<[string, (mirror: string) => unknown, number, RegExp]>([
    ['as it was made', () => undefined, 0, /^$/],
    ['with a bit flipped in a tile of level 0', flip('tile/0/001', 5_000), 1, /entry 412 is not the one/],
    ['with a bit flipped in a partial tile', flip('tile/0/003.p/70', 0), 1, /entry 768 is not the one/],
    ['with a bit flipped in a tile above', flip('tile/1/000.p/3', 40), 1, /tile 0 of level 1/],
    ['with a bit flipped in an entry', flip('tile/entries/001', 20), 1, /entry 256 is not the one/],
    ['with an entry out of form', flip('tile/entries/001', 5), 2, /entry 256 .* not of the form of a leaf/],
    ['with a tile cut short', truncated('tile/0/000'), 2, /8191 bytes for 256 hashes/],
    ['with entries cut short', truncated('tile/entries/000'), 2, /entry 255 .* not of the form/],
    ['with a checkpoint that is none', truncated('checkpoint'), 2, /is no signed note/],
  ])('%s is what it is', async (_, change, exitCode, found) => {
    const verdict = await verdictOn(aMirror(change), { policy, anchors });
    expect(verdict.failed.join('\n')).toMatch(found);
    expect(verdict.exitCode).toBe(exitCode);
  });

  it('that is older than an anchor, or was rewritten and signed again, is found out by the anchor alone', async () => {
    const shorter = new WrittenLog();
    Object.assign(shorter, { signer: log.signer });
    shorter.fill(600);
    const cut = aPath();
    shorter.mirror(cut);
    const rewritten = new WrittenLog();
    Object.assign(rewritten, { signer: log.signer });
    log.leaves.forEach((leaf, at) => (at === 9 ? rewritten.append({ made: 'up' }) : rewritten.add(leaf)));
    const other = aPath();
    rewritten.mirror(other);

    expect(await verdictOn(cut, { policy })).toMatchObject({ exitCode: 3, failed: [] });
    // A copy may be an old one; of the log itself it would be tampering.
    const old = await verdictOn(cut, { policy, anchors });
    expect(old).toMatchObject({ exitCode: 3, failed: [expect.stringMatching(/this copy of the log has 600/)] });
    expect(await verdictOn(other, { policy })).toMatchObject({ exitCode: 3, failed: [] });
    const found = await verdictOn(other, { policy, anchors });
    expect(found).toMatchObject({ exitCode: 1, failed: [expect.stringMatching(/it was rewritten/)] });
    // Two auditors who compare what they have.
    expect(await verdictOn(other, { policy, log: aMirror() })).toMatchObject({ exitCode: 1 });
  });

  it('that lacks a tile is unreadable', async () => {
    const longer = new WrittenLog();
    longer.fill(300);
    const mirror = aPath();
    longer.mirror(mirror);
    longer.fill(1);
    writeFileSync(join(mirror, 'checkpoint'), longer.checkpoint());
    const given = { policy: aFile(longer.policy), anchors: aFile(longer.checkpoint()) };
    expect(await verdictOn(mirror, given)).toMatchObject({ exitCode: 4 });
  });
});

describe('what is hostile', () => {
  const archiveOf = async (headers: readonly { name: string; type?: 'symlink'; linkname?: string }[]) => {
    const archive = pack();
    for (const header of headers) archive.entry(header, '');
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  };
  /** The same headers as GNU tar writes them, which has no second part of a path. */
  const asGnu = (archive: Buffer) => {
    for (let at = 0; archive[at] !== 0; at += 512) {
      archive.write('ustar  \0', at + 257, 'latin1');
      archive.write('        ', at + 148, 'latin1');
      const sum = archive.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
      archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
    }
    return archive;
  };
  const inBundle = (name: string, content: string | Buffer) => {
    const bundle = toFolder(aPath(), filesOf(aBundle()));
    writeFileSync(join(bundle, name), content);
    return bundle;
  };

  it.each<[string, () => string | Promise<string>, number, RegExp]>([
    ['a file that is not there', () => join(folder, 'nowhere'), 4, /no such file/],
    ['an empty file', () => aFile(''), 2, /it is empty/],
    ['noise', () => aFile(Buffer.alloc(5_000, 0xff)), 2, /nothing that can be verified/],
    ['half a gzip file', () => aFile(gzipSync(Buffer.alloc(9_999)).subarray(0, -9)), 2, /no whole gzip file/],
    ['a gzip file of no archive', () => aFile(gzipSync(Buffer.alloc(9_999, 'x'))), 2, /no tar file, or damaged/],
    ['half an archive', async () => aFile((await archiveOf([{ name: 'a/b' }])).subarray(0, 512)), 2, /breaks off/],
    [
      'an archive that unpacks to more than memory',
      () => aFile(gzipSync(Buffer.alloc(257 * 1024 * 1024), { level: 1 })),
      4,
      /unpacks to more than/,
    ],
    ['a path that leads out', async () => aFile(await archiveOf([{ name: 'a/../../b' }])), 2, /leads out of it/],
    ['a path from the root', async () => aFile(await archiveOf([{ name: '/etc/passwd' }])), 2, /leads out of it/],
    [
      'a link',
      async () => aFile(await archiveOf([{ name: 'a/b', type: 'symlink', linkname: '/etc/passwd' }])),
      2,
      /no plain file/,
    ],
    [
      'a file beyond the end, which tar unpacks',
      async () =>
        aFile(
          Buffer.concat([(await archiveOf([{ name: 'a/b' }])).subarray(0, 1_024), await archiveOf([{ name: 'a/b' }])]),
        ),
      2,
      /goes on after its end/,
    ],
    [
      'a path of which tar takes the end alone',
      async () => aFile(asGnu(await archiveOf([{ name: 'a/b' }, { name: `${'x'.repeat(98)}/a/b` }]))),
      2,
      /has "a\/b" twice/,
    ],
    ['one path twice', async () => aFile(await archiveOf([{ name: 'a/b' }, { name: 'a/b' }])), 2, /has "a\/b" twice/],
    ['a folder of something else', () => folder, 2, /neither a bundle .* nor a mirror/],
    ['members twice', () => inBundle('manifest.json', '{"format":"ccx-bundle-1","format":"x"}'), 2, /a member twice/],
    ['members twice by an escape', () => inBundle('manifest.json', '{"a":1,"\\u0061":2}'), 2, /a member twice/],
    ['deep nesting', () => inBundle('manifest.json', '['.repeat(100_000) + ']'.repeat(100_000)), 2, /nested more than/],
    [
      'text that takes the square of its length',
      () => inBundle('manifest.json', `"${'\\"'.repeat(2e6)}`),
      2,
      /not JSON/,
    ],
    ['bad UTF-8', () => inBundle('manifest.json', Buffer.of(0x7b, 0xff, 0x7d)), 2, /is not UTF-8/],
    ['JSON that is none', () => inBundle('manifest.json', '{"format":'), 2, /is not JSON/],
    [
      'an endless line',
      () =>
        toFolder(aPath(), withManifest(filesOf(aBundle()).set('entries.ndjson', 'x'.repeat(5_000_000)), 'a consent')),
      2,
      /line 1 of entries.ndjson is longer than/,
    ],
    [
      'a link in a folder',
      () => {
        const bundle = toFolder(aPath(), filesOf(aBundle()));
        symlinkSync('/etc/passwd', join(bundle, 'more'));
        return bundle;
      },
      2,
      /is no plain file/,
    ],
    [
      'a device in the place of a checkpoint',
      () => {
        const mirror = aPath();
        mkdirSync(mirror);
        symlinkSync('/dev/zero', join(mirror, 'checkpoint'));
        return mirror;
      },
      4,
      /is no file/,
    ],
    ['an address where nobody answers', () => 'http://127.0.0.1:9', 4, /does not answer/],
  ])('is refused with a line that says why: %s', async (_, make, exitCode, found) => {
    const parts = aBundle();
    const verdict = await verdictOn(await make(), { policy: trustIn(parts).policy });
    expect(verdict.failed.join('\n')).toMatch(found);
    expect(verdict.exitCode).toBe(exitCode);
  });

  it('is told of without what a terminal would obey', async () => {
    const { failed } = await verdictOn(inBundle('manifest.json', '{"format":"\u001b[2J"}'));
    expect(failed.join()).not.toContain('\u001b');
  });

  it('never ends in an error of ours, whatever stands in the place of a value', async () => {
    const parts = aBundle();
    const trust = trustIn(parts);
    const kinds = ['entries', 'receipts', 'versions', 'disclosures', 'checkpoints'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        fc.nat(),
        fc.nat(),
        fc.jsonValue(),
        async (kind, row, member, value) => {
          const changed = structuredClone(parts[kind]);
          const record = changed[row % changed.length];
          const members = Object.keys(record);
          const name = members[member % members.length] as string;
          // One level down, too: an event, a disclosure.
          const inner =
            typeof record[name] === 'object' && record[name] !== null ? Object.keys(record[name])[0] : undefined;
          if (inner !== undefined && member % 2 === 0) record[name][inner] = value;
          else record[name] = value;
          const { exitCode } = await verdictOn(toFolder(aPath(), filesOf({ ...parts, [kind]: changed })), trust);
          expect([0, 1, 2, 3]).toContain(exitCode);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never gets by, and never ends in an error of ours, whatever byte was changed', async () => {
    const parts = aBundle();
    for (const entry of parts.entries) delete entry.id; // which is there to look it up, and proves nothing
    const trust = trustIn(parts);
    const files = filesOf(parts);
    const proven = ['checkpoint', 'checkpoints.ndjson', 'entries.ndjson', 'receipts.ndjson', 'disclosures.ndjson'];
    const endOf = (name: string) => Buffer.byteLength(files.get(name) as string) - 1;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...proven), fc.nat(), fc.nat({ max: 255 }), async (name, place, byte) => {
        const original = Buffer.from(files.get(name) as string);
        const bytes = Buffer.from(original);
        bytes[place % bytes.length] = byte;
        const changed = new Map(files).set(name, bytes.toString());
        const { exitCode, checks } = await verdictOn(toFolder(aPath(), withManifest(changed, parts.consent)), trust);
        expect(bytes.equals(original) ? [0] : [1, 2, 3]).toContain(exitCode);
        expect(checks.length).toBeGreaterThan(2);
      }),
      // What ends the last line, as white space that JSON would bear.
      { numRuns: 100, examples: [9, 13, 32].map((byte) => ['receipts.ndjson', endOf('receipts.ndjson'), byte]) },
    );
  });
});

describe('ccx verify', () => {
  const run = async (...args: string[]) => ccx(['verify', ...args], { cwd: await aFolder() });

  it('tells of each check in a line, and how it ended by its exit code', async () => {
    const parts = aBundle();
    const { policy, keys, anchors } = trustIn(parts);
    const trust = ['--policy', policy, '--keys', keys, '--anchors', anchors];
    const good = await run(await toArchive(aPath(), filesOf(parts)), ...trust);
    expect(good).toMatchObject({ code: 0, stderr: '' });
    expect(good.stdout).toMatch(/^(ok {7}\S.*: \S.*\n){13}$/);

    parts.entries[0].event.attributes = ['everything'];
    const bad = await run(await toArchive(aPath(), filesOf(parts)), ...trust);
    expect(bad).toMatchObject({ code: 1, stderr: 'It was tampered with.\n' });
    expect(bad.stdout).toMatch(/^FAILED {3}entries: entry 5 is not the event that its leaf commits to$/m);
  });

  it('tells the same in JSON, and how far it is with a long log on the standard error', async () => {
    const log = new WrittenLog();
    log.fill(300);
    const mirror = aPath();
    log.mirror(mirror);
    const { code, stdout, stderr } = await run(mirror, '--json');
    expect(code).toBe(3);
    const { exit_code, checks } = JSON.parse(stdout);
    expect(exit_code).toBe(3);
    expect(checks).toContainEqual({
      outcome: 'ok',
      check: 'entries and tiles',
      found: '300 entries have the root of the checkpoint, by way of every tile',
    });
    expect(checks).toContainEqual(expect.objectContaining({ outcome: 'skipped', check: 'policy', fault: 'trust' }));
    expect(stderr).toMatch(/Verifying: 300 of 300/);
  });

  it('is misused with a kind that there is not, and says so', async () => {
    const { code, stderr } = await run('x', '--kind', 'poem');
    expect(code).toBe(2);
    expect(stderr).toMatch(/Allowed choices are bundle, receipt, export, log/);
  });
});
