import { appendFileSync, mkdirSync } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';

import { AnswerValidator } from './answer-validator.js';

export interface CapturedAnswer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/**
 * Sees every answer that leaves a server, whichever client asked, and holds it against the API description. Which
 * operation answered what is written down, so that the end of the run knows which documented answers nobody has seen.
 */
export class Answers {
  readonly violations: string[] = [];
  private readonly seen = new Set<string>();

  constructor(
    private readonly validator: AnswerValidator,
    private readonly folder: string,
  ) {
    mkdirSync(folder, { recursive: true });
  }

  watch(server: Server): void {
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      keepHeaders(response);
      keepChunks(response, 'write', chunks);
      keepChunks(response, 'end', chunks);
      response.once('finish', () => this.take(captured(request, response, Buffer.concat(chunks))));
    });
  }

  /** @throws Error naming every answer that was not as described */
  check(): void {
    if (this.violations.length > 0) {
      throw new Error(`Answers differ from the API description:\n- ${this.violations.join('\n- ')}`);
    }
  }

  private take(answer: CapturedAnswer): void {
    const { operationId, faults } = this.validator.judge(answer);
    const line = `${operationId} ${answer.status}`;
    this.violations.push(...faults.map((fault) => `${answer.method} ${answer.path} ${answer.status}: ${fault}`));
    if (operationId === undefined || this.seen.has(line)) return;
    this.seen.add(line);
    appendFileSync(join(this.folder, `${process.pid}.txt`), `${line}\n`);
  }
}

/** Headers that are only given to `writeHead` could not be asked for afterwards. */
function keepHeaders(response: ServerResponse): void {
  const original = response.writeHead.bind(response) as (
    status: number,
    headers?: OutgoingHttpHeaders,
  ) => ServerResponse;
  response.writeHead = ((status: number, headers: OutgoingHttpHeaders = {}) => {
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
    return original(status);
  }) as typeof response.writeHead;
}

type Writer = (chunk?: unknown, ...rest: unknown[]) => unknown;

function keepChunks(response: ServerResponse, method: 'write' | 'end', chunks: Buffer[]): void {
  const original = (response[method] as Writer).bind(response);
  (response as unknown as Record<string, Writer>)[method] = (chunk, ...rest) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as string));
    return original(chunk, ...rest);
  };
}

function captured(request: IncomingMessage, response: ServerResponse, body: Buffer): CapturedAnswer {
  const contentType = response.getHeader('content-type');
  return {
    method: (request.method ?? 'GET').toLowerCase(),
    path: (request.url ?? '/').split('?', 1)[0] as string,
    status: response.statusCode,
    contentType: contentType === undefined ? undefined : String(contentType).split(';', 1)[0],
    body,
  };
}
