import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BUFFERED = 1_048_576;

/** A file of a program's own, which is gone when the program is, however it ends. */
export class ScratchFile {
  private readonly file: number;
  private readonly buffer = Buffer.allocUnsafe(BUFFERED);
  private buffered = 0;
  private written = 0;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'ccx-replay-'));
    this.file = openSync(join(folder, 'scratch'), 'wx+', 0o600);
    // It can be used as long as it is open, and takes no room afterwards.
    rmSync(folder, { recursive: true });
  }

  /** In bytes. */
  get length(): number {
    return this.written + this.buffered;
  }

  append(bytes: Uint8Array): void {
    if (this.buffered + bytes.length > BUFFERED) this.flush();
    if (bytes.length > BUFFERED) this.write(bytes);
    else {
      this.buffer.set(bytes, this.buffered);
      this.buffered += bytes.length;
    }
  }

  /** The bytes from `begin` on, before `end`, which must be there. */
  read(begin: number, end: number): Buffer {
    this.flush();
    const bytes = Buffer.allocUnsafe(end - begin);
    for (let read = 0; read < bytes.length;) {
      read += readSync(this.file, bytes, read, bytes.length - read, begin + read);
    }
    return bytes;
  }

  close(): void {
    closeSync(this.file);
  }

  private flush(): void {
    if (this.buffered > 0) this.write(this.buffer.subarray(0, this.buffered));
    this.buffered = 0;
  }

  private write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.file, bytes, done, bytes.length - done, this.written + done);
    }
    this.written += bytes.length;
  }
}
