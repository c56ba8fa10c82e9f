import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { createApp, stopApp } from './app.js';
import { type OpenDatabase, openDatabase, requireCurrentSchema } from './cli/database.js';
import { CliError } from './cli/errors.js';
import type { Config } from './platform/config/config.js';
import { MetricsListener } from './platform/metrics/metrics-listener.js';

/** The service, listening. */
export interface Service {
  readonly app: NestFastifyApplication;
  readonly database: OpenDatabase;
  /** Finishes the requests under way and ends everything that was started. */
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** Told in short lines what happens. */
  say?(line: string): void;
  /** Done once everything works and before anybody is answered. */
  prepare?(app: NestFastifyApplication): Promise<void>;
}

/**
 * Starts the service: its own database unless one is given, the schema, the listener.
 * @throws CliError EmbeddedPostgresError with a message that says what to do
 */
export async function serve(config: Config, options: ServeOptions = {}): Promise<Service> {
  const { say = () => undefined, prepare } = options;
  const database = await openDatabase(config, say);
  try {
    await requireCurrentSchema(database, say);
    const app = await createApp(config, { databaseUrl: database.url });
    try {
      await app.init();
      await prepare?.(app);
      await listen(app, config);
      await app.get(MetricsListener).listen();
    } catch (error) {
      await app.close();
      throw error;
    }
    return { app, database, stop: () => stopAll(app, config, database) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function stopAll(app: NestFastifyApplication, config: Config, database: OpenDatabase): Promise<void> {
  try {
    await stopApp(app, config);
  } finally {
    await database.close();
  }
}

async function listen(app: NestFastifyApplication, { HOST, PORT }: Config): Promise<void> {
  try {
    await app.listen(PORT, HOST);
  } catch (error) {
    const advice = listenAdvice[(error as NodeJS.ErrnoException).code ?? ''];
    throw advice ? new CliError(`Cannot listen at ${HOST}:${PORT}: ${advice}`) : error;
  }
}

const listenAdvice: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program does, perhaps a CCX that runs already. Stop that one, or set PORT to a free port.',
  EACCES: 'this account may not. Set PORT to one above 1023.',
  EADDRNOTAVAIL: 'this machine has no such address. Set HOST to one that it has.',
};
