import { createHash } from 'node:crypto';

import { isSignedBy, parseCheckpoint, parseNote } from '../../src/audit/note.js';
import { verifyInclusion } from '../../src/audit/tree.js';
import { parseVerifierKey } from '../../src/platform/crypto/verifier-key.js';
import type { TestApp } from './app.js';

export function sha256(...parts: (Buffer | string)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export const leafHashOf = (leaf: Buffer): Buffer => sha256(Buffer.of(0), leaf);

/** What the log's checkpoint says, once its signature was verified with the key that the log publishes. */
export async function signedCheckpoint(app: TestApp, text: string): Promise<{ size: number; root: Buffer }> {
  const { body } = await app.http.get('/log/v1/keys').expect(200);
  const key = parseVerifierKey(body.keys.at(-1).vkey);
  const note = parseNote(text);
  if (!key || !note || !isSignedBy(note, key)) throw new Error(`Not signed by the log: ${text}`);
  const checkpoint = parseCheckpoint(note);
  if (checkpoint?.origin !== key.name) throw new Error(`No checkpoint of the log: ${text}`);
  return checkpoint;
}

/** Whether the text (C2SP tlog-proof) proves that the leaf is in the log. */
export async function proves(app: TestApp, tlogProof: string, leafHash: Buffer): Promise<boolean> {
  const [, index, hashes = '', note = ''] =
    /^c2sp\.org\/tlog-proof@v1\nindex (\d+)\n((?:[A-Za-z0-9+/]{43}=\n)*)\n([^]*)$/.exec(tlogProof) ?? [];
  const { size, root } = await signedCheckpoint(app, note);
  const path = hashes.split('\n').filter(Boolean);
  return verifyInclusion(
    leafHash,
    { index: Number(index), size, root },
    path.map((hash) => Buffer.from(hash, 'base64')),
  );
}
