import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

import { Clock } from '../platform/clock.js';
import { type Config, loadConfig } from '../platform/config/config.js';
import { Drain } from '../platform/http/drain.js';
import { EngineMount } from '../platform/http/engine-mount.js';
import { createLogger, NestLogger } from '../platform/http/logging.js';
import { Overload } from '../platform/overload/overload.js';
import { RequestWatch } from '../platform/http/request-watch.js';
import { openDatabase, requireCurrentSchema } from './database.js';
import { say } from './output.js';

export interface ServiceContext {
  readonly app: INestApplicationContext;
  readonly config: Config;
}

/**
 * Does something with the services themselves, as the API would, but without listening. Beside a service that runs with
 * an embedded database, it shares that one.
 */
export async function withServices(
  env: NodeJS.ProcessEnv,
  work: (context: ServiceContext) => Promise<void>,
): Promise<void> {
  const config = loadConfig(env);
  const { AppModule } = await import('../app.module.js');
  const database = await openDatabase(config, say);
  try {
    await requireCurrentSchema(database, say);
    const logger = createLogger({ LOG_LEVEL: config.LOG_LEVEL === 'silent' ? 'silent' : 'error' });
    const app = await NestFactory.createApplicationContext(
      AppModule.with({
        config,
        databaseUrl: database.url,
        clock: new Clock(),
        drain: new Drain(),
        engine: new EngineMount(),
        overload: new Overload(config),
        watch: new RequestWatch(),
      }),
      { logger: new NestLogger(logger), abortOnError: false },
    );
    try {
      await work({ app, config });
    } finally {
      await app.close();
    }
  } finally {
    await database.close();
  }
}
