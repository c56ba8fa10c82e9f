import { Injectable } from '@nestjs/common';

import type { VerifierKey } from '../platform/crypto/verifier-key.js';
import type { Reader } from '../platform/database/database.js';
import type { Checkpoint, PublishedCheckpoint } from './checkpoint.js';
import { isPublished, lastCheckpoint } from './checkpoints.queries.js';
import { LastSigned } from './last-signed.js';
import { LogFaultError } from './log-alarms.js';
import { LogKeys } from './log-keys.js';
import { type IntroducedKey, introducedKeys } from './log-keys.queries.js';
import { type LogState, readLogState, storedHashes } from './log-tiles.queries.js';
import { isSignedBy, type Note, parseCheckpoint, parseNote } from './note.js';
import { TileMissingError } from './tiles.js';
import { consistencyProof, verifyConsistency } from './tree.js';

/** A checkpoint with our signature under it. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: string;
}

/** What has been signed so far, and the tree that continues all of it. */
export interface Signed {
  readonly state: LogState;
  readonly introduced: readonly IntroducedKey[];
  /** The last one that was published. */
  readonly last: PublishedCheckpoint | null;
  /** The one that was signed and not published, because whoever did so died. */
  readonly unpublished: SignedCheckpoint | null;
  /** Whether anything is remembered outside the database. */
  readonly remembers: boolean;
}

/** Sees to it that the log only ever grows: what was signed once has to be the beginning of what there is now. */
@Injectable()
export class Continuity {
  constructor(
    private readonly keys: LogKeys,
    private readonly lastSigned: LastSigned,
  ) {}

  /** @throws LogFaultError when the tree does not begin with what was published or what is remembered */
  async demand(reader: Reader): Promise<Signed> {
    // In this order, so that neither keys nor tree are behind what somebody else signs at this moment.
    const note = await this.lastSigned.read();
    const last = await lastCheckpoint(reader);
    const introduced = await introducedKeys(reader);
    const state = await readLogState(reader);
    if (last) await this.demandPublished(reader, state, last, introduced);
    if (note === null) return { state, introduced, last, unpublished: null, remembers: false };

    // Everybody may read why the service is not ready, and nobody where its files are.
    const whence = 'LOG_STATE_FILE';
    const remembered = this.read(note, this.keys.verifiers(introduced), whence);
    await this.demandContinued(reader, state, remembered, whence);
    const isPast =
      remembered.size < (last?.size ?? 0) ||
      (await isPublished(reader, remembered.size, note)) ||
      !isSignedBy(parseNote(note) as Note, this.keys.active(introduced));
    return { state, introduced, last, unpublished: isPast ? null : { ...remembered, note }, remembers: true };
  }

  /** @throws LogFaultError when the tree does not begin with this one */
  async demandPublished(
    reader: Reader,
    state: LogState,
    { note }: PublishedCheckpoint,
    introduced: readonly IntroducedKey[],
  ): Promise<void> {
    const whence = 'the database';
    const published = this.read(note, this.keys.verifiers(introduced), whence);
    await this.demandContinued(reader, state, published, whence);
  }

  private read(note: string, keys: readonly VerifierKey[], whence: string): Checkpoint {
    const parsed = parseNote(note);
    const checkpoint = parsed && parseCheckpoint(parsed);
    if (!checkpoint || checkpoint.origin !== this.keys.origin || !keys.some((key) => isSignedBy(parsed, key))) {
      throw refusal(`What ${whence} has is not a checkpoint that this log has signed.`);
    }
    return checkpoint;
  }

  private async demandContinued(reader: Reader, state: LogState, earlier: Checkpoint, whence: string): Promise<void> {
    const size = state.integrated;
    if (earlier.size > size) {
      throw refusal(`The log has ${size} entries, but ${whence} has a checkpoint of ${earlier.size}: some are lost.`);
    }
    const proof = await proofOf(reader, earlier.size, size);
    if (verifyConsistency(earlier, { size, root: state.root }, proof)) return;
    throw refusal(
      `The log of ${size} entries does not begin with the ${earlier.size} that ${whence} has a checkpoint of.`,
    );
  }
}

async function proofOf(reader: Reader, from: number, to: number): Promise<Buffer[]> {
  try {
    return await consistencyProof(from, to, storedHashes(reader));
  } catch (error) {
    if (error instanceof TileMissingError) throw refusal(error.message);
    throw error;
  }
}

function refusal(what: string): LogFaultError {
  return new LogFaultError('log-signing-refused', `${what} Nothing is signed any more: see \`ccx log recover\`.`);
}
