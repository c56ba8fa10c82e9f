import { createReadStream } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import { malformed, quoted, unreadable } from './fault.js';
import { decodeUtf8, type Json, parseJson } from './json.js';
import { recordsOf } from './lines.js';
import { readRegularFile } from './source.js';
import { isHarmless, LARGEST_ARCHIVE, unpack } from './tar.js';

/** A file that is read whole has at most this size; those with one record per line may have any. */
const LONGEST_WHOLE = 16 * 1024 * 1024;
const MOST_FILES = 20_000;

/** The files of a bundle by their names in it, from an archive or the folder that it makes. */
export class BundleFiles {
  private constructor(private readonly files: ReadonlyMap<string, () => AsyncIterable<Buffer>>) {}

  get names(): readonly string[] {
    return [...this.files.keys()];
  }

  /** @throws Fault */
  static async fromArchive(path: string): Promise<BundleFiles> {
    const archive = await readRegularFile(path, LARGEST_ARCHIVE);
    if (!archive) throw unreadable(`there is no ${quoted(path)}`);
    if (archive.length < 2) throw malformed('the archive is empty');
    const unpacked = [...(await unpack(archive))];
    const [folder] = new Set(unpacked.map(([name]) => name.split('/', 1)[0] as string));
    const files = unpacked.map(([name, content]) => {
      if (!name.startsWith(`${folder}/`)) throw malformed('the archive has more than the one folder of a bundle');
      return [name.slice((folder?.length ?? 0) + 1), () => once(content)] as const;
    });
    return new BundleFiles(new Map(files));
  }

  /** @throws Fault */
  static async fromFolder(folder: string): Promise<BundleFiles> {
    const files = new Map<string, () => AsyncIterable<Buffer>>();
    for await (const entry of await opendir(folder, { recursive: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isDirectory()) continue;
      // What a link leads to may be another file tomorrow, and no part of the bundle.
      if (!entry.isFile()) throw malformed(`${quoted(path)} is no plain file`);
      if (files.size === MOST_FILES) throw malformed(`the folder has more than ${MOST_FILES} files`);
      const name = relative(folder, path).split(sep).join('/');
      if (!isHarmless(name)) throw malformed(`${quoted(name)} is no name of a file in a bundle`);
      files.set(name, () => createReadStream(path));
    }
    return new BundleFiles(files);
  }

  has(name: string): boolean {
    return this.files.has(name);
  }

  /** @throws Fault when there is no such file */
  chunks(name: string): AsyncIterable<Buffer> {
    const file = this.files.get(name);
    if (!file) throw malformed(`the bundle has no ${name}`);
    return readably(file(), name);
  }

  /** @throws Fault */
  async text(name: string): Promise<string> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of this.chunks(name)) {
      length += chunk.length;
      if (length > LONGEST_WHOLE) throw malformed(`${name} is longer than ${LONGEST_WHOLE} bytes`);
      chunks.push(chunk);
    }
    return decodeUtf8(Buffer.concat(chunks), name);
  }

  /** @throws Fault */
  async json(name: string): Promise<Json> {
    return parseJson(await this.text(name), name);
  }

  records(name: string): AsyncGenerator<Json> {
    return recordsOf(this.chunks(name), name);
  }
}

async function* once(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}

async function* readably(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code ? unreadable(`${quoted(name)} cannot be read (${code})`) : error;
  }
}
