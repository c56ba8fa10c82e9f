import { verify } from 'node:crypto';

import { publicKeyObject, type VerifierKey } from '../platform/crypto/verifier-key.js';
import { type NoteSignature, parseNote } from './note.js';

const TIMESTAMP_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** Those of the signature lines that are good cosignatures of this key over the checkpoint (C2SP tlog-cosignature). */
export function cosignaturesBy(
  { name, id, publicKey }: VerifierKey,
  checkpoint: string,
  lines: string,
): NoteSignature[] {
  const text = parseNote(checkpoint)?.text;
  // Lines are parsed as those below some text are.
  const given = parseNote(`checkpoint\n\n${lines}`)?.signatures ?? [];
  if (text === undefined) return [];
  return given.filter((line) => {
    if (line.name !== name || line.id !== id) return false;
    if (line.signature.length !== TIMESTAMP_BYTES + SIGNATURE_BYTES) return false;
    const message = `cosignature/v1\ntime ${line.signature.readBigUInt64BE()}\n${text}`;
    const signature = line.signature.subarray(TIMESTAMP_BYTES);
    return verify(null, Buffer.from(message), publicKeyObject(publicKey), signature);
  });
}
