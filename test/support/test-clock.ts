import { Clock } from '../../src/platform/clock.js';

const unitMs = { ms: 1, seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;

/** A clock that goes as the real one does, from wherever a test puts it. */
export class TestClock extends Clock {
  private aheadMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  /** `clock.advance({ days: 2, hours: 1 })` */
  advance(by: Partial<Record<keyof typeof unitMs, number>>): void {
    for (const [unit, count] of Object.entries(by)) this.aheadMs += unitMs[unit as keyof typeof unitMs] * count;
  }

  set(to: Date): void {
    this.aheadMs = to.getTime() - Date.now();
  }
}
