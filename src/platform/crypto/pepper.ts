import { deriveKey, hmac } from './seal.js';

/** A secret outside the database that makes hashes of guessable things useless to whoever has the database alone. */
export class Pepper {
  private readonly identityKey: Buffer;

  constructor(private readonly secret: Buffer) {
    if (secret.length !== 32) throw new TypeError('The pepper is 32 bytes.');
    this.identityKey = this.derive('login identities');
  }

  /** By what a login identity is looked up. E-mail addresses are compared without regard to case and Unicode form. */
  identity(email: string): Buffer {
    return hmac(this.identityKey, normaliseEmail(email));
  }

  derive(use: string): Buffer {
    return deriveKey(this.secret, use);
  }
}

export function normaliseEmail(email: string): string {
  return email.normalize('NFKC').trim().toLowerCase();
}
