import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ServiceProcess, startService } from '../api/service-process.js';

/** How long the database may take to stop while this program waits with its end. */
const STOP_MS = 20_000;
const POLL_MS = 100;

/** A service with a database of its own, which is gone afterwards. */
export interface ThrowAwayService {
  readonly url: string;
  /** That of the service, for what is read from its folder. */
  readonly env: NodeJS.ProcessEnv;
  /** For files that go with it. */
  readonly folder: string;
  readonly process: ServiceProcess;
  stop(): Promise<void>;
}

/** Settings of a database or a service that is to stay as it is. */
const ofOthers = ['DATABASE_URL', 'NODE_ENV', 'SEED', 'DEV_OPERATOR_PASSWORD', 'CCX_OPERATOR_EMAIL'] as const;

/** Starts one beside this program. Its folder is removed when the program ends, also when it is told to. */
export async function startThrowAway(program: string, given: NodeJS.ProcessEnv): Promise<ThrowAwayService> {
  const folder = mkdtempSync(join(tmpdir(), 'ccx-evaluate-'));
  // For root, the database runs as another account, which must be able to pass.
  chmodSync(folder, 0o755);
  const env = { ...given, DATA_FOLDER: folder, RATE_LIMITS: 'off' };
  for (const name of ofOthers) delete (env as NodeJS.ProcessEnv)[name];
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: POLL_MS });
  try {
    const url = `http://127.0.0.1:${await freePort()}`;
    const service = await startService(program, url, {}, env);
    // After the service was told to stop, which it is when this program ends.
    const removeAtTheEnd = () => {
      waitForTheEndOf(folder);
      remove();
    };
    process.once('exit', removeAtTheEnd);
    const stop = async () => {
      await service.stop();
      process.off('exit', removeAtTheEnd);
      remove();
    };
    return { url, env, folder, process: service, stop };
  } catch (error) {
    remove();
    throw error;
  }
}

/** A program that ends cannot wait in any other way. */
function waitForTheEndOf(folder: string): void {
  const running = join(folder, 'postgres', 'cluster', 'data', 'postmaster.pid');
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; waited < STOP_MS && existsSync(running); waited += POLL_MS) Atomics.wait(pause, 0, 0, POLL_MS);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
