// What benches measure with.
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Clock ticks of /proc are hundredths of a second on every Linux. */
const TICK_US = 10_000;

/** The process of the embedded PostgreSQL whose data are in this folder; undefined where another server is used. */
export async function folderPid(folder) {
  const file = join(folder, 'postgres/cluster/data/postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text && Number(text.split('\n', 1)[0]);
}

/** Microseconds of CPU so far: of this process, and of PostgreSQL with all that it has started, where /proc tells. */
export function cpuOf(postgres) {
  const { user, system } = process.cpuUsage();
  return { node: user + system, postgres: cpuOfTree(postgres) };
}

/** The same of a process and all that it has started; 0 where there is none. */
export function cpuOfTree(pid) {
  return pid ? treeTicks(pid) * TICK_US : 0;
}

/** The most memory that a process has had, in bytes, as the kernel has seen it. */
export function peakMemoryOf(pid) {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1_024;
}

function treeTicks(root) {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(name);
    if (!stat) continue;
    // Of what has ended the one that started it knows.
    if (stat.pid === root) ticks += stat.own + stat.ended;
    else if (stat.parent === root) ticks += stat.own;
  }
  return ticks;
}

function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return { pid: Number(pid), parent: fields[1], own: fields[11] + fields[12], ended: fields[13] + fields[14] };
  } catch {
    return undefined; // it has ended meanwhile
  }
}

/** Does `work` so many times, several at once, and answers how many milliseconds each took. */
export async function each(times, atOnce, work) {
  const ms = [];
  let next = 0;
  const worker = async () => {
    while (next < times) {
      next++;
      const start = performance.now();
      await work();
      ms.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return ms;
}

export function quantiles(ms) {
  const sorted = [...ms].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
