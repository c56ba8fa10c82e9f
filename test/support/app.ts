import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { Type } from '@nestjs/common';
import { Pool } from 'pg';
import type { Logger } from 'pino';
import request from 'supertest';

import { createApp, stopApp } from '../../src/app.js';
import { buildDocument } from '../../src/openapi/document.js';
import { type Config, loadConfig } from '../../src/platform/config/config.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { AnswerValidator } from './answer-validator.js';
import { Answers } from './answers.js';
import { createDatabase, dropDatabase, runSetting } from './database-server.js';
import { TestClock } from './test-clock.js';

export interface TestAppOptions {
  /** Settings other than those of every test. */
  readonly config?: Readonly<Record<string, string>>;
  readonly logger?: Logger;
  /** Modules beyond the service's own, with routes that a test needs. */
  readonly modules?: readonly Type[];
}

/** The service, listening, on a database of its own. */
export interface TestApp {
  /** The origin it is reached at, which is its issuer, too. */
  readonly url: string;
  readonly config: Config;
  readonly clock: TestClock;
  readonly nest: NestFastifyApplication;
  /** The API description of the app. */
  readonly document: OpenAPIObject;
  /** Connections of the database's owner, who sees everything. */
  readonly db: Pool;
  readonly databaseUrl: string;
  /** `await app.http.get('/v1/retailers').expect(200)` */
  readonly http: ReturnType<typeof request>;
  get<T>(provider: Type<T> | symbol): T;
  /** Does the work of a background job now. */
  runJob(name: string): Promise<void>;
  /** Ends the app; fails if any of its answers was not as described. Call it in `afterAll`. */
  stop(): Promise<void>;
}

const secret = Buffer.alloc(32, 'test').toString('base64');

const testSettings = {
  NODE_ENV: 'test',
  RATE_LIMITS: 'off',
  CCX_KEK: secret,
  CCX_PEPPER: secret,
  SHUTDOWN_SECONDS: '5',
  // To see what the service says while a test runs.
  LOG_LEVEL: process.env['CCX_TEST_LOG'] ?? 'silent',
};

/** Costs so little that it protects nothing. */
const passwordCost = { memoryKib: 64, passes: 1 };

export async function startApp({ config: overrides = {}, ...options }: TestAppOptions = {}): Promise<TestApp> {
  const serverUrl = runSetting('serverUrl');
  const name = `ccx_test_${randomBytes(6).toString('hex')}`;
  const databaseUrl = await createDatabase(serverUrl, name, runSetting('template'));
  const config = loadConfig({
    ...testSettings,
    PORT: String(await freePort()),
    DATA_FOLDER: join(runSetting('folder'), name),
    DATABASE_URL: databaseUrl,
    ...overrides,
  });
  const clock = new TestClock();
  const nest = await createApp(config, { databaseUrl, clock, passwordCost, ...options });
  const { document, validator } = options.modules ? description(nest) : (ofTheService ??= description(nest));
  const answers = new Answers(validator, join(runSetting('folder'), 'answers'));
  answers.watch(nest.getHttpServer());
  await nest.listen(config.PORT, config.HOST);
  const db = new Pool({ connectionString: databaseUrl });
  db.on('error', () => undefined); // an idle connection that a test cut

  return {
    url: config.issuer,
    config,
    clock,
    nest,
    document,
    db,
    databaseUrl,
    http: request(config.issuer),
    get: (provider) => nest.get(provider, { strict: false }),
    runJob: (job) => nest.get(Jobs).runNow(job),
    stop: async () => {
      await stopApp(nest, config);
      await db.end();
      await dropDatabase(serverUrl, name);
      answers.check();
    },
  };
}

/** Depends on the code alone, so that one serves all apps that have no modules of their own. */
let ofTheService: Description | undefined;

interface Description {
  readonly document: OpenAPIObject;
  readonly validator: AnswerValidator;
}

function description(nest: NestFastifyApplication): Description {
  const document = buildDocument(nest);
  return { document, validator: new AnswerValidator(document) };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
