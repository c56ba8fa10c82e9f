import { deriveKey, open, seal, SealBrokenError } from './seal.js';

const KEY_BYTES = 32;
/** Of a value that names its KEK. Before there were several, values began with the version of the seal, which is 1. */
const NAMED = 2;
const ID_BYTES = 8;

/** What wrapped the value is none of the KEKs that the service was given. */
export class UnknownKekError extends SealBrokenError {
  override readonly name = 'UnknownKekError';

  constructor(readonly kek: string) {
    super(`A key is wrapped by the KEK ${kek}, which is neither CCX_KEK nor CCX_KEK_PREVIOUS.`);
  }
}

interface NamedKey {
  readonly id: Buffer;
  readonly key: Buffer;
}

/**
 * The key that wraps all others. It lives outside the database; losing it loses every profile. While it is being
 * replaced there are two: the new one wraps, and the previous one still opens what it has wrapped.
 */
export class Kek {
  private readonly current: NamedKey;
  private readonly all: readonly NamedKey[];
  /** How every value begins that the current KEK has wrapped: there is nothing to rewrap in it. */
  readonly prefix: Buffer;

  constructor(current: Buffer, previous?: Buffer) {
    this.current = named(current);
    this.all = previous ? [this.current, named(previous)] : [this.current];
    this.prefix = Buffer.concat([Buffer.of(NAMED), this.current.id]);
  }

  /** By what wrapped values name the current KEK. It tells nothing of the key itself. */
  get id(): string {
    return this.current.id.toString('hex');
  }

  /** @param aad Whose key it is and what for, so that a wrapped key cannot be moved to another row. */
  wrap(key: Buffer, aad: string): Buffer {
    return Buffer.concat([this.prefix, seal(this.current.key, key, aad)]);
  }

  /** @throws SealBrokenError, UnknownKekError */
  unwrap(wrapped: Buffer, aad: string): Buffer {
    if (wrapped[0] !== NAMED) return this.openUnnamed(wrapped, aad);
    const id = wrapped.subarray(1, 1 + ID_BYTES);
    const kek = this.all.find((known) => known.id.equals(id));
    if (!kek) throw new UnknownKekError(id.toString('hex'));
    return open(kek.key, wrapped.subarray(1 + ID_BYTES), aad);
  }

  private openUnnamed(wrapped: Buffer, aad: string): Buffer {
    for (const { key } of this.all.slice(1)) {
      try {
        return open(key, wrapped, aad);
      } catch (error) {
        if (!(error instanceof SealBrokenError)) throw error;
      }
    }
    return open(this.current.key, wrapped, aad);
  }
}

function named(key: Buffer): NamedKey {
  if (key.length !== KEY_BYTES) throw new TypeError('The KEK is 32 bytes.');
  return { id: deriveKey(key, 'kek id').subarray(0, ID_BYTES), key };
}
