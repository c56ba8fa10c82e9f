import type { IncomingMessage, ServerResponse } from 'node:http';

import type { OnApplicationShutdown } from '@nestjs/common';

import type { Config } from '../config/config.js';

/** What makes spans, where the settings ask for them. */
export interface Spans {
  serve(request: IncomingMessage, response: ServerResponse, handle: () => void): void;
  answered(request: IncomingMessage, route: string, status: number): void;
  ofDatabase<T>(name: string, work: () => Promise<T>): Promise<T>;
  call(method: string, url: string, send: Send): Promise<Response>;
  stop(): Promise<void>;
}

/** Calls somebody else, with these headers besides its own. */
type Send = (headers: Readonly<Record<string, string>>) => Promise<Response>;

/**
 * Traces in the way of OpenTelemetry, where the settings name somebody who takes them. Where they do not, nothing of it
 * is loaded, and each of these does what it is given and nothing else.
 */
export class Tracing implements OnApplicationShutdown {
  constructor(private readonly spans?: Spans) {}

  static async of({ tracesTo }: Pick<Config, 'tracesTo'>): Promise<Tracing> {
    if (tracesTo === undefined) return new Tracing();
    const { openTelemetry } = await import('./open-telemetry.js');
    return new Tracing(openTelemetry(tracesTo));
  }

  /** Handles a request in a span, which goes on with the trace that its caller names (W3C Trace Context). */
  serve(request: IncomingMessage, response: ServerResponse, handle: () => void): void {
    if (this.spans) this.spans.serve(request, response, handle);
    else handle();
  }

  /** Says how a request was answered, by the template of its route: its address may hold what is nobody's business. */
  answered(request: IncomingMessage, route: string, status: number): void {
    this.spans?.answered(request, route, status);
  }

  /** Asks the database in a span of this name, where a request is being traced. What is asked is not told. */
  ofDatabase<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.spans ? this.spans.ofDatabase(name, work) : work();
  }

  /** Calls somebody else in a span, who is told of it by the headers that `send` gets. */
  call(method: string, url: string, send: Send): Promise<Response> {
    return this.spans ? this.spans.call(method, url, send) : send({});
  }

  /** Hands over what is finished, and makes no more. */
  async onApplicationShutdown(): Promise<void> {
    await this.spans?.stop();
  }
}
