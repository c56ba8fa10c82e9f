import { setTimeout as pause } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { rewindAnchors } from './anchors.queries.js';
import { type Actor, AuditService } from './audit.service.js';
import { abandonCheckpoints, lastCheckpoint } from './checkpoints.queries.js';
import { Continuity } from './continuity.js';
import { soundEdge } from './integration.js';
import { LastSigned } from './last-signed.js';
import { LogAlarms, LogFaultError } from './log-alarms.js';
import { LogKeys } from './log-keys.js';
import { introducedKeys, introduceKey } from './log-keys.queries.js';
import { forgetTree, type LogState, readLogState, waitForLogState } from './log-tiles.queries.js';
import { Sequencer } from './sequencer.js';

const LOOK_EVERY_MS = 50;

export interface DeclaredLoss {
  /** How many entries the log goes on with. */
  readonly size: number;
  /** How many published checkpoints are taken back. */
  readonly abandoned: number;
  /** Where the note is kept that was remembered outside the database; null when none was. */
  readonly kept: string | null;
}

export interface IntroducedByUs {
  /** What verifies it. */
  readonly key: string;
  /** From which size of the log on. */
  readonly size: number;
}

/** What an operator does about a log that has found itself to be broken. Nothing of it happens by itself. */
@Injectable()
export class LogRecovery {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AuditService,
    private readonly keys: LogKeys,
    private readonly continuity: Continuity,
    private readonly lastSigned: LastSigned,
    private readonly sequencer: Sequencer,
    private readonly alarms: LogAlarms,
  ) {}

  /** What is wrong with the log, or null: its tree is in order and continues all that has been signed. */
  fault(): Promise<string | null> {
    return this.database.transaction(async (tx) => {
      const state = await waitForLogState(tx);
      if (state.integrated < state.size) return 'The log has entries that are not in its tree yet.';
      return (await faultIn(() => soundEdge(tx, state))) ?? (await faultIn(() => this.continuity.demand(tx)));
    });
  }

  /** Makes the tree anew from the entries, which loses nothing and changes no root unless an entry was changed. */
  async rebuild(by: Actor): Promise<void> {
    await this.database.transaction(async (tx) => {
      await waitForLogState(tx);
      await forgetTree(tx);
      await this.audit.append(tx, { type: 'log.rebuilt', at: this.clock.now(), actor: by });
    });
    for (;;) {
      await this.sequencer.drain();
      const { size, integrated } = await readLogState(this.database.reader);
      const broken = this.alarms.active().find(({ code }) => code === 'log-broken');
      if (broken) throw new LogFaultError('log-broken', broken.detail);
      if (integrated === size) return;
      await pause(LOOK_EVERY_MS); // a service beside us takes them in
    }
  }

  /**
   * Declares what is lost to be lost: the log goes on from the entries that there are, and says so in an entry. Whoever
   * has a checkpoint that is taken back can prove that the log has forked here, and will be told why by this entry.
   */
  async declareLoss(by: Actor): Promise<DeclaredLoss> {
    const now = this.clock.now();
    const note = await this.lastSigned.read();
    const { size, abandoned } = await this.database.transaction(async (tx) => {
      const state = await waitForLogState(tx);
      const taken = await this.abandonDiscontinued(tx, state, now);
      await this.audit.append(tx, {
        type: 'log.recovered',
        at: now,
        actor: by,
        data: { size: state.size, abandoned: taken, last_signed: note },
      });
      return { size: state.size, abandoned: taken };
    });
    // Only now: until the loss is on record, nothing is signed.
    return { size, abandoned, kept: note === null ? null : await this.lastSigned.putAside(now) };
  }

  /** Why nothing can be signed with the key that is set, or null. */
  async keyFault(): Promise<string | null> {
    const introduced = await introducedKeys(this.database.reader);
    return faultIn(async () => this.keys.signersFor(introduced));
  }

  /**
   * Lets the key that is set sign from now on, although the one before it cannot introduce it any more: it is lost.
   * Nobody can verify that but by taking our word for it.
   *
   * @throws LogFaultError when it has retired
   */
  async introduceKey(by: Actor): Promise<IntroducedByUs> {
    const now = this.clock.now();
    const { current } = this.keys;
    return this.database.transaction(async (tx) => {
      const { size } = await waitForLogState(tx);
      if ((await introducedKeys(tx)).some(({ keyId }) => keyId === current.id)) {
        throw new LogFaultError('log-key-refused', `The key ${current.id} has signed before. Make another one.`);
      }
      await introduceKey(tx, { key: current, fromSize: size, handover: null }, now);
      await this.audit.append(tx, {
        type: 'log.key-introduced',
        at: now,
        actor: by,
        data: { key: current.vkey, size },
      });
      return { key: current.vkey, size };
    });
  }

  private async abandonDiscontinued(tx: Tx, state: LogState, now: Date): Promise<number> {
    const introduced = await introducedKeys(tx);
    let abandoned = await abandonCheckpoints(tx, { above: state.integrated }, now);
    for (;;) {
      const last = await lastCheckpoint(tx);
      if (!last || !(await faultIn(() => this.continuity.demandPublished(tx, state, last, introduced)))) break;
      abandoned += await abandonCheckpoints(tx, { above: last.size - 1 }, now);
    }
    await rewindAnchors(tx, state.integrated);
    return abandoned;
  }
}

async function faultIn(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof LogFaultError) return error.message;
    throw error;
  }
}
