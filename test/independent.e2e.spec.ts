import { RFC9162 } from '@transmute/rfc9162';
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { startApp, type TestApp } from './support/app.js';
import { grow, holdLogJobs, publishLog } from './support/log.js';
import type { Row } from './support/written-bundle.js';

let app: TestApp;
let earlier: { size: number; root: Buffer };
const folder = mkdtempSync(join(tmpdir(), 'ccx-independent-'));

beforeAll(async () => {
  app = await startApp();
  await holdLogJobs(app);
  await grow(app, 300);
  await publishLog(app);
  earlier = headOf(await published());
  await grow(app, 333);
  await publishLog(app);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await app.stop();
});

const get = async (path: string): Promise<Row> => (await app.http.get(`/log/v1/${path}`).expect(200)).body;
const published = async () => (await app.http.get('/log/v1/checkpoint').expect(200)).text;
const decoded = (hashes: readonly string[]) => hashes.map((hash) => Buffer.from(hash, 'base64'));

function headOf(note: string): { size: number; root: Buffer } {
  const [, size, root = ''] = note.split('\n');
  return { size: Number(size), root: Buffer.from(root, 'base64') };
}

/** Changes an entry as somebody could who has the database, for as long as a test takes. */
async function whileTampered(index: number, work: () => Promise<void>): Promise<void> {
  const change = (value: string) => app.db.query(`update audit_log set commitment = ${value} where idx = $1`, [index]);
  await change('set_byte(commitment, 0, 255 - get_byte(commitment, 0))');
  await work();
  await change('set_byte(commitment, 0, 255 - get_byte(commitment, 0))');
}

describe('a script that has nothing of CCX', () => {
  const script = join(__dirname, 'independent', 'verify-log.mjs');
  const run = async (...more: string[]) =>
    promisify(execFile)(process.execPath, [script, `${app.url}/log/v1`, ...more]).then(
      ({ stdout }) => ({ code: 0, said: stdout }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }),
    );

  it('verifies inclusion and consistency from two checkpoints that it fetches', async () => {
    const { said, code } = await run();
    expect(said.split('\n')).toEqual([
      'signed: 300 and 633 entries',
      'consistent: the tree of 633 begins with that of 300',
      'included: entry 299',
      'included: entry 632',
      '',
    ]);
    expect(code).toBe(0);
  });

  it('does not verify an entry that was changed, nor a log that is signed with another key', async () => {
    await whileTampered(299, async () => {
      expect(await run()).toEqual({ code: 1, said: 'NOT VERIFIED: entry 299 is not in the log\n' });
    });
    const other = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    expect(await run(other)).toEqual({ code: 1, said: 'NOT VERIFIED: a checkpoint is not signed by the log\n' });
  });
});

describe('an implementation of RFC 9162 by somebody else', () => {
  it('takes the proofs that the log serves, and no others', async () => {
    const { size, root } = headOf(await published());
    for (const index of [0, 255, 256, 299, 511, 632]) {
      const { leaf_hash, hashes } = await get(`proofs/inclusion?index=${index}`);
      const proof = { log_id: '', tree_size: size, leaf_index: index, inclusion_path: decoded(hashes) };
      const verify = (hash: Buffer) => RFC9162.verifyInclusionProof(root, hash, proof);
      expect(await verify(Buffer.from(leaf_hash, 'base64'))).toBe(true);
      expect(await verify(root)).toBe(false);
    }
    const { hashes } = await get(`proofs/consistency?from=${earlier.size}`);
    const proof = { log_id: '', tree_size_1: earlier.size, tree_size_2: size, consistency_path: decoded(hashes) };
    expect(await RFC9162.verifyConsistencyProof(earlier.root, root, proof)).toBe(true);
    expect(await RFC9162.verifyConsistencyProof(root, root, proof)).toBe(false);
  });
});

describe('what verifies Go’s own checksum database', () => {
  const go = ['/usr/local/go/bin/go', 'go'].find((command) => {
    try {
      return execFileSync(command, ['version']).length > 0;
    } catch {
      return false;
    }
  });
  const packages =
    go && join(execFileSync(go, ['env', 'GOROOT']).toString().trim(), 'src/cmd/vendor/golang.org/x/mod/sumdb');
  const itWithGo = packages && existsSync(join(packages, 'tlog')) ? it : it.skip;

  /** The program, built of the packages that come with the toolchain: nothing is fetched. */
  function built(): string {
    const { env } = process;
    for (const name of ['note', 'tlog']) {
      cpSync(join(packages as string, name), join(folder, 'mod/sumdb', name), { recursive: true });
    }
    mkdirSync(join(folder, 'mod'), { recursive: true });
    writeFileSync(join(folder, 'mod/go.mod'), 'module golang.org/x/mod\n\ngo 1.22\n');
    const replace = 'require golang.org/x/mod v0.0.0\n\nreplace golang.org/x/mod => ./mod\n';
    writeFileSync(join(folder, 'go.mod'), `module independent\n\ngo 1.22\n\n${replace}`);
    cpSync(join(__dirname, 'independent/main.go'), join(folder, 'main.go'));
    execFileSync(go as string, ['build', '-o', 'verify', '.'], {
      cwd: folder,
      env: { ...env, GOPROXY: 'off', GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local', GOWORK: 'off' },
    });
    return join(folder, 'verify');
  }

  itWithGo('takes the checkpoint and the proofs, and no others (skipped where there is no Go)', () =>
    expectThatItTakesTrueProofsOnly(built()),
  );

  async function expectThatItTakesTrueProofsOnly(program: string): Promise<void> {
    const { size } = headOf(await published());
    const entries = await Promise.all(
      [0, 299, 632].map(async (index) => {
        const { hashes, leaf_hash } = await get(`proofs/inclusion?index=${index}`);
        const { rows } = await app.db.query('select commitment from audit_log where idx = $1', [index]);
        const leaf = Buffer.from(`{"c":"${rows[0].commitment.toString('base64url')}","v":1}`).toString('base64');
        return { Index: index, Leaf: leaf, Path: hashes, leaf_hash };
      }),
    );
    const { hashes } = await get(`proofs/consistency?from=${earlier.size}&to=${size}`);
    const input = {
      Vkey: (await get('keys')).keys[0].vkey,
      Checkpoint: await published(),
      Entries: entries,
      Earlier: [{ Size: earlier.size, Root: earlier.root.toString('base64'), Proof: hashes }],
    };
    const verdict = (asked: object) => {
      try {
        return execFileSync(program, { input: JSON.stringify(asked), stdio: 'pipe' }).toString();
      } catch (error) {
        return (error as { stderr: Buffer }).stderr.toString();
      }
    };
    expect(verdict(input)).toBe('verified\n');
    expect(verdict({ ...input, Checkpoint: input.Checkpoint.replace('\n633\n', '\n634\n') })).toMatch(
      /invalid signature/,
    );
    expect(verdict({ ...input, Entries: [{ ...entries[0], Index: 1 }] })).toMatch(
      /entry 1: invalid transparency proof/,
    );
    expect(verdict({ ...input, Earlier: [{ ...input.Earlier[0], Size: 299 }] })).toMatch(/size 299: invalid/);
  }
});
