import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import type { PublishedCheckpoint } from './checkpoint.js';
import { insertCheckpoint } from './checkpoints.queries.js';
import { Continuity, type SignedCheckpoint } from './continuity.js';
import { LastSigned } from './last-signed.js';
import { type LogAlarmCode, LogAlarms, LogFaultError } from './log-alarms.js';
import { LogKeys } from './log-keys.js';
import { type IntroducedKey, introduceKey } from './log-keys.queries.js';
import { type LogState, readLogState, storedHashes } from './log-tiles.queries.js';
import { checkpointText, type Note, parseNote, signNote, successorIn } from './note.js';
import { consistencyProof } from './tree.js';
import { Witnesses } from './witnesses.js';

const INTERVAL_MS = 1_000;
/** So that who looks can tell a log to which nothing happens from one that has died. */
const FRESH_FOR_MS = 3_600_000;
/** Witnesses may be away for a moment. */
const WITNESSES_MISSED_AFTER_MS = 60_000;

const ownAlarms: readonly LogAlarmCode[] = ['log-signing-refused', 'log-key-refused', 'log-witnesses-missing'];

/**
 * Signs what the log has grown to, and publishes it. What is signed is remembered outside the database first, and
 * published as it is even if this process dies in between; nothing is signed that does not continue it.
 */
@Injectable()
export class Publisher implements OnModuleInit {
  private readonly logger = new Logger(Publisher.name);
  private witnessesMissingSince?: number;

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly keys: LogKeys,
    private readonly continuity: Continuity,
    private readonly lastSigned: LastSigned,
    private readonly witnesses: Witnesses,
    private readonly alarms: LogAlarms,
  ) {}

  onModuleInit(): void {
    this.jobs.every('log-publisher', INTERVAL_MS, () => this.publish(), { lost: () => this.forget() });
  }

  /** Another process publishes now, and finds what is wrong. */
  private forget(): void {
    this.witnessesMissingSince = undefined;
    for (const code of [...ownAlarms, 'log-witness-refuses'] as const) this.alarms.clear(code);
  }

  /** Publishes a checkpoint where one is due: the tree has grown, or the last one is an hour old. */
  async publish(): Promise<void> {
    const { size, integrated } = await readLogState(this.database.reader);
    if (integrated < size) return; // a log of before is being taken in
    try {
      await this.publishDue();
      this.witnessesMissingSince = undefined;
      for (const code of ownAlarms) this.alarms.clear(code);
    } catch (error) {
      if (!(error instanceof LogFaultError)) throw error;
      if (error.code !== 'log-witnesses-missing' || this.isLasting()) this.alarms.raise(error.code, error.message);
    }
  }

  private async publishDue(): Promise<void> {
    const { state, introduced, last, unpublished, remembers } = await this.continuity.demand(this.database.reader);
    if (unpublished) return this.release(unpublished, introduced);
    if (last && !remembers && this.isDue(state, last)) {
      this.logger.warn('LOG_STATE_FILE is not there: what was signed before is known from the database alone.');
    }

    const { signers, successor } = this.keys.signersFor(introduced);
    if (!successor && !this.isDue(state, last)) return;
    const checkpoint = { origin: this.keys.origin, size: state.integrated, root: state.root };
    const note = signNote(checkpointText(checkpoint, successor), signers);
    await this.lastSigned.write(note);
    await this.release({ ...checkpoint, note }, introduced);
  }

  private isDue(state: LogState, last: PublishedCheckpoint | null): boolean {
    if (!last || last.size < state.integrated) return true;
    // Either way: a clock that was put back must not keep the log from looking alive.
    return Math.abs(this.clock.now().getTime() - last.signedAt.getTime()) >= FRESH_FOR_MS;
  }

  private async release(checkpoint: SignedCheckpoint, introduced: readonly IntroducedKey[]): Promise<void> {
    const { size } = checkpoint;
    const hashes = storedHashes(this.database.reader);
    const note = await this.witnesses.cosign(checkpoint.note, size, (earlier) =>
      consistencyProof(earlier, size, hashes),
    );
    const now = this.clock.now();
    const successor = successorIn(parseNote(note) as Note);
    await this.database.transaction(async (tx) => {
      await insertCheckpoint(tx, { ...checkpoint, note, signedAt: now });
      if (introduced.length === 0) await introduceKey(tx, { key: this.keys.current, fromSize: 0, handover: null }, now);
      if (successor) await introduceKey(tx, { key: successor, fromSize: size, handover: note }, now);
    });
  }

  private isLasting(): boolean {
    const now = this.clock.now().getTime();
    this.witnessesMissingSince ??= now;
    return now - this.witnessesMissingSince >= WITNESSES_MISSED_AFTER_MS;
  }
}
