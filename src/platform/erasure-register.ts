import { Injectable, Logger } from '@nestjs/common';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { Config } from './config/config.js';
import { hmac } from './crypto/seal.js';
import { Pepper } from './crypto/pepper.js';
import type { CustomerKey } from './customer-key.js';
import { Random } from './random.js';

/** The first line, by which a database knows its register. In one that was begun without, it comes later. */
const HEADER = /^ccx-erasure-register ([A-Za-z0-9+/]{22}==)$/;
/** Any other line: the mark of one customer. */
const MARK = /^[A-Za-z0-9+/]{43}=$/;
const ID_BYTES = 16;
const LINE_FEED = 10;

/** The marks of all who have been erased. */
export interface ErasedMarks {
  /** The id of the register; null when there is none yet. */
  readonly register: string | null;
  readonly size: number;
  has(customer: CustomerKey): boolean;
}

/**
 * Who has been erased, in a file outside the database: a database that is restored from a backup knows people again who
 * were erased since, and nothing within it can tell. A line is an HMAC of the customer's id under a key made from the
 * pepper: whoever has the file alone learns nothing from it, not even whether somebody whose id they know is in it.
 */
@Injectable()
export class ErasureRegister {
  private readonly logger = new Logger(ErasureRegister.name);
  private readonly key: Buffer;
  readonly path: string;

  constructor(
    config: Config,
    pepper: Pepper,
    private readonly random: Random,
  ) {
    this.key = pepper.derive('erasure register');
    this.path = config.ERASURE_REGISTER_FILE ?? join(config.DATA_FOLDER, 'erasures', 'register');
  }

  /**
   * Notes that the customer is erased, so that it outlives a loss of power. Call it before the transaction that erases
   * them commits: one that is noted and was not erased after all is erased at the next start, and nobody is forgotten.
   * Noting somebody twice does no harm.
   */
  async add(customer: CustomerKey): Promise<void> {
    // One that is gone is not begun anew here: those whom it named would be forgotten.
    await this.append(this.markOf(customer), 0);
  }

  /** Begins the register, and answers its id: that of another process which has begun it at the same moment. */
  async begin(): Promise<string> {
    const folder = dirname(this.path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const id = this.random.bytes(ID_BYTES).toString('base64');
    await this.append(`ccx-erasure-register ${id}`, constants.O_CREAT);
    // The name of a new file is in its folder, which has to be written down, too.
    const handle = await open(folder, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    return (await this.marks()).register ?? id;
  }

  /** Everybody who is noted. A file that is not there yet notes nobody. */
  async marks(): Promise<ErasedMarks> {
    const marks = new Set<string>();
    let register: string | null = null;
    let unreadable = 0;
    for await (const line of this.lines()) {
      const id = HEADER.exec(line)?.[1];
      if (id !== undefined) register ??= id;
      else if (MARK.test(line)) marks.add(line);
      else if (line !== '') unreadable += 1;
    }
    // A crash can leave half a line, of somebody whose erasure it has undone; their next one has noted them again.
    if (unreadable > 0) this.logger.warn(`${unreadable} lines of the erasure register ${this.path} cannot be read.`);
    return { register, size: marks.size, has: (customer) => marks.has(this.markOf(customer)) };
  }

  private async append(line: string, flags: number): Promise<void> {
    const file = await open(this.path, constants.O_RDWR | constants.O_APPEND | flags, 0o600);
    try {
      const begin = (await endsWithinLine(file)) ? '\n' : '';
      await file.appendFile(`${begin}${line}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  private async *lines(): AsyncIterable<string> {
    let file: FileHandle;
    try {
      file = await open(this.path, constants.O_RDONLY);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    try {
      yield* file.readLines({ autoClose: false });
    } finally {
      await file.close();
    }
  }

  private markOf({ customerId }: CustomerKey): string {
    return hmac(this.key, customerId).toString('base64');
  }
}

/** Whether whoever wrote last did not come to the end of their line. */
async function endsWithinLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== LINE_FEED;
}
