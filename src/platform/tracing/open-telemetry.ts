import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import { Logger } from '@nestjs/common';
import {
  type Attributes,
  type Context,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import {
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_SERVICE_NAME,
  DB_SYSTEM_NAME_VALUE_POSTGRESQL,
} from '@opentelemetry/semantic-conventions';

import { parseTraceParent, traceParent } from './trace-parent.js';
import type { Spans } from './tracing.js';

/** Those that the conventions know; whatever else a caller makes up is one name for all. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', 'QUERY']);
const PARTING_MS = 2_000;
const SILENT_MS = 60_000;
const LONGEST_MESSAGE = 200;
const SQL_STATE = /^[0-9A-Z]{5}$/;

/**
 * Sends spans to an address that takes OTLP over HTTP. Sampling, batches, headers, limits and the name of the service
 * are read by OpenTelemetry's own packages, from the variables that its specification names.
 *
 * A span says what kind of thing was done, how long it took and how it ended: no address, no query, no header, no value
 * and no message of an error goes into one. Of W3C Trace Context, `traceparent` alone is read and written: `tracestate`
 * and `baggage` are text of whoever calls.
 */
export function openTelemetry(url: string): Spans {
  const say = nowAndThen(new Logger('Traces'));
  const silent = () => undefined;
  diag.setLogger(
    { error: say, warn: say, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ [ATTR_SERVICE_NAME]: 'ccx' }))
      .merge(detectResources({ detectors: [serviceInstanceIdDetector, envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  // What nobody takes by then is lost: no reason to fail at the end, or to keep everybody waiting.
  const delivered = () => provider.shutdown().catch((error: unknown) => say(String(error)));
  const stop = () => Promise.race([delivered(), delay(PARTING_MS, undefined, { ref: false })]);
  return new OpenTelemetrySpans(provider.getTracer('ccx'), stop);
}

/** Whoever takes traces may be away for hours, which is worth a line now and then. */
function nowAndThen(logger: Logger): (message: string) => void {
  let said = Number.NEGATIVE_INFINITY;
  return (message) => {
    const now = performance.now();
    if (now - said < SILENT_MS) return;
    said = now;
    // An error is told as JSON, stack and all.
    const [, short = message] = /"message":"((?:[^"\\]|\\.)*)"/.exec(message) ?? [];
    logger.warn(`Traces are lost or late: ${short.slice(0, LONGEST_MESSAGE)}`);
  };
}

class OpenTelemetrySpans implements Spans {
  private readonly current = new AsyncLocalStorage<Context>();
  /** Of requests that have no answer yet. */
  private readonly requests = new WeakMap<IncomingMessage, Span>();

  constructor(
    private readonly tracer: Tracer,
    readonly stop: () => Promise<void>,
  ) {}

  serve(request: IncomingMessage, response: ServerResponse, handle: () => void): void {
    const caller = parseTraceParent(request.headers['traceparent']);
    const parent = caller ? trace.setSpanContext(ROOT_CONTEXT, caller) : ROOT_CONTEXT;
    const method = methods.has(request.method ?? '') ? (request.method as string) : '_OTHER';
    const attributes = { [ATTR_HTTP_REQUEST_METHOD]: method };
    const span = this.tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
    this.requests.set(request, span);
    // Of a caller who has gone, nobody says what was answered. Of the others it may be said a moment later than this.
    response.once('close', () => setImmediate(() => this.requests.delete(request) && span.end()));
    this.current.run(trace.setSpan(parent, span), handle);
  }

  answered(request: IncomingMessage, route: string, status: number): void {
    const span = this.requests.get(request);
    if (!span) return;
    this.requests.delete(request);
    span.updateName(`${request.method} ${route}`);
    span.setAttributes({ [ATTR_HTTP_ROUTE]: route, [ATTR_HTTP_RESPONSE_STATUS_CODE]: status });
    if (status >= 500) fail(span, String(status));
    span.end();
  }

  ofDatabase<T>(name: string, work: () => Promise<T>): Promise<T> {
    const parent = this.current.getStore();
    // What runs by itself, several times a second, would be a trace for each statement.
    if (!parent) return work();
    return this.inSpan(
      name,
      { [ATTR_DB_SYSTEM_NAME]: DB_SYSTEM_NAME_VALUE_POSTGRESQL, [ATTR_DB_OPERATION_NAME]: name },
      parent,
      work,
    );
  }

  call(
    method: string,
    url: string,
    send: (headers: Readonly<Record<string, string>>) => Promise<Response>,
  ): Promise<Response> {
    const { hostname, port, protocol } = new URL(url);
    const attributes = {
      [ATTR_HTTP_REQUEST_METHOD]: method,
      [ATTR_SERVER_ADDRESS]: hostname,
      [ATTR_SERVER_PORT]: Number(port || (protocol === 'https:' ? 443 : 80)),
    };
    return this.inSpan(method, attributes, this.current.getStore() ?? ROOT_CONTEXT, async (span) => {
      const response = await send({ traceparent: traceParent(span.spanContext()) });
      span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, response.status);
      if (response.status >= 400) fail(span, String(response.status));
      return response;
    });
  }

  private async inSpan<T>(
    name: string,
    attributes: Attributes,
    parent: Context,
    work: (span: Span) => Promise<T>,
  ): Promise<T> {
    const span = this.tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
    try {
      return await this.current.run(trace.setSpan(parent, span), () => work(span));
    } catch (error) {
      fail(span, kindOf(error));
      throw error;
    } finally {
      span.end();
    }
  }
}

function fail(span: Span, kind: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute(ATTR_ERROR_TYPE, kind);
}

/** What kind of error it is, and none of its words: a message may quote what was asked. */
function kindOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && SQL_STATE.test(code)) return code;
  return error instanceof Error ? error.name : typeof error;
}
