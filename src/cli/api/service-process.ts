import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

import { CliError, exitCodes } from '../errors.js';

const START_MS = 120_000;
const POLL_MS = 100;
const LINES_KEPT = 40;

/** A service of our own, for as long as a command needs one. */
export interface ServiceProcess {
  readonly pid: number;
  /** Why it ended, while nobody had told it to; undefined as long as it runs. */
  readonly failure: string | undefined;
  stop(): Promise<void>;
}

/** Whether a service answers there. */
export async function isServing(origin: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/health/ready', origin), { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/**
 * Starts `ccx serve` beside this program, listening at `origin`, and answers once it serves.
 *
 * @param program the file of the `ccx` program
 * @throws CliError with what it said last, when it does not start
 */
export async function startService(
  program: string,
  origin: string,
  settings: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv,
): Promise<ServiceProcess> {
  const { hostname, port, protocol } = new URL(origin);
  if (protocol !== 'http:' || !['127.0.0.1', 'localhost'].includes(hostname)) {
    throw new CliError(
      `Nothing answers at ${origin}, and only one at 127.0.0.1 can be started here.`,
      exitCodes.misused,
    );
  }
  const child = spawn(process.execPath, [program, 'serve'], {
    env: { ...env, HOST: hostname, PORT: port || '80', PUBLIC_URL: origin, LOG_LEVEL: 'warn', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = lastLinesOf(child);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const release = stopWithThisProgram(child);

  let wanted = true;
  const running: ServiceProcess = {
    pid: child.pid ?? 0,
    get failure() {
      return wanted && (child.exitCode !== null || child.signalCode !== null)
        ? `The service ended by itself (${child.signalCode ?? `exit code ${child.exitCode}`}).`
        : undefined;
    },
    stop: async () => {
      wanted = false;
      release();
      child.kill('SIGTERM');
      await ended;
    },
  };
  for (const deadline = Date.now() + START_MS; Date.now() < deadline && !running.failure; await delay(POLL_MS)) {
    if (await isServing(origin)) return running;
  }
  const failure = running.failure ?? `The service does not answer at ${origin}.`;
  await running.stop();
  throw new CliError(`${failure} It said:\n${said().join('\n')}`);
}

/** A service that was started for this program must not stay behind when it is told to stop. */
function stopWithThisProgram(child: ChildProcess): () => void {
  const stop = () => child.kill('SIGTERM');
  const exit = () => process.exit(exitCodes.failed);
  process.once('exit', stop);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, exit);
  return () => {
    process.off('exit', stop);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, exit);
  };
}

function lastLinesOf({ stdout, stderr }: ChildProcess): () => string[] {
  const lines: string[] = [];
  for (const stream of [stdout, stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
    });
  }
  return () => lines;
}
