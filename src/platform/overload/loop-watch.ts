import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';

const RESOLUTION_MS = 20;

/** Watches how late the process gets to what is due, and how much of the time it has something to do. */
export class LoopWatch {
  private readonly intervals = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private before: EventLoopUtilization = performance.eventLoopUtilization();
  private seen = { delayMs: 0, utilization: 0 };

  start(): void {
    this.intervals.enable();
  }

  stop(): void {
    this.intervals.disable();
  }

  /** Takes stock of the time since the last look. */
  look(): void {
    const now = performance.eventLoopUtilization();
    const { mean } = this.intervals; // of nanoseconds between two turns that are asked for every RESOLUTION_MS
    this.seen = {
      delayMs: Math.max(0, mean / 1e6 - RESOLUTION_MS) || 0,
      utilization: performance.eventLoopUtilization(now, this.before).utilization,
    };
    this.before = now;
    this.intervals.reset();
  }

  /** By how much the process was late at the last look, on average. */
  get delayMs(): number {
    return this.seen.delayMs;
  }

  /** Which part of the time before the last look it was at work: 1 is all of it. */
  get utilization(): number {
    return this.seen.utilization;
  }
}
