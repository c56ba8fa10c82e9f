import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';

import { signatureTypes, type VerifierKey, verifierKey } from './verifier-key.js';

/** DER of an Ed25519 private key up to its seed (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEY_BYTES = 32;

/** A key that signs notes, with what verifies them. */
export interface NoteSigner extends VerifierKey {
  /** The Ed25519 signature of a note's text (RFC 8032). The same text has always the same one. */
  sign(text: string): Buffer;
}

/** Makes the private key of a signer, as {@link parseSignerKey} reads it. */
export function makeSignerKey(name: string): string {
  const seed = randomBytes(KEY_BYTES);
  const { id } = signerOf(name, seed);
  return `PRIVATE+KEY+${name}+${id}+${Buffer.concat([Buffer.of(signatureTypes.ed25519), seed]).toString('base64')}`;
}

/** Reads a private key as Go's `sumdb/note` writes it, `PRIVATE+KEY+name+id+base64(type, seed)`; null when it is none. */
export function parseSignerKey(text: string): NoteSigner | null {
  const [, name = '', id, encoded = ''] =
    /^PRIVATE\+KEY\+([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(text) ?? [];
  const typed = Buffer.from(encoded, 'base64');
  if (typed[0] !== signatureTypes.ed25519 || typed.length !== 1 + KEY_BYTES) return null;
  const signer = signerOf(name, typed.subarray(1));
  return signer.id === id ? signer : null;
}

function signerOf(name: string, seed: Buffer): NoteSigner {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES);
  return {
    ...verifierKey(name, signatureTypes.ed25519, publicKey),
    sign: (text) => sign(null, Buffer.from(text), key),
  };
}
