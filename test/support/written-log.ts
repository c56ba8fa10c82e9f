import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import canonicalize from 'canonicalize';

/** A log in the open formats, written by definition and not by the service: what a verifier is tried on. */
export class WrittenLog {
  readonly leaves: Buffer[] = [];
  private readonly hashes: Buffer[] = [];
  readonly signer: NoteSigner;

  constructor(readonly origin = 'log.example/log/v1') {
    this.signer = aNoteSigner(origin);
  }

  get size(): number {
    return this.leaves.length;
  }

  /** Commits to a record, and tells with which nonce and where. */
  append(record: object): { index: number; leaf: Buffer; nonce: Buffer } {
    const nonce = randomBytes(32);
    const leaf = leafOf(nonce, record);
    return { index: this.add(leaf), leaf, nonce };
  }

  /** Adds entries that nobody asks about. */
  fill(count: number): void {
    for (let left = count; left > 0; left--) this.add(leafOf(Buffer.alloc(0), { filler: this.size }));
  }

  add(leaf: Buffer): number {
    this.hashes.push(leafHashOf(leaf));
    return this.leaves.push(leaf) - 1;
  }

  root(size = this.size): Buffer {
    return rootOf(this.hashes.slice(0, size));
  }

  inclusion(index: number, size = this.size): Buffer[] {
    return pathOf(index, this.hashes.slice(0, size));
  }

  consistency(from: number, size = this.size): Buffer[] {
    return from === 0 || from === size ? [] : subproofOf(from, this.hashes.slice(0, size), true);
  }

  /** A signed checkpoint. */
  checkpoint(size = this.size, signers: readonly NoteSigner[] = [this.signer]): string {
    const text = `${this.origin}\n${size}\n${this.root(size).toString('base64')}\n`;
    return signed(text, ...signers);
  }

  tlogProof(index: number): string {
    const path = this.inclusion(index).map((hash) => `${hash.toString('base64')}\n`);
    return `c2sp.org/tlog-proof@v1\nindex ${index}\n${path.join('')}\n${this.checkpoint()}`;
  }

  get listedKeys(): { keys: object[] } {
    const { vkey } = this.signer;
    return { keys: [{ key_id: vkey.split('+')[1], vkey, from_size: 0, to_size: null }] };
  }

  get policy(): string {
    return `log ${this.signer.vkey}\nquorum none\n`;
  }

  /** Writes what a mirror's folder has, with these earlier checkpoints. */
  mirror(folder: string, earlier: readonly number[] = []): void {
    const write = (path: string, content: string | Buffer) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    };
    write('checkpoint', this.checkpoint());
    write('keys', JSON.stringify(this.listedKeys));
    const history = [...earlier, this.size].map((size) => JSON.stringify({ size, note: this.checkpoint(size) }));
    write('checkpoints', `${history.join('\n')}\n`);
    inTiles(this.leaves, (index, suffix, leaves) =>
      write(`tile/entries/${numbered(index)}${suffix}`, Buffer.concat(leaves.flatMap((leaf) => [uint16(leaf), leaf]))),
    );
    for (let [level, hashes] = [0, this.hashes]; hashes.length > 0; level++) {
      const above: Buffer[] = [];
      inTiles(hashes, (index, suffix, tile) => {
        write(`tile/${level}/${numbered(index)}${suffix}`, Buffer.concat(tile));
        if (tile.length === 256) above.push(rootOf(tile));
      });
      hashes = above;
    }
  }
}

export interface NoteSigner {
  readonly vkey: string;
  /** The signature line of a note's text. */
  line(text: string): string;
}

export function aNoteSigner(name: string): NoteSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return signerOf(name, 1, publicKey, (text) => sign(null, Buffer.from(text), privateKey));
}

/** A witness that says to have seen a checkpoint at a time, in seconds since 1970. */
export function aWitness(name: string, at = 1_790_000_000): NoteSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return signerOf(name, 4, publicKey, (text) => {
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(at));
    return Buffer.concat([time, sign(null, Buffer.from(`cosignature/v1\ntime ${at}\n${text}`), privateKey)]);
  });
}

function signerOf(name: string, type: number, key: KeyObject, signatureOf: (text: string) => Buffer): NoteSigner {
  const { x = '' } = key.export({ format: 'jwk' });
  const material = Buffer.concat([Buffer.of(type), Buffer.from(x, 'base64url')]);
  const id = sha256(name, '\n', material).subarray(0, 4);
  return {
    vkey: `${name}+${id.toString('hex')}+${material.toString('base64')}`,
    line: (text) => `— ${name} ${Buffer.concat([id, signatureOf(text)]).toString('base64')}\n`,
  };
}

export function signed(text: string, ...signers: readonly NoteSigner[]): string {
  return `${text}\n${signers.map((signer) => signer.line(text)).join('')}`;
}

export function leafOf(nonce: Buffer, record: object): Buffer {
  const commitment = sha256(nonce, canonicalize(record) as string);
  return Buffer.from(`{"c":"${commitment.toString('base64url')}","v":1}`);
}

export function leafHashOf(leaf: Buffer): Buffer {
  return sha256(Buffer.of(0), leaf);
}

/** MTH of RFC 6962 §2.1, as it is written there. */
export function rootOf(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 0) return sha256();
  if (hashes.length === 1) return hashes[0] as Buffer;
  const split = splitOf(hashes.length);
  return sha256(Buffer.of(1), rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}

/** PATH of RFC 6962 §2.1.1. */
export function pathOf(index: number, hashes: readonly Buffer[]): Buffer[] {
  if (hashes.length === 1) return [];
  const split = splitOf(hashes.length);
  return index < split
    ? [...pathOf(index, hashes.slice(0, split)), rootOf(hashes.slice(split))]
    : [...pathOf(index - split, hashes.slice(split)), rootOf(hashes.slice(0, split))];
}

/** SUBPROOF of RFC 6962 §2.1.2. */
function subproofOf(from: number, hashes: readonly Buffer[], isWhole: boolean): Buffer[] {
  if (from === hashes.length) return isWhole ? [] : [rootOf(hashes)];
  const split = splitOf(hashes.length);
  return from <= split
    ? [...subproofOf(from, hashes.slice(0, split), isWhole), rootOf(hashes.slice(split))]
    : [...subproofOf(from - split, hashes.slice(split), false), rootOf(hashes.slice(0, split))];
}

function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

function inTiles(items: readonly Buffer[], each: (index: number, suffix: string, tile: Buffer[]) => void): void {
  for (let start = 0; start < items.length; start += 256) {
    const tile = items.slice(start, start + 256);
    each(start / 256, tile.length < 256 ? `.p/${tile.length}` : '', tile);
  }
}

function numbered(index: number): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0');
  return (digits.match(/.{3}/g) as string[])
    .join('/x')
    .replace(/^(?=.*\/)/, 'x')
    .replace(/x(\d{3})$/, '$1');
}

function uint16(leaf: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(leaf.length);
  return length;
}

function sha256(...parts: (Buffer | string)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
