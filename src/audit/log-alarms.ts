import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { Readiness } from '../platform/http/readiness.js';

/** What can be wrong with the log, and whether a service that finds it should be sent no more requests. */
const blocking = {
  /** The stored tree is not the one that the state says, or an entry not what its leaf commits to. */
  'log-broken': true,
  /** The tree does not continue what has been signed before. */
  'log-signing-refused': true,
  /** Nobody introduced the key to sign with. */
  'log-key-refused': true,
  /** Too few witnesses cosign for a checkpoint to be published. */
  'log-witnesses-missing': false,
  /** A witness has seen a log that ours does not continue: there may be two of them. */
  'log-witness-refuses': false,
  /** Checkpoints do not reach an anchor. */
  'log-anchor-unreachable': false,
} as const;

export type LogAlarmCode = keyof typeof blocking;

export const logAlarmCodes = Object.keys(blocking) as LogAlarmCode[];

const TOLD_AGAIN_AFTER_MS = 60_000;

export interface LogAlarm {
  readonly code: LogAlarmCode;
  readonly detail: string;
  readonly since: Date;
}

/** Something is wrong with the log that nobody but its operator can put right. */
export class LogFaultError extends Error {
  override readonly name = 'LogFaultError';

  constructor(
    readonly code: LogAlarmCode,
    detail: string,
  ) {
    super(detail);
  }
}

/** What this process has found to be wrong with the log. It says so in its log once, and for as long as it lasts here. */
@Injectable()
export class LogAlarms implements OnModuleInit {
  private readonly logger = new Logger(LogAlarms.name);
  private readonly alarms = new Map<LogAlarmCode, LogAlarm>();
  private readonly toldAt = new Map<LogAlarmCode, number>();

  constructor(
    private readonly clock: Clock,
    private readonly readiness: Readiness,
  ) {}

  onModuleInit(): void {
    this.readiness.watch(() => this.active().find(({ code }) => blocking[code])?.detail);
  }

  raise(code: LogAlarmCode, detail: string): void {
    const now = this.clock.now();
    const known = this.alarms.get(code);
    this.alarms.set(code, { code, detail, since: known?.since ?? now });
    // What is wrong may be told in other numbers each second.
    if (known && (known.detail === detail || now.getTime() - (this.toldAt.get(code) ?? 0) < TOLD_AGAIN_AFTER_MS))
      return;
    this.toldAt.set(code, now.getTime());
    this.logger.error(`${code}: ${detail}`);
  }

  clear(code: LogAlarmCode): void {
    if (this.alarms.delete(code)) this.logger.log(`${code}: over.`);
  }

  /** What is wrong at this moment. */
  active(): LogAlarm[] {
    return [...this.alarms.values()];
  }
}
