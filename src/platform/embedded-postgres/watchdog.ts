import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { childEnvironment, run } from './account.js';
import type { Binaries } from './binaries.js';
import { isAlive } from './lock.js';

/** A server that ends when this process does, however this process ends. */
export interface Guarded {
  pid: number;
  hasEnded(): boolean;
  onEnd(listener: () => void): void;
  /** Shuts the server down, at once and without cleaning up when it takes longer than that. */
  stop(withinMs: number): Promise<void>;
}

// We hold the only other end of the standard input: it closes when we die in any way, kill -9 included, and then the
// loop ends. The shell starts the server itself, so that there is no moment without a guard, and waits for it, so that
// its process number cannot go to another program. Polite signals are for the server alone: the guard stays to the end.
const GUARD = `
trap '' HUP INT TERM
exec 3<&0
"$@" </dev/null >&2 3<&- &
server=$!
echo "$server"
{ while read -r _; do :; done; kill -INT "$server"; } <&3 >&2 &
guard=$!
wait "$server"
code=$?
kill -KILL "$guard" 2>/dev/null
exit "$code"
`;

// Windows has neither that shell nor signals: a second Node waits for our end and asks PostgreSQL's own tool.
const WINDOWS_GUARD = `
process.stdin.resume().on('error', () => {}).on('close', () =>
  require('node:child_process').spawnSync(process.argv[1], ['kill', 'INT', process.argv[2]]));
`;

/** Starts the server with a guard; its messages go to the log. A session of its own keeps Ctrl-C from it. */
export async function startGuarded(
  binaries: Binaries,
  args: string[],
  options: { cwd: string; logFd: number; uid?: number; gid?: number },
): Promise<Guarded> {
  const { logFd, ...rest } = options;
  const common = { ...rest, env: childEnvironment, detached: true, windowsHide: true };
  let child: ChildProcess;
  let guard: ChildProcess;
  let pid: number;
  if (process.platform === 'win32') {
    child = spawn(binaries.postgres, args, { ...common, stdio: ['ignore', logFd, logFd] });
    await once(child, 'spawn');
    pid = child.pid ?? 0;
    guard = spawn(process.execPath, ['-e', WINDOWS_GUARD, binaries.pgCtl, String(pid)], {
      ...common,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  } else {
    child = spawn('/bin/sh', ['-c', GUARD, 'ccx-postgres-guard', binaries.postgres, ...args], {
      ...common,
      stdio: ['pipe', 'pipe', logFd],
    });
    guard = child;
    await once(child, 'spawn');
    pid = Number(await firstLine(child));
  }
  guard.stdin?.on('error', () => {});
  // A process that has nothing left to do may end; the guard sees to the server then.
  (guard.stdin as Socket | null)?.unref();
  guard.unref();
  child.unref();

  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const ended = new Promise<void>((resolve) => {
    if (hasEnded()) resolve();
    child.once('exit', () => resolve());
  });
  return {
    pid,
    hasEnded,
    onEnd: (listener) => void ended.then(listener),
    async stop(withinMs) {
      child.ref();
      guard.stdin?.end();
      const inTime = await Promise.race([ended.then(() => true), delay(withinMs, false, { ref: false })]);
      if (inTime || !isAlive(pid)) return;
      if (process.platform === 'win32') await run(binaries.pgCtl, ['kill', 'QUIT', String(pid)]);
      else process.kill(pid, 'SIGQUIT');
      await Promise.race([ended, delay(5_000)]);
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.trim();
}
