import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { TestApp } from './app.js';
import { runSetting } from './database-server.js';
import { recorded } from './recorded.js';

const PATIENCE_MS = 60_000;

/** The service once more, in a process of its own, on the database and with the keys and settings of the app. */
export interface SecondProcess {
  /** Where it listens. Its issuer is that of the app. */
  readonly origin: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

export interface SecondProcessOptions {
  /** What tells that it is there; its readiness, unless told otherwise. */
  readonly probe?: string;
  /** Settings other than those of the app. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function startSecondProcess(
  app: TestApp,
  { probe = '/health/ready', env = {} }: SecondProcessOptions = {},
): Promise<SecondProcess> {
  const port = await freePort();
  const { config } = app;
  const child = spawn(process.execPath, [join(runSetting('compiled'), 'src/cli/ccx.js'), 'serve'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: recorded({
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      PORT: String(port),
      PUBLIC_URL: app.url,
      DATABASE_URL: app.databaseUrl,
      DATA_FOLDER: config.DATA_FOLDER,
      CCX_KEK: config.CCX_KEK,
      CCX_PEPPER: config.CCX_PEPPER,
      ...(config.CCX_KEK_PREVIOUS && { CCX_KEK_PREVIOUS: config.CCX_KEK_PREVIOUS }),
      OAUTH_PROFILE: config.OAUTH_PROFILE,
      RATE_LIMITS: 'off',
      SEED: 'off',
      ...env,
    }),
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(String(chunk)));
  const origin = `http://127.0.0.1:${port}`;
  await untilReady(child, origin + probe, said);
  return {
    origin,
    process: child,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function untilReady(child: ChildProcess, probe: string, said: readonly string[]): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < PATIENCE_MS && child.exitCode === null) {
    const answer = await fetch(probe).catch(() => undefined);
    if (answer?.ok) return;
    await delay(100);
  }
  child.kill('SIGKILL');
  throw new Error(`The second process is not ready: ${said.join('')}`);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
