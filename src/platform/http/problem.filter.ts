import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Config } from '../config/config.js';
import { CustomerKeysMissingError } from '../crypto/subject-keys.js';
import { isOutOfConnections, isRetryable, isTakingTooLong } from '../database/errors.js';
import {
  BodyTooLargeError,
  CcxError,
  InternalError,
  InvalidRequestError,
  MalformedJsonError,
  NotFoundError,
  problemOf,
  UnauthenticatedError,
  UnavailableError,
  UnsupportedMediaTypeError,
} from '../errors.js';
import { challenges } from './challenge.js';
import { PROBLEM_JSON, problemDocument, statusOf } from './problem.js';
import { JSON_BODY, LARGEST_BODY } from './route.js';

/** Turns whatever was thrown into a problem document. What is not one of our errors keeps its text to itself. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly config: Config) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error = this.translate(thrown, request);
    if (!reply.sent) sendProblem(error, request, reply, this.config);
  }

  private translate(thrown: unknown, request: FastifyRequest): CcxError {
    if (thrown instanceof CcxError) return thrown;
    // Whom it is about was erased while it ran: as of now there is nobody whose token or consent this could be.
    if (thrown instanceof CustomerKeysMissingError) return new UnauthenticatedError();
    const known = ofFramework(thrown, request);
    if (known) return known;
    request.log.error({ err: thrown }, 'a request failed');
    // The database is away, or busy; whether a commit was reached only a repeated request can tell.
    const passes = isRetryable(thrown) || isOutOfConnections(thrown) || isTakingTooLong(thrown);
    return passes ? new UnavailableError() : new InternalError();
  }
}

export function sendProblem(error: CcxError, request: FastifyRequest, reply: FastifyReply, { issuer }: Config): void {
  void reply
    .status(statusOf[problemOf(error).kind])
    .headers({ 'content-type': PROBLEM_JSON, 'cache-control': 'no-store', 'x-request-id': request.id })
    .headers(challenges(error, request, issuer))
    .headers(error.headers ?? {})
    .send(JSON.stringify(problemDocument(error, issuer, request.id)));
}

/** What Nest and Fastify throw by themselves, in our words. */
function ofFramework(thrown: unknown, request: FastifyRequest): CcxError | undefined {
  const cause = thrown instanceof HttpException && thrown.cause ? thrown.cause : thrown;
  if (cause instanceof CcxError) return cause;
  const { code } = cause as { code?: unknown };
  if (typeof code === 'string' && code.startsWith('FST_')) return ofFastify(code, request);
  if (!(thrown instanceof HttpException)) return undefined;
  const status = thrown.getStatus();
  if (status === 404) return new NotFoundError();
  return status >= 400 && status < 500 ? new InvalidRequestError([], thrown.message) : undefined;
}

function ofFastify(code: string, request: FastifyRequest): CcxError | undefined {
  const traits = request.routeOptions?.config;
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new BodyTooLargeError(traits?.bodyLimit ?? LARGEST_BODY);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_TYPE':
      return new UnsupportedMediaTypeError(traits?.consumes ?? JSON_BODY);
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new MalformedJsonError('The body is not as long as Content-Length says.');
    default:
      return undefined;
  }
}
