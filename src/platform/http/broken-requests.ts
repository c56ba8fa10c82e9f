import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import { CcxError, InvalidRequestError, Problem, problemOf } from '../errors.js';
import { PROBLEM_JSON, problemDocument, statusOf } from './problem.js';

@Problem({
  code: 'request-timeout',
  kind: 'too-slow',
  title: 'The request did not arrive in time',
  advice: 'Send it again at once, over a new connection; a large body in smaller parts.',
  retryable: true,
})
export class RequestTimeoutError extends CcxError {
  constructor() {
    super('The request was not complete in time.');
  }
}

@Problem({
  code: 'headers-too-large',
  kind: 'headers-too-large',
  title: 'The headers are too large',
  advice: 'Send fewer headers, and shorter ones.',
})
export class HeadersTooLargeError extends CcxError {
  constructor() {
    super('The headers of the request are larger than the service takes.');
  }
}

const byCode: Readonly<Record<string, new () => CcxError>> = {
  ERR_HTTP_REQUEST_TIMEOUT: RequestTimeoutError,
  HPE_HEADER_OVERFLOW: HeadersTooLargeError,
};

/** Answers, and then closes, a connection on which no whole request has come: there is nothing to hand to a route. */
export function answerBrokenRequests(issuer: string): (error: NodeJS.ErrnoException, socket: Socket) => void {
  return (error, socket) => {
    // What is written in the middle of another answer would be read as a part of it.
    const { _httpMessage: underWay } = socket as Socket & { readonly _httpMessage?: ServerResponse | null };
    const isAnswering = underWay?.headersSent ?? false;
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) return void socket.destroy();
    const problem = problemOfBroken(error);
    const status = statusOf[problemOf(problem).kind];
    const body = JSON.stringify(problemDocument(problem, issuer));
    const lines = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'connection: close',
      `content-type: ${PROBLEM_JSON}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'cache-control: no-store',
      'x-content-type-options: nosniff',
    ];
    socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  };
}

function problemOfBroken({ code = '' }: NodeJS.ErrnoException): CcxError {
  const Known = byCode[code];
  return Known ? new Known() : new InvalidRequestError([], 'This is not a request in HTTP/1.1.');
}
