import { type CcxError, type FieldError, type ProblemKind, problemOf } from '../errors.js';

/** The one place where kinds of problems become statuses. */
export const statusOf: Readonly<Record<ProblemKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'too-slow': 408,
  conflict: 409,
  gone: 410,
  'precondition-failed': 412,
  'too-large': 413,
  unsupported: 415,
  unprocessable: 422,
  'precondition-required': 428,
  'too-many': 429,
  'headers-too-large': 431,
  internal: 500,
  unavailable: 503,
};

/** A problem document (RFC 9457). An error may add members of its own. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance?: string;
  readonly retryable: boolean;
  readonly errors?: readonly FieldError[];
  readonly [extension: string]: unknown;
}

export const PROBLEM_JSON = 'application/problem+json';

export function problemType(issuer: string, code: string): string {
  return `${issuer}/problems/${code}`;
}

/** @param requestId absent where the problem is one result among many */
export function problemDocument(error: CcxError, issuer: string, requestId?: string): ProblemDocument {
  const { code, kind, title, retryable } = problemOf(error);
  return {
    ...error.extensions,
    type: problemType(issuer, code),
    title,
    status: statusOf[kind],
    detail: error.message,
    ...(requestId === undefined ? {} : { instance: `urn:uuid:${requestId}` }),
    retryable,
    ...(error.errors === undefined ? {} : { errors: error.errors }),
  };
}
