import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PIECE_BYTES = 65_536;

/**
 * What is written once and then read once, be it larger than memory. It has no name that anybody else could open it by,
 * and is gone when it is closed or the process ends, however it does.
 */
export class Spool {
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private written = 0;

  private constructor(private readonly file: FileHandle) {}

  static async open(): Promise<Spool> {
    const folder = await mkdtemp(join(tmpdir(), 'ccx-spool-'));
    try {
      return new Spool(await open(join(folder, 'spool'), 'wx+', 0o600));
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  /** How much was written so far. */
  get size(): number {
    return this.written + this.waitingBytes;
  }

  async write(content: string | Buffer): Promise<void> {
    const bytes = Buffer.from(content);
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    if (this.waitingBytes >= PIECE_BYTES) await this.flush();
  }

  /** Ends the writing. */
  finish(): Promise<void> {
    return this.flush();
  }

  /** A part of what was written; all of it unless said. */
  async *content(start = 0, end = this.written): AsyncGenerator<Buffer> {
    for (let position = start; position < end;) {
      const { bytesRead, buffer } = await this.file.read(
        Buffer.allocUnsafe(PIECE_BYTES),
        0,
        Math.min(PIECE_BYTES, end - position),
        position,
      );
      if (bytesRead === 0) throw new Error('What was spooled is no longer there.');
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async flush(): Promise<void> {
    const bytes = Buffer.concat(this.waiting, this.waitingBytes);
    this.waiting = [];
    this.waitingBytes = 0;
    await this.file.appendFile(bytes);
    this.written += bytes.length;
  }
}
