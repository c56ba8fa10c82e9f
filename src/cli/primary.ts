import { Logger } from '@nestjs/common';

import type { Config } from '../platform/config/config.js';
import { createLogger, NestLogger } from '../platform/http/logging.js';
import { MetricsServer } from '../platform/metrics/metrics-listener.js';
import { type OpenDatabase, openDatabase, requireCurrentSchema } from './database.js';
import { boundedMemory } from './memory.js';
import { WorkerMetrics } from './worker-metrics.js';
import { Workers } from './workers.js';

/**
 * Has several workers answer, and does what is done once for all of them: the database and its schema, and telling the
 * metrics. Each worker is a service like any other, on a database that is there.
 *
 * @throws CliError EmbeddedPostgresError with a message that says what to do
 */
export async function serveByWorkers(
  config: Config,
  say: (line: string) => void,
): Promise<{ database: OpenDatabase; stop(): Promise<void> }> {
  Logger.overrideLogger(new NestLogger(createLogger(config)));
  const database = await openDatabase(config, say);
  const workers = new Workers({
    count: config.WORKERS,
    env: (isFirst) => ({
      ...boundedMemory(process.env),
      DATABASE_URL: database.url,
      METRICS_PORT: '',
      ...(!isFirst && { SEED: 'off' }),
    }),
    say,
  });
  const metrics = new MetricsServer(() => told.tell());
  const told = new WorkerMetrics(workers);
  const stop = async () => {
    try {
      await workers.stop();
      await metrics.close();
    } finally {
      await database.close();
    }
  };
  try {
    await requireCurrentSchema(database, say);
    await workers.start();
    await metrics.listen(config);
  } catch (error) {
    await stop();
    throw error;
  }
  return { database, stop };
}
