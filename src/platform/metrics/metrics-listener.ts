import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Registry } from 'prom-client';

import { Config } from '../config/config.js';
import { Metrics } from './metrics.js';

const PATH = '/metrics';

/** Where metrics are told: a listener beside the service's own, which no caller of the service reaches. */
export class MetricsServer {
  private readonly logger = new Logger('Metrics');
  private server?: Server;

  /** @param tell All metrics, in the text format of Prometheus. */
  constructor(private readonly tell: () => Promise<string>) {}

  /** Listens where the settings say; nowhere, unless they give a port. */
  async listen({ METRICS_PORT: port, METRICS_HOST: host }: Config): Promise<void> {
    if (port === undefined) return;
    this.server = createServer((request, response) => {
      const isAsked = request.method === 'GET' && request.url?.split('?')[0] === PATH;
      if (!isAsked)
        return void response.writeHead(404, { 'content-type': 'text/plain' }).end(`Metrics are at ${PATH}.\n`);
      this.tell().then(
        (text) => response.writeHead(200, { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE }).end(text),
        (error: unknown) => {
          this.logger.error('Metrics could not be told.', error);
          response.writeHead(500).end();
        },
      );
    });
    this.server.listen(port, host);
    await once(this.server, 'listening');
    this.logger.log(`Metrics are at http://${host}:${port}${PATH}`);
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise<void>((resolve) => (this.server ? this.server.close(() => resolve()) : resolve()));
  }
}

/** The metrics of a service that is one process, told by itself. */
@Injectable()
export class MetricsListener implements OnApplicationShutdown {
  private readonly server: MetricsServer;

  constructor(
    private readonly config: Config,
    private readonly metrics: Metrics,
  ) {
    this.server = new MetricsServer(() => this.metrics.registry.metrics());
  }

  async listen(): Promise<void> {
    if (this.config.METRICS_PORT === undefined) return;
    this.metrics.ofProcess();
    await this.server.listen(this.config);
  }

  onApplicationShutdown(): Promise<void> {
    return this.server.close();
  }
}
