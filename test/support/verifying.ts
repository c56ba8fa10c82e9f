import { type Check, Report } from '../../src/cli/verify/report.js';
import { type Settings, verify } from '../../src/cli/verify/verify.js';

export interface Verdict {
  readonly exitCode: number;
  readonly checks: readonly Check[];
  /** The checks that failed, as `what: found`. */
  readonly failed: readonly string[];
}

type Given = Partial<Pick<Settings, 'kind' | 'policy' | 'keys' | 'anchors' | 'log' | 'now'>>;

/** What `ccx verify` says of it, without starting a program for it. */
export async function verdictOn(what: string, given: Given = {}): Promise<Verdict> {
  const report = new Report(() => undefined);
  const progress = () => ({ add: () => undefined, end: () => undefined });
  await verify(what, { now: new Date(), progress, ...given }, report);
  const failed = report.checks.filter(({ outcome }) => outcome === 'failed');
  return {
    exitCode: report.exitCode,
    checks: report.checks,
    failed: failed.map(({ check, found }) => `${check}: ${found}`),
  };
}
