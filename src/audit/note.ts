import { verify } from 'node:crypto';

import type { NoteSigner } from '../platform/crypto/note-signer.js';
import { parseVerifierKey, publicKeyObject, type VerifierKey } from '../platform/crypto/verifier-key.js';
import type { Checkpoint } from './checkpoint.js';

/** One line of those below a note's text. */
export interface NoteSignature {
  readonly name: string;
  /** Of the key, in hexadecimal. */
  readonly id: string;
  readonly signature: Buffer;
}

/** A text with signatures under it (C2SP signed-note). */
export interface Note {
  /** With the newline at its end, which is signed, too. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const ID_BYTES = 4;
const SUCCESSOR = 'key ';

/** Reads a note; null when it is not written as one. Says nothing about whether its signatures are good. */
export function parseNote(note: string): Note | null {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return null;
  const lines = note.slice(end + 2, -1).split('\n');
  const signatures = lines.map(parseSignature);
  if (!signatures.every((signature) => signature !== null)) return null;
  return { text: note.slice(0, end + 1), signatures };
}

/** A line as it is written under a note. */
export function signatureLine({ name, id, signature }: NoteSignature): string {
  return `— ${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`;
}

/** Signs a text with each of these keys. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  return `${text}\n${signers.map((signer) => signatureLine({ ...signer, signature: signer.sign(text) })).join('')}`;
}

/** Whether the note has a good Ed25519 signature of this key. */
export function isSignedBy({ text, signatures }: Note, { name, id, publicKey }: VerifierKey): boolean {
  return signatures.some(
    (line) =>
      line.name === name &&
      line.id === id &&
      verify(null, Buffer.from(text), publicKeyObject(publicKey), line.signature),
  );
}

/**
 * The text of a checkpoint (C2SP tlog-checkpoint). It has an extension line only where a key hands over to another one,
 * which it names: two signatures alone would not say so, since anybody may put one more under a checkpoint.
 */
export function checkpointText({ origin, size, root }: Checkpoint, successor?: VerifierKey): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n${successor ? `${SUCCESSOR}${successor.vkey}\n` : ''}`;
}

/** The key to which the one that signed this checkpoint hands over. */
export function successorIn({ text }: Note): VerifierKey | null {
  const line = text.split('\n').find((each) => each.startsWith(SUCCESSOR));
  return line === undefined ? null : parseVerifierKey(line.slice(SUCCESSOR.length));
}

/** What a note says as a checkpoint; null when it says something else. */
export function parseCheckpoint({ text }: Note): Checkpoint | null {
  const [, origin, size, encoded = ''] = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n/.exec(text) ?? [];
  const root = Buffer.from(encoded, 'base64');
  if (origin === undefined || root.toString('base64') !== encoded) return null;
  return { origin, size: Number(size), root };
}

function parseSignature(line: string): NoteSignature | null {
  const [, name, encoded = ''] = /^— ([^+\s]+) ([A-Za-z0-9+/]+=*)$/u.exec(line) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  if (name === undefined || bytes.length <= ID_BYTES) return null;
  return { name, id: bytes.toString('hex', 0, ID_BYTES), signature: bytes.subarray(ID_BYTES) };
}
