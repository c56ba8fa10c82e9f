import type { IncomingMessage } from 'node:http';

import type { LoggerService } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { type DestinationStream, type Logger, pino } from 'pino';

import type { Config } from '../config/config.js';
import type { RequestWatch } from './request-watch.js';
import { traceId } from './request-id.js';

/** The service's log: JSON lines. Nothing a caller sent goes into it but methods, route templates and ids of requests. */
export function createLogger({ LOG_LEVEL }: Pick<Config, 'LOG_LEVEL'>): Logger {
  const options = {
    level: LOG_LEVEL,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
    serializers: { err: describeError },
  };
  return pino(options, (standardOutput ??= linesTogether()));
}

/** Bytes of lines that wait no longer: with them, what leaves is mostly less than what a pipe keeps in one piece (PIPE_BUF). */
const MANY_LINES = 3_500;
/** For how long a line waits for others. A killed process loses no more than these. */
const TOGETHER_MS = 10;

let standardOutput: ReturnType<typeof linesTogether> | undefined;

/**
 * Writes lines together: for each by itself, the system is asked as often. Warnings and errors, and what has come before
 * them, wait for the end of their turn of the event loop only.
 */
function linesTogether(): DestinationStream & { flushSync(): void } {
  const out = pino.destination({ fd: process.stdout.fd, minLength: MANY_LINES });
  let soon: NodeJS.Immediate | undefined;
  let later: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(later);
    soon = later = undefined;
    out.flush();
  };
  process.once('exit', flush);
  const stream = {
    [pino.symbols.needsMetadataGsym]: true, // has pino set the level of each line before it writes it
    lastLevel: 0,
    write(line: string) {
      out.write(line);
      if (this.lastLevel > pino.levels.values.info!) soon ??= setImmediate(flush);
      else later ??= setTimeout(flush, TOGETHER_MS).unref();
    },
    flushSync: flush,
  };
  return stream;
}

interface AnyError extends Error {
  code?: unknown;
  constraint?: unknown;
  driverError?: AnyError;
}

/** An error without what it may quote: a database's errors carry the values of the statement. */
export function describeError(thrown: unknown): Record<string, unknown> {
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  const error = thrown as AnyError;
  const { code, constraint } = error.driverError ?? error;
  const ofDatabase = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code);
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return {
    type: error.name,
    ...(ofDatabase ? {} : { message: error.message }),
    ...(code === undefined ? {} : { code }),
    ...(constraint === undefined ? {} : { constraint }),
    stack: frames.join('\n'),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** One line per request: what was asked, in the words of the route, and how it ended. The watch is told the same. */
export function logRequests(fastify: FastifyInstance, watch: RequestWatch): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { statusCode, elapsedTime } = reply;
    const route = request.routeOptions.url ?? 'unknown';
    request.log.info(describeAnswer(request.raw, route, statusCode, elapsedTime), 'request');
    watch.answered(request.raw, route, statusCode);
    done();
  });
}

/** What the log says of a request and its answer. */
export function describeAnswer(request: IncomingMessage, route: string, status: number, ms: number): object {
  const trace = traceId(request);
  return {
    method: request.method,
    route,
    status,
    ms: Math.round(ms * 10) / 10,
    ...(trace === undefined ? {} : { trace_id: trace }),
  };
}

/** What Nest tells while it puts the app together. */
const wiring: readonly unknown[] = [
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
];

/** Nest's own messages, in the same log. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write(wiring.includes(rest.at(-1)) ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  // The last argument is the name of who speaks; before it may come a stack.
  private write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = typeof rest.at(-1) === 'string' && !String(rest.at(-1)).includes('\n') ? rest.at(-1) : undefined;
    const error = message instanceof Error ? message : rest.find((part) => part instanceof Error);
    const stack = rest.find((part) => typeof part === 'string' && part.includes('\n'));
    const fields = typeof message === 'object' && !(message instanceof Error) ? message : {};
    this.logger[level](
      {
        ...(context === undefined ? {} : { context }),
        ...(error === undefined ? {} : { err: error }),
        ...(stack === undefined ? {} : { stack }),
        ...fields,
      },
      message instanceof Error ? 'an error' : typeof message === 'string' ? message : undefined,
    );
  }
}
