import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { Injectable } from '@nestjs/common';

import { Config } from '../platform/config/config.js';
import type { DisclosureSegment } from './disclosure-segment.entity.js';

type Named = Pick<DisclosureSegment, 'day' | 'id'>;

/** A file as it was written to the disk. */
export interface WrittenFile {
  readonly sha256: Buffer;
  readonly bytes: number;
}

/** The folder of the segments, outside the database. */
@Injectable()
export class SegmentFiles {
  readonly folder: string;

  constructor({ SEGMENTS_FOLDER, DATA_FOLDER }: Config) {
    this.folder = resolve(SEGMENTS_FOLDER ?? join(DATA_FOLDER, 'segments'));
  }

  /** Writes a segment under another name until all of it is on the disk. */
  async write(segment: Named, lines: AsyncIterable<string>): Promise<WrittenFile> {
    await mkdir(this.folder, { recursive: true });
    const path = this.pathOf(segment);
    const file = await open(`${path}.part`, 'w', 0o644);
    await pipeline(lines, createGzip(), file.createWriteStream({ flush: true }));
    const written = await fingerprint(`${path}.part`);
    await rename(`${path}.part`, path);
    await this.flushFolder();
    return written;
  }

  /** Puts the signature beside it, so that the folder can be checked by itself. */
  async sign(segment: Named, signature: string): Promise<void> {
    const file = await open(`${this.pathOf(segment)}.jws`, 'w', 0o644);
    try {
      await file.writeFile(`${signature}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await this.flushFolder();
  }

  /** Whether the file is there and is the one that was written. */
  async isWhole(segment: DisclosureSegment): Promise<boolean> {
    const path = this.pathOf(segment);
    if (!(await exists(path))) return false;
    const { sha256, bytes } = await fingerprint(path);
    return sha256.equals(segment.sha256) && bytes === Number(segment.bytes);
  }

  /** Takes away what a process left that died before it had written all of a day's segment down. */
  async clear(day: string, kept: readonly Named[]): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    for (const name of names) {
      if (!name.startsWith(`disclosures-${day}.`) || kept.some(({ id }) => name.includes(id))) continue;
      await rm(join(this.folder, name), { force: true });
    }
  }

  /** Null when it is not there. */
  async content(segment: Named): Promise<Readable | null> {
    const path = this.pathOf(segment);
    return (await exists(path)) ? createReadStream(path) : null;
  }

  nameOf({ day, id }: Named): string {
    return `disclosures-${day}.${id}.ndjson.gz`;
  }

  private pathOf(segment: Named): string {
    return join(this.folder, this.nameOf(segment));
  }

  private async flushFolder(): Promise<void> {
    const folder = await open(this.folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function fingerprint(path: string): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest(), bytes };
}
