import type { IncomingMessage } from 'node:http';

import { type CcxError, problemOf } from '../errors.js';
import { PROBLEM_JSON, problemDocument, problemType, statusOf } from '../http/problem.js';
import { problemPage } from '../http/problems.page.js';
import { requestId } from '../http/request-id.js';
import type { Visit } from './visit.js';

/** How callers of this address are used to being refused. */
export type Manner = 'problem' | 'oauth';

const types: Readonly<Record<Manner, string>> = {
  problem: PROBLEM_JSON,
  oauth: 'application/json; charset=utf-8',
};

/** Refuses a request with the least work, before anything has looked at it. */
export function refuse({ request, response, manner }: Visit, error: CcxError, issuer: string): void {
  const id = requestId(request);
  const { type, body } = wantsPage(request)
    ? { type: 'text/html; charset=utf-8', body: pageOf(error, issuer) }
    : {
        type: types[manner],
        body: JSON.stringify(manner === 'oauth' ? oauthError(error) : problemDocument(error, issuer, id)),
      };
  response
    .writeHead(statusOf[problemOf(error).kind], {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-request-id': id,
      ...error.headers,
    })
    .end(body);
}

/** Whether it is a person who looks at the answer. */
function wantsPage({ url = '', headers }: IncomingMessage): boolean {
  return headers.accept?.includes('text/html') === true && !url.startsWith('/v1/');
}

function pageOf(error: CcxError, issuer: string): string {
  const definition = problemOf(error);
  const { code, kind } = definition;
  return problemPage({ ...definition, type: problemType(issuer, code), status: statusOf[kind] });
}

/** As RFC 6749 §5.2 has errors. */
function oauthError({ message }: CcxError): object {
  return { error: 'temporarily_unavailable', error_description: message };
}
