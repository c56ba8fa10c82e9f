import { Sequencer } from '../src/audit/sequencer.js';
import { rootOf, verifyConsistency, verifyInclusion } from '../src/audit/tree.js';
import { canonicalJson, type JsonObject } from '../src/platform/json.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsent, aConsentRequest, refuse, type TestConsent } from './support/consents.js';
import { eventually } from './support/eventually.js';
import { append, holdLogJobs, publishLog } from './support/log.js';
import { leafHashOf, proves, sha256, signedCheckpoint } from './support/log-proofs.js';
import { publishedKeys, verified } from './support/receipts.js';

const HASH = 32;
/** Two full tiles of leaves and a third one, and one of their roots. */
const SIZE = 600;
/** After which a checkpoint was published, too. */
const EARLIER = 301;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  await holdLogJobs(app);
});
afterAll(() => app.stop());

const get = (path: string) => app.http.get(`/log/v1/${path}`);

async function bytes(path: string): Promise<Buffer> {
  const { body } = await get(path).expect(200).expect('content-type', 'application/octet-stream');
  return body;
}

const hashesIn = (tile: Buffer) =>
  Array.from({ length: tile.length / HASH }, (_, place) => tile.subarray(place * HASH, (place + 1) * HASH));

function entriesIn(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bundle.length;) {
    const length = bundle.readUInt16BE(at);
    entries.push(bundle.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return entries;
}

const decoded = (hashes: readonly string[]) => hashes.map((hash) => Buffer.from(hash, 'base64'));
const checkpoint = async () => signedCheckpoint(app, (await get('checkpoint').expect(200)).text);
const codeOf = ({ type }: { type: string }) => type.split('/').at(-1);

describe('a log of which nothing is published', () => {
  it('says so, wherever it is asked for', async () => {
    await eventually(async () => {
      await app.db.query('truncate audit_checkpoints, audit_log_keys');
      await get('checkpoint').expect(404);
    });
    for (const path of [
      'checkpoint',
      'tile/0/000.p/1',
      'tile/entries/000.p/1',
      'proofs/inclusion?index=0',
      'proofs/consistency?from=1',
    ]) {
      const { body } = await get(path).expect(404);
      expect([path, codeOf(body), body.retryable]).toEqual([path, 'log-not-published', true]);
    }
    expect((await get('checkpoints').expect(200)).body).toEqual({ items: [], next_after: null });
    expect((await get('keys').expect(200)).body).toEqual({ keys: [] });
    expect((await get('policy').expect(200)).text).toBe('quorum none\n');
  });
});

describe('the published log', () => {
  beforeAll(async () => {
    await append(app, EARLIER);
    await publishLog(app);
    await append(app, SIZE - EARLIER);
    await publishLog(app);
  });

  it('is a signed checkpoint over all entries, which hash to the tiles, which hash to its root', async () => {
    const { size, root } = await checkpoint();
    expect(size).toBe(SIZE);
    const bundles = await Promise.all(['000', '001', '002.p/88'].map((path) => bytes(`tile/entries/${path}`)));
    const leaves = bundles.flatMap(entriesIn);
    expect(leaves.filter((leaf) => !/^\{"c":"[\w-]{43}","v":1\}$/.test(leaf.toString()))).toEqual([]);
    const tiles = await Promise.all(['000', '001', '002.p/88'].map((path) => bytes(`tile/0/${path}`)));
    expect(tiles.flatMap(hashesIn)).toEqual(leaves.map(leafHashOf));
    expect(rootOf(leaves.map(leafHashOf))).toEqual(root);
    const roots = [0, 1].map((place) => rootOf(hashesIn(tiles[place] as Buffer)));
    expect(hashesIn(await bytes('tile/1/000.p/2'))).toEqual(roots);
  });

  it('may be kept by anybody for ever, but for the newest', async () => {
    const forEver = 'public, max-age=31536000, immutable';
    for (const path of ['tile/0/000', 'tile/0/002.p/88', 'tile/entries/001']) {
      await get(path).expect(200).expect('cache-control', forEver).expect('access-control-allow-origin', '*');
    }
    await get('checkpoint')
      .expect('content-type', 'text/plain; charset=utf-8')
      .expect('cache-control', 'public, max-age=1');
    await get('checkpoints').expect('cache-control', 'public, max-age=1');
  });

  it('has every partial tile and bundle that a wider one begins with', async () => {
    for (const [path, width] of [
      ['tile/0/000', 100],
      ['tile/0/002', 1],
      ['tile/1/000', 1],
    ] as const) {
      const wider = await bytes(path === 'tile/0/000' ? path : `${path}.p/${path === 'tile/1/000' ? 2 : 88}`);
      expect(await bytes(`${path}.p/${width}`)).toEqual(wider.subarray(0, width * HASH));
    }
    expect(entriesIn(await bytes('tile/entries/000.p/45'))).toEqual(
      entriesIn(await bytes('tile/entries/000')).slice(0, 45),
    );
  });

  it('compresses entries for those who take it', async () => {
    const url = `${app.url}/log/v1/tile/entries/000`;
    const [plain, packed] = await Promise.all(
      ['identity', 'gzip'].map((encoding) => fetch(url, { headers: { 'accept-encoding': encoding } })),
    );
    expect([plain, packed].map((answer) => answer?.headers.get('content-encoding'))).toEqual([null, 'gzip']);
    expect(Number(packed?.headers.get('content-length'))).toBeLessThan(12_000);
    expect(await packed?.arrayBuffer()).toEqual(await plain?.arrayBuffer());
  });

  it.each([
    'tile/0/003.p/1',
    'tile/0/002',
    'tile/0/002.p/89',
    'tile/1/000',
    'tile/1/000.p/3',
    'tile/2/000.p/1',
    'tile/63/000',
    'tile/entries/002',
    'tile/entries/002.p/89',
    'tile/0/0',
    'tile/0/x000/000',
    'tile/00/000',
    'tile/64/000',
    'tile/one/000',
    'tile/0/000.p/256',
    'tile/0/000/',
    'tile/0/x999/x999/x999/x999/x999/999',
  ])('has no %s', async (path) => {
    const { body } = await get(path).expect(404);
    expect(codeOf(body)).toBe('log-resource-not-found');
  });

  it('lists its checkpoints, the older ones first, from where somebody was', async () => {
    const { body: all } = await get('checkpoints').expect(200);
    expect(all.items.map(({ size }: { size: number }) => size)).toEqual(expect.arrayContaining([EARLIER, SIZE]));
    const { body: first } = await get('checkpoints?limit=1').expect(200);
    expect(first.items).toEqual(all.items.slice(0, 1));
    const { body: rest } = await get(`checkpoints?after=${first.next_after}`).expect(200);
    expect([...first.items, ...rest.items]).toEqual(all.items);
    const { body: none } = await get(`checkpoints?after=${rest.next_after}`).expect(200);
    expect(none).toEqual({ items: [], next_after: rest.next_after });
    for (const { note, size, root } of all.items) {
      expect(await signedCheckpoint(app, note)).toMatchObject({ size, root: Buffer.from(root, 'base64') });
    }
    await get('checkpoints?after=yesterday').expect(400);
    await get('checkpoints?limit=0').expect(400);
  });

  it('names its key, and asks for no witness where it has none', async () => {
    const { body } = await get('keys').expect(200);
    expect(body.keys).toEqual([
      expect.objectContaining({ from_size: 0, to_size: null, retired_at: null, handover: null }),
    ]);
    expect((await get('policy').expect(200)).text).toBe(`log ${body.keys[0].vkey}\nquorum none\n`);
  });

  it('ends where its last checkpoint does, whatever has been written since', async () => {
    await append(app, 3);
    await app.get(Sequencer).drain();
    expect((await checkpoint()).size).toBe(SIZE);
    await get(`tile/0/002.p/89`).expect(404);
    await get(`tile/entries/002.p/89`).expect(404);
    const { body } = await get(`proofs/inclusion?index=${SIZE}`).expect(404);
    expect([codeOf(body), body.log_size]).toEqual(['not-in-published-log', SIZE]);
    await get(`proofs/consistency?from=${SIZE}&to=${SIZE + 3}`).expect(404);
  });
});

describe('a proof', () => {
  it.each([0, 1, 255, 256, 511, 512, SIZE - 1])('of entry %i leads to the published root', async (index) => {
    const { body } = await get(`proofs/inclusion?index=${index}`).expect(200);
    const { size, root } = await checkpoint();
    expect(body).toMatchObject({ index, size, root: root.toString('base64') });
    const leafHash = Buffer.from(body.leaf_hash, 'base64');
    expect(verifyInclusion(leafHash, { index, size, root }, decoded(body.hashes))).toBe(true);
    expect(await proves(app, body.tlog_proof, leafHash)).toBe(true);
    const { body: found } = await get(`proofs/inclusion?leaf_hash=${leafHash.toString('hex')}`).expect(200);
    expect(found).toEqual(body);
  });

  it('is made for every earlier tree, with a checkpoint where one was published', async () => {
    const leafHash = hashesIn(await bytes('tile/0/001'))[10] as Buffer;
    const index = 266;
    const { body: published } = await get(`proofs/inclusion?index=${index}&size=${EARLIER}`).expect(200);
    expect(await proves(app, published.tlog_proof, leafHash)).toBe(true);
    const { body: other } = await get(`proofs/inclusion?index=${index}&size=400`).expect(200);
    expect(other).toMatchObject({ size: 400, checkpoint: null, tlog_proof: null });
    const root = Buffer.from(other.root, 'base64');
    expect(verifyInclusion(leafHash, { index, size: 400, root }, decoded(other.hashes))).toBe(true);
  });

  it.each([
    [EARLIER, SIZE],
    [256, SIZE],
    [1, EARLIER],
    [SIZE, SIZE],
  ])('shows that the tree of %i is the beginning of that of %i', async (from, to) => {
    const rootAt = async (size: number) => {
      const { body } = await get(`proofs/inclusion?index=0&size=${size}`).expect(200);
      return { size, root: Buffer.from(body.root, 'base64') };
    };
    const { body } = await get(`proofs/consistency?from=${from}&to=${to}`).expect(200);
    expect(verifyConsistency(await rootAt(from), await rootAt(to), decoded(body.hashes))).toBe(true);
  });

  it('reaches to the last checkpoint where no end is said', async () => {
    const { body } = await get('proofs/consistency?from=7').expect(200);
    expect(body).toMatchObject({ from: 7, to: SIZE });
  });

  it.each([
    'inclusion',
    'inclusion?index=-1',
    'inclusion?index=1e3',
    'inclusion?index=1&size=0',
    'inclusion?leaf_hash=00',
    `inclusion?index=1&leaf_hash=${'0'.repeat(64)}`,
    'consistency',
    'consistency?from=0',
    'consistency?from=9&to=8',
  ])('is not given for %s', async (query) => {
    const { body } = await get(`proofs/${query}`).expect(400);
    expect(codeOf(body)).toBe('invalid-request');
  });

  it.each([
    `inclusion?index=${SIZE + 10}`,
    `inclusion?index=5&size=5`,
    `inclusion?leaf_hash=${'0'.repeat(64)}`,
    `inclusion?index=0&size=${SIZE + 100}`,
  ])('is not there for %s', async (query) => {
    const { body } = await get(`proofs/${query}`).expect(404);
    expect(codeOf(body)).toBe('not-in-published-log');
  });
});

describe('a receipt with proof', () => {
  interface Proof {
    receipt: string;
    leaf: { index: number; bytes: string };
    opening?: { event: JsonObject; nonce: string };
    tlog_proof: string;
  }

  const receiptIdOf = async ({ customer, consentId }: Pick<TestConsent, 'customer' | 'consentId'>): Promise<string> => {
    const { body } = await customer.api.get(`/v1/me/consents/${consentId}/receipts`).expect(200);
    return body.items[0].id;
  };
  const toCustomer = async ({ customer }: Pick<TestConsent, 'customer'>, id: string): Promise<Proof> =>
    (await customer.api.get(`/v1/me/receipts/${id}/proof`).expect(200)).body;

  /** Whether the log has the leaf that the receipt promises; answers what the receipt says. */
  async function kept({ receipt, leaf, tlog_proof }: Proof) {
    const said = await verified(await publishedKeys(app), receipt);
    const leafHash = leafHashOf(Buffer.from(leaf.bytes, 'base64'));
    expect(leafHash.toString('hex')).toBe(said.audit.leaf_hash);
    expect(tlog_proof).toContain(`\nindex ${leaf.index}\n`);
    expect(await proves(app, tlog_proof, leafHash)).toBe(true);
    return said;
  }

  it('opens the leaf for the customer, and for nobody else', async () => {
    const given = await aConsent(app);
    const id = await receiptIdOf(given);
    await publishLog(app);
    const proof = await toCustomer(given, id);
    const said = await kept(proof);
    expect(said).toMatchObject({ receipt_id: id, holder: 'customer', consent: { id: given.consentId, version: 1 } });
    const { event, nonce } = proof.opening ?? { event: {}, nonce: '' };
    expect(event).toMatchObject({ type: 'consent.given', consent: { id: given.consentId, version: 1 } });
    const commitment = sha256(Buffer.from(nonce, 'base64'), canonicalJson(event)).toString('base64url');
    expect(Buffer.from(proof.leaf.bytes, 'base64').toString()).toBe(`{"c":"${commitment}","v":1}`);

    const path = `/v1/consents/${given.consentId}/receipts/${id}/proof`;
    const { status, body } = await given.asRetailer.fetch('GET', path);
    expect([status, Object.keys(body).sort()]).toEqual([200, ['leaf', 'receipt', 'tlog_proof']]);
    expect(body.leaf).toEqual(proof.leaf);
    expect(await kept(body)).toMatchObject({ holder: 'retailer', receipt_id: id });
  });

  it('is given as soon as a published checkpoint covers it, and promised until then', async () => {
    const given = await aConsent(app);
    const id = await receiptIdOf(given);
    const paths = [`/v1/me/receipts/${id}/proof`, `/v1/consents/${given.consentId}/receipts/${id}/proof`] as const;
    const { body, headers } = await given.customer.api.get(paths[0]).expect(409);
    expect([codeOf(body), body.retryable, headers['retry-after']]).toEqual(['not-yet-in-the-log', true, '2']);
    expect(await given.asRetailer.fetch('GET', paths[1])).toMatchObject({ status: 409 });
    await app.get(Sequencer).drain(); // numbered, and not published
    await given.customer.api.get(paths[0]).expect(409);
    await publishLog(app);
    await given.customer.api.get(paths[0]).expect(200);
    expect(await given.asRetailer.fetch('GET', paths[1])).toMatchObject({ status: 200 });
  });

  it('carries the checkpoint as it was published last, though it is of the same tree', async () => {
    const given = await aConsent(app);
    const id = await receiptIdOf(given);
    await publishLog(app);
    const before = await toCustomer(given, id);
    const cosigned = '— witness.example AAAAAAAAAAA=\n';
    await app.db.query(
      `insert into audit_checkpoints (size, root, note, signed_at)
       select size, root, note || $1, signed_at + interval '1 ms' from audit_checkpoints
        where abandoned_at is null order by size desc, signed_at desc limit 1`,
      [cosigned],
    );
    try {
      expect((await toCustomer(given, id)).tlog_proof).toBe(before.tlog_proof + cosigned);
    } finally {
      await app.db.query('delete from audit_checkpoints where right(note, length($1)) = $1', [cosigned]);
    }
  });

  it('is there of a refusal, too', async () => {
    const request = await aConsentRequest(app);
    await refuse(request).expect(200);
    const { body } = await request.customer.api.get(`/v1/me/consent-requests/${request.id}/receipts`).expect(200);
    await publishLog(app);
    const proof = await toCustomer(request, body.items[0].id);
    expect((await kept(proof)).request_id).toBe(request.id);
    expect(proof.opening?.event['type']).toBe('consent-request.refused');
  });

  it('is nobody else’s', async () => {
    const [mine, theirs] = [await aConsent(app), await aConsent(app)];
    const [id, other] = [await receiptIdOf(mine), await receiptIdOf(theirs)];
    await publishLog(app);
    const { body } = await mine.customer.api.get(`/v1/me/receipts/${other}/proof`).expect(404);
    expect(codeOf(body)).toBe('receipt-not-found');
    const asRetailer = async (consentId: string, receiptId: string) => {
      const answer = await mine.asRetailer.fetch('GET', `/v1/consents/${consentId}/receipts/${receiptId}/proof`);
      return `${answer.status} ${codeOf(answer.body)}`;
    };
    expect(await asRetailer(mine.consentId, other)).toBe('404 receipt-not-found');
    expect(await asRetailer(theirs.consentId, other)).toBe('404 consent-not-found');
    expect(await asRetailer(theirs.consentId, id)).toBe('404 consent-not-found');
  });
});

describe('a log that has lost something it has published', () => {
  it('does not answer as if it had never been there', async () => {
    await app.db.query('delete from audit_log where idx = 5');
    const { body } = await get('tile/entries/000').expect(503);
    expect(body.detail).toBe('The log lacks something that it has published.');
    await app.db.query('delete from audit_tiles where level = 0 and idx = 1');
    await get('tile/0/001').expect(503);
    await get('tile/0/000').expect(200);
  });
});
