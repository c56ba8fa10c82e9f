import { readFileSync } from 'node:fs';

/** The most memory that a process has had so far (`peak`) and what it has now, in MiB. Known on Linux only. */
export function memoryOf(pid: number): { peak: number; now: number } | undefined {
  const status = statusOf(pid);
  const peak = mebibytes(status, 'VmHWM');
  const now = mebibytes(status, 'VmRSS');
  return peak === undefined || now === undefined ? undefined : { peak, now };
}

function mebibytes(status: string, field: string): number | undefined {
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return kibibytes === undefined ? undefined : Math.round(Number(kibibytes) / 1_024);
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
