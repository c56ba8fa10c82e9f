import { appendFile, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { type LogResource, resourcePath } from '../../audit/log-paths.js';
import { TILE_WIDTH } from '../../audit/tiles.js';

const NEWLINE = 0x0a;
/** Of two lines at least. */
const LONGEST_LINE = 1_048_576;

/** A copy of a log in a folder, with the same paths as the log has, so that any web server serves it. */
export class MirrorFolder {
  constructor(private readonly folder: string) {}

  /** What is at this path; null where there is nothing. */
  async read(path: string): Promise<Buffer | null> {
    return readFile(join(this.folder, path)).catch(ignoreAbsent);
  }

  /** Whoever reads sees what was there before or all of what is there now, also after the power has gone. */
  async write(path: string, content: Buffer | string): Promise<void> {
    const place = join(this.folder, path);
    await mkdir(dirname(place), { recursive: true });
    const draft = `${place}.${process.pid}`;
    const file = await open(draft, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, place);
  }

  /** The JSON in the last line of a file of lines, without reading all of it; what a crash has cut short is removed. */
  async lastLine(path: string): Promise<unknown> {
    const file = await open(join(this.folder, path), 'r+').catch(ignoreAbsent);
    if (!file) return undefined;
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - LONGEST_LINE);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
      const tail = buffer.subarray(0, bytesRead);
      const end = tail.lastIndexOf(NEWLINE);
      await file.truncate(start + end + 1);
      const line = tail.subarray(end > 0 ? tail.lastIndexOf(NEWLINE, end - 1) + 1 : 0, Math.max(end, 0)).toString();
      return line === '' ? undefined : (JSON.parse(line) as unknown);
    } finally {
      await file.close();
    }
  }

  async append(path: string, lines: string): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await appendFile(join(this.folder, path), lines, { flush: true });
  }

  /** Removes the partial ones that this one has outgrown. */
  async outgrow(resource: LogResource): Promise<void> {
    const partial = join(this.folder, `${resourcePath({ ...resource, width: TILE_WIDTH })}.p`);
    if (resource.width === TILE_WIDTH) return rm(partial, { recursive: true, force: true });
    for (const name of await readdir(partial)) {
      if (name !== String(resource.width)) await rm(join(partial, name));
    }
  }
}

function ignoreAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}
