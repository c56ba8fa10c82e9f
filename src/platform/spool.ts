import { createHash } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PIECE_BYTES = 65_536;

/**
 * What is written once and then read once, be it larger than memory. It has no name that anybody else could open it by,
 * and is gone when it is closed or the process ends, however it does.
 */
export class Spool {
  private readonly hash = createHash('sha256');
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

  async write(content: string | Buffer): Promise<void> {
    const bytes = Buffer.from(content);
    this.hash.update(bytes);
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    if (this.waitingBytes >= PIECE_BYTES) await this.flush();
  }

  /** Ends the writing, and tells what was written. */
  async finish(): Promise<{ size: number; sha256: Buffer }> {
    await this.flush();
    return { size: this.written, sha256: this.hash.digest() };
  }

  async *content(): AsyncGenerator<Buffer> {
    for (let position = 0; position < this.written;) {
      const { bytesRead, buffer } = await this.file.read(Buffer.allocUnsafe(PIECE_BYTES), 0, PIECE_BYTES, position);
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
