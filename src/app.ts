import 'reflect-metadata';

import type { RequestListener, Server } from 'node:http';

import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Logger } from 'pino';

import { AppModule } from './app.module.js';
import { serveDocs } from './docs.js';
import { Clock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import { InvalidRequestError } from './platform/errors.js';
import { acceptBodies } from './platform/http/body.js';
import { answerBrokenRequests } from './platform/http/broken-requests.js';
import { Drain, refuseWhileDraining } from './platform/http/drain.js';
import { EngineMount } from './platform/http/engine-mount.js';
import { createLogger, logRequests, NestLogger } from './platform/http/logging.js';
import { sendProblem } from './platform/http/problem.filter.js';
import { requestId } from './platform/http/request-id.js';
import { RequestWatch } from './platform/http/request-watch.js';
import { LARGEST_BODY } from './platform/http/route.js';
import { setSecurityHeaders } from './platform/http/security-headers.js';
import { Metrics } from './platform/metrics/metrics.js';
import type { Patience } from './platform/overload/connections.js';
import { Overload } from './platform/overload/overload.js';
import type { PasswordCost } from './platform/passwords/passwords.js';
import { Tracing } from './platform/tracing/tracing.js';

export interface AppOptions {
  /** Where the database is. */
  readonly databaseUrl: string;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly passwordCost?: PasswordCost;
  readonly patience?: Patience;
  /** Modules beyond the service's own. */
  readonly modules?: readonly Type[];
  /** Puts the app together without making anything: enough to describe its API. */
  readonly preview?: boolean;
}

const LONGEST_PARAMETER = 500;

/** What stands in front of Nest. */
interface Front {
  readonly engine: EngineMount;
  readonly drain: Drain;
  readonly overload: Overload;
  readonly watch: RequestWatch;
}

/** Builds the service. It listens once `listen` is called. */
export async function createApp(config: Config, options: AppOptions): Promise<NestFastifyApplication> {
  const {
    databaseUrl,
    clock = new Clock(),
    logger = createLogger(config),
    passwordCost,
    patience,
    modules = [],
    preview = false,
  } = options;
  const drain = new Drain();
  const engine = new EngineMount();
  const overload = new Overload(config, patience);
  const watch = new RequestWatch(new Metrics(), await Tracing.of(config));

  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    requestIdHeader: false,
    genReqId: requestId,
    bodyLimit: LARGEST_BODY,
    trustProxy: config.TRUST_PROXY === 'off' ? false : config.TRUST_PROXY,
    return503OnClosing: false, // the drain answers, with a problem
    // The router's own refusals come before every hook and filter.
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      const fault = { pointer: 'path', detail: 'is not a well-formed address' };
      sendProblem(new InvalidRequestError([fault]), request, reply, config);
    },
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    clientErrorHandler: answerBrokenRequests(config.issuer),
    serverFactory: (nest: RequestListener) => serverOf(nest, { engine, drain, overload, watch }),
  });
  const fastify = adapter.getInstance();
  overload.observe(fastify);
  logRequests(fastify, watch);
  setSecurityHeaders(fastify, config);
  refuseWhileDraining(fastify, drain);
  await acceptBodies(fastify);

  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with({ config, databaseUrl, clock, drain, engine, overload, watch, passwordCost }, modules),
    adapter,
    {
      logger: new NestLogger(logger),
      bodyParser: false,
      abortOnError: false,
      routeConflictPolicy: { duplicate: 'error' },
      preview,
    },
  );
  serveDocs(app, config);
  return app;
}

/** The engine's requests go to the engine. Once draining, all go to Nest, which turns them away. */
function serverOf(nest: RequestListener, { engine, drain, overload, watch }: Front): Server {
  return overload.server((request, response) => {
    drain.track(request, response);
    watch.arrived(request);
    const ofEngine = drain.draining ? undefined : engine.handlerOf(request);
    const handler = ofEngine ?? nest;
    overload.serve(request, response, ofEngine ? 'oauth' : 'problem', () =>
      watch.tracing.serve(request, response, () => handler(request, response)),
    );
  });
}

/** Lets requests under way finish, for as long as the settings allow, then closes everything. */
export async function stopApp(app: NestFastifyApplication, config: Config): Promise<void> {
  await app.get(Drain).begin(config.SHUTDOWN_SECONDS);
  app.getHttpServer().closeAllConnections();
  await app.close();
}
