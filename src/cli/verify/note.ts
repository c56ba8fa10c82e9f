import { createPublicKey, type KeyObject, verify } from 'node:crypto';

import { sha256 } from '../../platform/crypto/seal.js';
import { malformed, quoted, tampering } from './fault.js';
import { decodeBase64 } from './fields.js';

/** A text with its signatures (C2SP signed-note), of which none has been verified. */
export interface Note {
  /** With its final newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  readonly bytes: Buffer;
}

/** Whoever signs notes: a log (Ed25519, type 1) or a witness (timestamped Ed25519 cosignatures, type 4). */
export interface NoteKey {
  readonly name: string;
  /** Four bytes in hexadecimal. */
  readonly keyId: string;
  readonly type: 'log' | 'witness';
  readonly publicKey: Buffer;
}

/** Many times more than the 16 that every reader must take. */
const MOST_SIGNATURES = 128;
/** The last that a date can be. */
const LAST_TIME_S = 8_640_000_000_000;
export const LONGEST_NOTE = 256 * 1024;

const signatureLine = /^— (?<name>[^\s+]+) (?<signature>[A-Za-z0-9+/]+=*)$/u;
// Control characters are just what the format forbids.
// oxlint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0009\u000b-\u001f]/;

/** @throws Fault */
export function parseNote(note: string, what: string): Note {
  if (note.length > LONGEST_NOTE) throw malformed(`${what} is longer than a note can be`);
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n') || forbidden.test(note)) throw malformed(`${what} is no signed note`);
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) throw malformed(`${what} has more than ${MOST_SIGNATURES} signatures`);
  const signatures = lines.map((line) => {
    const { name = '', signature = '' } = signatureLine.exec(line)?.groups ?? {};
    const bytes = decodeBase64(signature);
    if (!name || !bytes || bytes.length < 5) throw malformed(`${what} has a signature line that is none`);
    return { name, keyId: bytes.toString('hex', 0, 4), bytes: bytes.subarray(4) };
  });
  return { text: note.slice(0, end + 1), signatures };
}

/** Reads a verifier key, `<name>+<key id>+<base64 of type and key>`. @throws Fault */
export function parseKey(vkey: string): NoteKey {
  const [name = '', keyId = '', ...rest] = vkey.split('+');
  // The base64 may have a plus of its own; a name may not.
  const bytes = decodeBase64(rest.join('+'));
  if (!name || /\s/u.test(name) || !bytes) throw malformed(`${quoted(vkey)} is no verifier key`);
  const type = ({ 1: 'log', 4: 'witness' } as const)[bytes[0] ?? 0];
  if (!type || bytes.length !== 33) throw malformed(`${quoted(vkey)} is of a type that is not supported`);
  if (sha256(name, '\n', bytes).toString('hex', 0, 4) !== keyId)
    throw malformed(`${quoted(vkey)} has an id that is not its key's`);
  return { name, keyId, type, publicKey: bytes.subarray(1) };
}

/** When a witness says that it has seen the note, in seconds since 1970; 0 for a log, which does not say. */
export interface Signed {
  readonly key: NoteKey;
  readonly at: number;
}

/**
 * The signatures by these keys, verified. Signatures by others are ignored, as the format demands.
 *
 * @throws Fault when one by a known key does not verify: then none of it is to be believed
 */
export function verifiedSignatures(note: Note, keys: readonly NoteKey[], what: string): Signed[] {
  return note.signatures.flatMap((signature) => {
    const key = keys.find(({ name, keyId }) => name === signature.name && keyId === signature.keyId);
    if (!key) return [];
    const at = key.type === 'log' ? 0 : timestampOf(signature.bytes);
    if (at === null || !isSignedBy(key, note.text, signature.bytes, at))
      throw tampering(`${what} does not have the signature of ${quoted(key.name)} that it shows`);
    return [{ key, at }];
  });
}

function isSignedBy(key: NoteKey, text: string, bytes: Buffer, at: number): boolean {
  return key.type === 'log'
    ? isSignature(key.publicKey, text, bytes)
    : isSignature(key.publicKey, `cosignature/v1\ntime ${at}\n${text}`, bytes.subarray(8));
}

function timestampOf(bytes: Buffer): number | null {
  if (bytes.length !== 72) return null;
  const at = Number(bytes.readBigUInt64BE());
  return at <= LAST_TIME_S ? at : null;
}

function isSignature(publicKey: Buffer, text: string, signature: Buffer): boolean {
  return signature.length === 64 && verify(null, Buffer.from(text), ed25519(publicKey), signature);
}

function ed25519(publicKey: Buffer): KeyObject {
  return createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') },
    format: 'jwk',
  });
}
