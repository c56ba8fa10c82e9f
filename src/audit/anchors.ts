import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Tracing } from '../platform/tracing/tracing.js';
import { anchorFile, type AnchorTarget, anchorUrl } from './anchor-targets.js';
import { anchoredUntil, rememberAnchored } from './anchors.queries.js';
import { checkpointsAfter } from './checkpoints.queries.js';
import { LogAlarms } from './log-alarms.js';

const INTERVAL_MS = 1_000;
/** At one go, so that an anchor that is far behind keeps no other one waiting for long. */
const MOST_AT_ONE_GO = 500;
const LONGEST_PAUSE_MS = 300_000;
/** What is over within a minute calls nobody out. */
const PATIENCE_MS = 60_000;

interface Failing {
  readonly since: Date;
  readonly times: number;
  readonly notBefore: Date;
  readonly reason: string;
}

/**
 * Hands each published checkpoint to places out of the operator's reach, in order. It looks at what has been published
 * and at how far each place has got: what fails is tried again, by whichever process does so, and holds nobody up.
 */
@Injectable()
export class Anchors implements OnModuleInit {
  private readonly logger = new Logger(Anchors.name);
  private readonly targets: readonly AnchorTarget[];
  private readonly failing = new Map<string, Failing>();

  constructor(
    { LOG_ANCHOR_FILE, LOG_ANCHOR_URL }: Config,
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly alarms: LogAlarms,
    tracing: Tracing = new Tracing(),
  ) {
    this.targets = [
      ...(LOG_ANCHOR_FILE === undefined ? [] : [anchorFile(LOG_ANCHOR_FILE)]),
      ...(LOG_ANCHOR_URL === undefined ? [] : [anchorUrl(LOG_ANCHOR_URL, tracing)]),
    ];
  }

  onModuleInit(): void {
    if (this.targets.length > 0)
      this.jobs.every('log-anchors', INTERVAL_MS, () => this.anchor(), { lost: () => this.forget() });
  }

  /** Another process anchors now, and finds what is wrong. */
  private forget(): void {
    this.failing.clear();
    this.alarms.clear('log-anchor-unreachable');
  }

  /** Gives every anchor what it lacks, as far as it takes it now. */
  async anchor(): Promise<void> {
    const now = this.clock.now();
    const due = this.targets.filter(({ name }) => !((this.failing.get(name)?.notBefore ?? now) > now));
    await Promise.all(due.map((target) => this.bringUpToDate(target)));
    this.tell(now);
  }

  private async bringUpToDate(target: AnchorTarget): Promise<void> {
    const { reader } = this.database;
    let until = await anchoredUntil(reader, target.name);
    for (let given = 0; given < MOST_AT_ONE_GO;) {
      const next = await checkpointsAfter(reader, until, target.atOnce);
      const last = next.at(-1);
      if (!last) break;
      try {
        await target.keep(next);
      } catch (error) {
        this.fail(target, error as Error);
        return;
      }
      await rememberAnchored(reader, target.name, last);
      until = last;
      given += next.length;
    }
    this.failing.delete(target.name);
  }

  private fail({ name }: AnchorTarget, { message: reason }: Error): void {
    const now = this.clock.now();
    const { since = now, times = 0 } = this.failing.get(name) ?? {};
    if (times === 0) this.logger.warn(`The anchor ${name} takes no checkpoint (${reason}); it is tried again.`);
    const pauseMs = Math.min(INTERVAL_MS * 2 ** times, LONGEST_PAUSE_MS);
    this.failing.set(name, { since, times: times + 1, notBefore: new Date(now.getTime() + pauseMs), reason });
  }

  private tell(now: Date): void {
    const lasting = [...this.failing].filter(([, { since }]) => now.getTime() - since.getTime() >= PATIENCE_MS);
    if (lasting.length === 0) return this.alarms.clear('log-anchor-unreachable');
    const told = lasting.map(([name, { reason }]) => `${name}: ${reason}`).join('; ');
    this.alarms.raise('log-anchor-unreachable', `Checkpoints do not reach an anchor (${told}).`);
  }
}
