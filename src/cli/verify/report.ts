import { Fault, faultCodes, type FaultKind } from './fault.js';

export interface Check {
  readonly outcome: 'ok' | 'failed' | 'skipped';
  /** What was checked. */
  readonly check: string;
  /** What was found. */
  readonly found: string;
  /** Why it failed, or why it was not looked at. */
  readonly fault?: FaultKind;
}

/** Of several faults the first of these decides the exit code: certainty of tampering comes before doubts. */
const gravest: readonly FaultKind[] = ['tampering', 'malformed', 'unreadable', 'trust'];

/** The checks of one run, told one by one as they are done. */
export class Report {
  private readonly all: Check[] = [];

  constructor(private readonly tell: (check: Check) => void) {}

  get checks(): readonly Check[] {
    return this.all;
  }

  get failures(): number {
    return this.all.filter(({ outcome }) => outcome === 'failed').length;
  }

  get exitCode(): number {
    const kind = gravest.find((fault) => this.all.some((check) => check.fault === fault));
    return kind ? faultCodes[kind] : 0;
  }

  ok(check: string, found: string): void {
    this.add({ outcome: 'ok', check, found });
  }

  failed(check: string, { kind, message }: Fault): void {
    this.add({ outcome: 'failed', check, found: message, fault: kind });
  }

  /** Not looked at, for want of something to compare with: what was verified does not rest on it. */
  skipped(check: string, found: string): void {
    this.add({ outcome: 'skipped', check, found, fault: 'trust' });
  }

  /** Does a check and tells how it ended. @returns what it answered, or undefined when it failed */
  async run<T>(check: string, work: () => Promise<Done<T>> | Done<T>): Promise<T | undefined> {
    try {
      const { found, value } = await work();
      this.ok(check, found);
      return value;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.failed(check, error);
      return undefined;
    }
  }

  private add(check: Check): void {
    this.all.push(check);
    this.tell(check);
  }
}

/** A check that held: what to tell of it, and what others go on with. */
export interface Done<T> {
  readonly found: string;
  readonly value: T;
}

export function done<T = void>(found: string, value?: T): Done<T> {
  return { found, value: value as T };
}

/** The line about a check. */
export function lineOf({ outcome, check, found }: Check): string {
  const words = { ok: 'ok     ', failed: 'FAILED ', skipped: 'skipped' } as const;
  return `${words[outcome]}  ${check}: ${found}`;
}
