import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Database, type Tx } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Commitments } from './commitments.js';
import { integrate, soundEdge } from './integration.js';
import { LastSigned } from './last-signed.js';
import { LogAlarms, LogFaultError } from './log-alarms.js';
import { lockLogState, type LogState, raiseLogState, readLogState } from './log-tiles.queries.js';
import {
  addLoggedCommitments,
  addPendingCommitments,
  findPending,
  groupsWaiting,
  loggedFrom,
  movePending,
  type PendingEntry,
  sealedLogged,
  sealedPending,
} from './sequencer.queries.js';

const INTERVAL_MS = 250;
const BATCH = 1_000;

/**
 * Gives pending entries their index in the log and their place in the tree, both in one transaction. It *moves* rows: a
 * cursor over "what is newer than the last" would skip the transactions that commit late. Two fences keep the numbering
 * gap-free even if two ran at once: the state row is locked (whoever finds it locked leaves), and it is only raised from
 * what was read.
 */
@Injectable()
export class Sequencer implements OnModuleInit {
  /** Whether this process has found the stored tree to be in order, and nothing wrong since. */
  private sound = false;

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly commitments: Commitments,
    private readonly lastSigned: LastSigned,
    private readonly alarms: LogAlarms,
  ) {}

  onModuleInit(): void {
    this.jobs.every('audit-sequencer', INTERVAL_MS, () => this.drain(), { lost: () => this.forget() });
  }

  /** Numbers all that is pending now, and takes in what was numbered before there was a tree. */
  async drain(): Promise<void> {
    try {
      if (!this.sound && !(await this.check())) return;
      while ((await this.isBehind()) && (await this.database.transaction((tx) => this.takeIn(tx))));
      let groups = await groupsWaiting(this.database.reader);
      while (groups.length > 0) groups = await this.database.transaction((tx) => this.moveBatch(tx, groups));
      this.sound = true;
      this.alarms.clear('log-broken');
    } catch (error) {
      if (!(error instanceof LogFaultError)) throw error;
      this.sound = false;
      this.alarms.raise(error.code, error.message);
    }
  }

  /** Another process numbers now, and finds what is wrong. */
  private forget(): void {
    this.sound = false;
    this.alarms.clear('log-broken');
  }

  /** Looks whether the tree is in order; answers false while somebody else is at work on it. */
  private check(): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const state = await lockLogState(tx);
      if (state) await soundEdge(tx, state);
      return state !== undefined;
    });
  }

  private async isBehind(): Promise<boolean> {
    const { size, integrated } = await readLogState(this.database.reader);
    return integrated < size;
  }

  /** Numbers entries of these groups, and answers the groups that have more, so that a backlog keeps no other waiting. */
  private async moveBatch(tx: Tx, groups: readonly number[]): Promise<number[]> {
    const state = await lockLogState(tx);
    if (!state || state.integrated < state.size || (await this.lastSigned.isAheadOf(state))) return [];

    const pending: PendingEntry[] = [];
    let taken = 0;
    for (const group of groups) {
      const entries = await findPending(tx, group, BATCH - pending.length);
      pending.push(...entries);
      if (pending.length === BATCH) break;
      taken++;
    }
    if (pending.length > 0) {
      pending.sort((a, b) => (a.id < b.id ? -1 : 1));
      const { entries, found } = await this.commitments.complete(tx, pending, () => sealedPending(tx, pending));
      const lacking = pending.filter(({ id }) => found.has(id));
      if (lacking.length > 0) await addPendingCommitments(tx, lacking, inOrder(lacking, found));
      const tree = await integrate(tx, state, entries);
      await movePending(tx, pending, state.size);
      await raiseLogState(tx, state, { size: state.size + pending.length, ...tree });
    }
    // The one that was cut short comes last in the next round.
    const [cut, ...waiting] = groups.slice(taken);
    return cut === undefined ? [] : [...waiting, cut];
  }

  /** Takes entries into the tree that were numbered before there was one. Answers false where there are none. */
  private async takeIn(tx: Tx): Promise<boolean> {
    const state = await lockLogState(tx);
    if (!state || state.integrated === state.size) return false;

    const from = state.integrated;
    const rows = await loggedFrom(tx, from, Math.min(BATCH, state.size - from));
    demandGapFree(rows, state);
    const { entries, found } = await this.commitments.complete(tx, rows, () =>
      sealedLogged(tx, from, from + rows.length),
    );
    const lacking = rows.filter(({ id }) => found.has(id));
    if (lacking.length > 0) {
      const indexes = lacking.map(({ idx }) => Number(idx));
      await addLoggedCommitments(tx, indexes, inOrder(lacking, found));
    }
    await raiseLogState(tx, state, { size: state.size, ...(await integrate(tx, state, entries)) });
    return true;
  }
}

function inOrder(entries: readonly { id: string }[], found: ReadonlyMap<string, Buffer>): Buffer[] {
  return entries.map(({ id }) => found.get(id) as Buffer);
}

function demandGapFree(rows: readonly { idx: string }[], { integrated, size }: LogState): void {
  const missing = rows.findIndex(({ idx }, place) => Number(idx) !== integrated + place);
  const expected = Math.min(BATCH, size - integrated);
  if (missing === -1 && rows.length === expected) return;
  const index = integrated + (missing === -1 ? rows.length : missing);
  throw new LogFaultError('log-broken', `Entry ${index} of ${size} is missing. Nothing more is numbered.`);
}
