import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { runSetting } from './database-server.js';
import { recorded } from './recorded.js';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Invocation {
  /** The folder in which the command is typed. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

const PATIENCE_MS = 60_000;

/** Runs `ccx` with these arguments, from today's sources, in an environment that says nothing else. */
export async function ccx(args: readonly string[], invocation: Invocation): Promise<Finished> {
  const program = new Program(args, invocation);
  return program.ended;
}

/** The same for a reader that closes before anything is printed. */
export async function ccxUnread(args: readonly string[], invocation: Invocation): Promise<Finished> {
  const program = new Program(args, invocation);
  program.closeOutput();
  return program.ended;
}

/** A folder of its own, which the embedded database's account may enter, too. */
export async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(runSetting('folder'), 'cli-'));
  await chmod(folder, 0o755);
  return folder;
}

export async function aFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** A service that was started by `ccx serve` and answers. */
export class RunningService {
  private constructor(
    private readonly program: Program,
    readonly url: string,
  ) {}

  static async start(invocation: Invocation & { port: number; args?: readonly string[] }): Promise<RunningService> {
    const { port, args = [] } = invocation;
    const program = new Program(['serve', ...args], { ...invocation, env: { PORT: String(port), ...invocation.env } });
    await program.says(/CCX is ready/);
    return new RunningService(program, `http://127.0.0.1:${port}`);
  }

  get stderr(): string {
    return this.program.stderr;
  }

  get pid(): number {
    return this.program.pid;
  }

  /** The processes that it has started, by their numbers, the oldest first: its workers. */
  async children(): Promise<number[]> {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
    const processes = stdout.split('\n').map((line) => line.trim().split(/\s+/));
    const own = processes.filter(([, parent, ...args]) => parent === String(this.pid) && args.at(-1) === 'serve');
    return own.map(([pid]) => Number(pid)).toSorted((a, b) => a - b);
  }

  /** Where its embedded database listens. */
  get databasePort(): number {
    return Number(/on 127\.0\.0\.1:(\d+), data in/.exec(this.stderr)?.[1]);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Finished> {
    this.program.kill(signal);
    return this.program.ended;
  }
}

/** `ccx authorize` while it waits for somebody to decide. */
export class Asking {
  private constructor(
    /** What it asks people to open. */
    readonly address: string,
    readonly ended: Promise<Finished>,
  ) {}

  static async start(args: readonly string[], invocation: Invocation): Promise<Asking> {
    const program = new Program(args, invocation);
    const [address] = await program.says(/http\S+\/oauth\/authorize\?\S+/);
    return new Asking(address, program.ended);
  }
}

class Program {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Finished>;
  private readonly child: ChildProcess;

  constructor(args: readonly string[], { cwd, env = {} }: Invocation) {
    const program = join(runSetting('compiled'), 'src/cli/ccx.js');
    const { PATH = '', HOME = '' } = process.env;
    this.child = spawn(process.execPath, [program, ...args], {
      cwd,
      env: recorded({ PATH, HOME, ...env }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.ended = once(this.child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  closeOutput(): void {
    this.child.stdout?.destroy();
  }

  async says(what: RegExp): Promise<RegExpExecArray> {
    const start = performance.now();
    for (;;) {
      const said = what.exec(this.stderr);
      if (said) return said;
      if (this.child.exitCode !== null || performance.now() - start > PATIENCE_MS) {
        this.kill('SIGKILL');
        throw new Error(`It never said ${String(what)}:\n${this.stderr}\n${this.stdout}`);
      }
      await delay(20);
    }
  }
}

/** Runs `ccx` with these arguments and interrupts it, as Ctrl-C does, once it has said this. */
export async function ccxInterrupted(
  args: readonly string[],
  { at, ...invocation }: Invocation & { at: RegExp },
): Promise<Finished> {
  const program = new Program(args, invocation);
  await program.says(at);
  program.kill('SIGINT');
  return program.ended;
}

/** Waits until nobody listens at that port. */
export async function untilSilent(port: number): Promise<void> {
  for (const _ of Array(200)) {
    if (!(await answers(port))) return;
    await delay(50);
  }
  throw new Error(`Something still answers at port ${port}.`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
