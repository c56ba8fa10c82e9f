import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { pack, type Pack } from 'tar-stream';

import { canonicalJson, type JsonValue } from '../platform/json.js';
import { Spool } from '../platform/spool.js';

/** One file of a bundle, and where it is in what is spooled. */
interface BundledFile {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  readonly sha256: string;
}

/**
 * The files of a bundle while it is made. A tar says of each file how long it is before it comes, so that each is
 * written beside memory first, and nothing leaves before all of it is there: a failure is still an answer. They share one
 * spool, since a bundle may have more notices than a process may have open files.
 */
export class BundleArchive {
  private readonly files: BundledFile[] = [];
  private spool?: Spool;

  constructor(
    private readonly folder: string,
    readonly madeAt: Date,
  ) {}

  /** What there is so far, as the manifest lists it. */
  get listed(): { name: string; sha256: string; size: number }[] {
    return this.files.map(({ name, sha256, size }) => ({ name, sha256, size }));
  }

  text(name: string, content: string): Promise<void> {
    return this.add(name, (write) => write(content));
  }

  json(name: string, value: object): Promise<void> {
    return this.text(name, `${JSON.stringify(value, null, 2)}\n`);
  }

  /** One line of canonical JSON for each value. */
  lines(name: string, values: Iterable<JsonValue> | AsyncIterable<JsonValue>): Promise<void> {
    return this.add(name, async (write) => {
      for await (const value of values) await write(`${canonicalJson(value)}\n`);
    });
  }

  /** The whole of it, no faster than it is taken. Whoever stops reading ends it, and the spooled files with it. */
  stream(): Readable {
    const tar = pack();
    const gzip = createGzip();
    void pipeline(tar, gzip).catch((error: Error) => gzip.destroy(error));
    void this.pack(tar);
    return gzip;
  }

  /** Lets go of what was written. */
  async discard(): Promise<void> {
    const { spool } = this;
    this.files.length = 0;
    this.spool = undefined;
    await spool?.close();
  }

  private async add(name: string, write: (sink: (text: string) => Promise<void>) => Promise<void>): Promise<void> {
    const spool = (this.spool ??= await Spool.open());
    const start = spool.size;
    const hash = createHash('sha256');
    await write((text) => {
      hash.update(text);
      return spool.write(text);
    });
    this.files.push({ name, start, size: spool.size - start, sha256: hash.digest('hex') });
  }

  private async pack(tar: Pack): Promise<void> {
    try {
      await this.spool?.finish();
      for (const { name, start, size } of this.files) {
        const header = { name: `${this.folder}/${name}`, size, mtime: this.madeAt, mode: 0o644 };
        await pipeline(this.spool?.content(start, start + size) ?? [], tar.entry(header));
      }
      tar.finalize();
    } catch (error) {
      tar.destroy(error as Error);
    } finally {
      await this.discard();
    }
  }
}
