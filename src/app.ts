import 'reflect-metadata';

import { createServer, type RequestListener, type Server } from 'node:http';

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
import { Drain, refuseWhileDraining } from './platform/http/drain.js';
import { EngineMount } from './platform/http/engine-mount.js';
import { createLogger, logRequests, NestLogger } from './platform/http/logging.js';
import { sendProblem } from './platform/http/problem.filter.js';
import { requestId } from './platform/http/request-id.js';
import { LARGEST_BODY } from './platform/http/route.js';
import { setSecurityHeaders } from './platform/http/security-headers.js';
import type { PasswordCost } from './platform/passwords/passwords.js';

export interface AppOptions {
  /** Where the database is. */
  readonly databaseUrl: string;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly passwordCost?: PasswordCost;
  /** Modules beyond the service's own. */
  readonly modules?: readonly Type[];
  /** Puts the app together without making anything: enough to describe its API. */
  readonly preview?: boolean;
}

const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than balancers keep an idle connection, so that it is never we who close one that is about to be used. */
const KEEP_ALIVE_MS = 75_000;
const LONGEST_PARAMETER = 500;

/** Builds the service. It listens once `listen` is called. */
export async function createApp(config: Config, options: AppOptions): Promise<NestFastifyApplication> {
  const {
    databaseUrl,
    clock = new Clock(),
    logger = createLogger(config),
    passwordCost,
    modules = [],
    preview = false,
  } = options;
  const drain = new Drain();
  const engine = new EngineMount();

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
    serverFactory: (nest: RequestListener) => listener(nest, engine, drain),
  });
  const fastify = adapter.getInstance();
  logRequests(fastify);
  await setSecurityHeaders(fastify, config);
  refuseWhileDraining(fastify, drain);
  await acceptBodies(fastify);

  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with({ config, databaseUrl, clock, drain, engine, passwordCost }, modules),
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
function listener(nest: RequestListener, engine: EngineMount, drain: Drain): Server {
  const limits = { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS };
  return createServer(limits, (request, response) => {
    drain.track(response);
    const handler = (drain.draining ? undefined : engine.handlerOf(request)) ?? nest;
    handler(request, response);
  });
}

/** Lets requests under way finish, for as long as the settings allow, then closes everything. */
export async function stopApp(app: NestFastifyApplication, config: Config): Promise<void> {
  await app.get(Drain).begin(config.SHUTDOWN_SECONDS);
  app.getHttpServer().closeAllConnections();
  await app.close();
}
