import { malformed } from './fault.js';
import type { Json } from './json.js';

/** The members of a JSON object from outside, read as what they have to be. */
export class Fields {
  private readonly members: { [name: string]: Json };

  /** @param what What the object is, for messages. @throws Fault when it is no object */
  constructor(
    value: Json | undefined,
    private readonly what: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(`${what} is no object`);
    this.members = value;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined && this.get(name) !== null;
  }

  get(name: string): Json | undefined {
    return Object.hasOwn(this.members, name) ? this.members[name] : undefined;
  }

  string(name: string): string {
    const value = this.get(name);
    if (typeof value !== 'string') throw this.wrong(name, 'a string');
    return value;
  }

  stringOrNull(name: string): string | null {
    return this.has(name) ? this.string(name) : null;
  }

  /** A whole number from 0 that is exact. */
  integer(name: string): number {
    const value = this.get(name);
    if (!Number.isSafeInteger(value) || (value as number) < 0) throw this.wrong(name, 'a whole number');
    return value as number;
  }

  integerOrNull(name: string): number | null {
    return this.has(name) ? this.integer(name) : null;
  }

  list(name: string): Json[] {
    const value = this.get(name);
    if (!Array.isArray(value)) throw this.wrong(name, 'a list');
    return value;
  }

  strings(name: string): string[] {
    const list = this.list(name);
    if (!list.every((item) => typeof item === 'string')) throw this.wrong(name, 'a list of strings');
    return list;
  }

  object(name: string): Fields {
    return new Fields(this.get(name), `${name} of ${this.what}`);
  }

  objects(name: string): Fields[] {
    return this.list(name).map((item, index) => new Fields(item, `${name}[${index}] of ${this.what}`));
  }

  /** Bytes in base64 of the standard alphabet, padded. */
  bytes(name: string): Buffer {
    return decodeBase64(this.string(name)) ?? fail(this.wrong(name, 'base64'));
  }

  hash(name: string): Buffer {
    const bytes = this.bytes(name);
    if (bytes.length !== 32) throw this.wrong(name, 'a hash of 32 bytes in base64');
    return bytes;
  }

  hashes(name: string): Buffer[] {
    return this.strings(name).map((text) => {
      const bytes = decodeBase64(text);
      return bytes?.length === 32 ? bytes : fail(this.wrong(name, 'a list of hashes of 32 bytes in base64'));
    });
  }

  /** An instant as RFC 3339 writes it, in milliseconds. */
  time(name: string): number {
    const text = this.string(name);
    const time = Date.parse(text);
    if (Number.isNaN(time) || !/^\d{4}-\d\d-\d\dT/.test(text)) throw this.wrong(name, 'a time');
    return time;
  }

  private wrong(name: string, expected: string) {
    return malformed(`${name} of ${this.what} is not ${expected}`);
  }
}

/** The bytes, or null where the text is not just their one encoding (RFC 4648 §4). */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** The same for base64url without padding (§5). */
export function decodeBase64Url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

function fail(error: Error): never {
  throw error;
}
