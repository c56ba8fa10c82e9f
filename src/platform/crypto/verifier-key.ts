import { createPublicKey, type KeyObject } from 'node:crypto';

import { sha256 } from './seal.js';

/** How a key signs notes (C2SP signed-note, "Signature types"). */
export const signatureTypes = { ed25519: 0x01, cosignature: 0x04 } as const;

/** DER of an Ed25519 public key up to the key itself (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const PUBLIC_KEY_BYTES = 32;

/** Whose signature lines to look for, and by what they are verified. */
export interface VerifierKey {
  readonly name: string;
  /** The first four bytes of SHA-256(name, newline, type, key), in hexadecimal. */
  readonly id: string;
  readonly type: number;
  /** The 32 bytes of an Ed25519 public key (RFC 8032). */
  readonly publicKey: Buffer;
  /** As policies and configurations write it: `name+id+base64(type, key)`. */
  readonly vkey: string;
}

export function verifierKey(name: string, type: number, publicKey: Buffer): VerifierKey {
  const typed = Buffer.concat([Buffer.of(type), publicKey]);
  const id = sha256(name, '\n', typed).subarray(0, 4).toString('hex');
  return { name, id, type, publicKey, vkey: `${name}+${id}+${typed.toString('base64')}` };
}

/** Reads a verifier key (C2SP signed-note); null when it is none, or not of a type that is known here. */
export function parseVerifierKey(text: string): VerifierKey | null {
  const [, name = '', id, encoded = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(text) ?? [];
  const typed = Buffer.from(encoded, 'base64');
  const [type = -1] = typed;
  const known: readonly number[] = Object.values(signatureTypes);
  if (!known.includes(type) || typed.length !== 1 + PUBLIC_KEY_BYTES) return null;
  const key = verifierKey(name, type, typed.subarray(1));
  return key.id === id && key.vkey === text ? key : null;
}

export function publicKeyObject(publicKey: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
}
