import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { Injectable } from '@nestjs/common';

import { Config } from '../platform/config/config.js';
import { Random } from '../platform/random.js';
import type { LogState } from './log-tiles.queries.js';
import { parseCheckpoint, parseNote } from './note.js';

/**
 * The last checkpoint that was signed, in a file outside the database: it is written before anybody can have seen the
 * checkpoint, so that no database that is put back to an earlier state makes us sign another history.
 */
@Injectable()
export class LastSigned {
  readonly path: string;

  constructor(
    { LOG_STATE_FILE, DATA_FOLDER }: Config,
    private readonly random: Random,
  ) {
    this.path = LOG_STATE_FILE ?? join(DATA_FOLDER, 'log', 'last-signed');
  }

  /** The note, or null when nothing has ever been signed here. */
  async read(): Promise<string | null> {
    try {
      return await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Whether more has been signed than there is: entries are lost, and their numbers must not be given again. */
  async isAheadOf({ integrated }: LogState): Promise<boolean> {
    const note = parseNote((await this.read()) ?? '');
    return ((note && parseCheckpoint(note)?.size) ?? 0) > integrated;
  }

  /** Returns once the note would be there after a loss of power. */
  async write(note: string): Promise<void> {
    const folder = dirname(this.path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const draft = `${this.path}.${this.random.id()}`;
    await synced(draft, 'wx', (file) => file.writeFile(note));
    await rename(draft, this.path);
    await synced(folder, 'r');
  }

  /** Puts the note aside, so that signing begins anew without it. Answers where it is kept. */
  async putAside(at: Date): Promise<string> {
    const kept = `${this.path}.abandoned-${at.toISOString().replaceAll(':', '')}`;
    await rename(this.path, kept);
    await synced(dirname(this.path), 'r');
    return kept;
  }
}

type Handle = Awaited<ReturnType<typeof open>>;

async function synced(path: string, flags: string, work?: (file: Handle) => Promise<void>): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await work?.(file);
    await file.sync();
  } finally {
    await file.close();
  }
}
