import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { collectDefaultMetrics } from 'prom-client';

import { Config } from '../config/config.js';
import { Metrics } from './metrics.js';

const PATH = '/metrics';

/** Where metrics are told: a listener beside the service's own, which no caller of the service reaches. */
@Injectable()
export class MetricsListener implements OnApplicationShutdown {
  private readonly logger = new Logger(MetricsListener.name);
  private server?: Server;

  constructor(
    private readonly config: Config,
    private readonly metrics: Metrics,
  ) {}

  /** Listens where the settings say; nowhere, unless they give a port. */
  async listen(): Promise<void> {
    const { METRICS_PORT: port, METRICS_HOST: host } = this.config;
    if (port === undefined) return;
    const { registry } = this.metrics;
    collectDefaultMetrics({ register: registry });
    this.server = createServer((request, response) => {
      const isAsked = request.method === 'GET' && request.url?.split('?')[0] === PATH;
      if (!isAsked)
        return void response.writeHead(404, { 'content-type': 'text/plain' }).end(`Metrics are at ${PATH}.\n`);
      registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
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

  async onApplicationShutdown(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise<void>((resolve) => (this.server ? this.server.close(() => resolve()) : resolve()));
  }
}
