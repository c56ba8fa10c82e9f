import {
  BodyTooLargeError,
  ForbiddenError,
  InvalidProofError,
  InvalidRequestError,
  MalformedJsonError,
  PreconditionFailedError,
  PreconditionRequiredError,
  type ProblemClass,
  RateLimitedError,
  UnauthenticatedError,
  UnavailableError,
  UnsupportedMediaTypeError,
} from '../platform/errors.js';
import {
  IdempotencyInProgressError,
  IdempotencyKeyReusedError,
  IdempotencyOutcomeUnknownError,
} from '../platform/http/idempotency.errors.js';
import { DelegationNotValidError, NotDelegableError } from '../platform/http/delegation.errors.js';
import { InvalidCursorError } from '../platform/http/paging.js';
import { problemResponses } from './problems.js';
import { OverloadedError } from '../platform/overload/overload.errors.js';
import type { DocumentedRoute } from './routes.js';
import { securityOf } from './security.js';
import type { OpenApiOperation, OpenApiParameter } from './types.js';

/** Adds to an operation what follows from its access, its body, its parameters and its traits. */
export function completeOperation(operation: OpenApiOperation, route: DocumentedRoute): void {
  const { operation: spec, traits } = route;
  if (!traits.access) throw new Error(`The route ${spec.id} has no @Access.`);
  if (spec.body) {
    operation.requestBody = { required: spec.body.required ?? true, ...spec.body } as OpenApiOperation['requestBody'];
  }
  operation.parameters = [...(operation.parameters ?? []).map(named), ...headersOf(route)];
  operation.security = securityOf(traits.access);
  operation.responses = {
    ...operation.responses,
    ...problemResponses([...new Set([...spec.errors, ...impliedProblems(operation, route)])]),
  };
}

/** What the router calls `*`, Nest writes into the address as `{path}`. */
function named(parameter: OpenApiParameter): OpenApiParameter {
  return 'name' in parameter && parameter.name === '*' ? { ...parameter, name: 'path' } : parameter;
}

function impliedProblems(operation: OpenApiOperation, { operation: spec, traits }: DocumentedRoute): ProblemClass[] {
  const isPaged = operation.parameters?.some((parameter) => 'name' in parameter && parameter.name === 'cursor');
  return [
    // Every operation has at least one: what it does not know, it refuses.
    InvalidRequestError,
    ...(isPaged ? [InvalidCursorError] : []),
    ...(operation.requestBody ? [MalformedJsonError, BodyTooLargeError, UnsupportedMediaTypeError] : []),
    ...(traits.access?.audience === 'public' ? [] : [UnauthenticatedError, ForbiddenError]),
    ...(traits.access?.audience === 'retailer' ? [InvalidProofError] : []),
    ...(traits.access?.audience === 'customer' ? [traits.delegable ? DelegationNotValidError : NotDelegableError] : []),
    ...(spec.errors.includes(PreconditionFailedError) ? [PreconditionRequiredError] : []),
    ...(traits.idempotent
      ? [IdempotencyInProgressError, IdempotencyOutcomeUnknownError, IdempotencyKeyReusedError]
      : []),
    // What monitors ask is answered at any time.
    ...(traits.limit === 'none' ? [] : [RateLimitedError, UnavailableError, OverloadedError]),
  ];
}

function headersOf({ operation: { errors, ok, more = [] }, traits }: DocumentedRoute): OpenApiParameter[] {
  return [
    ...(traits.delegable
      ? [
          header(
            'CCX-Acting-For',
            'The id of a delegation that you hold: the request is then about whoever gave it, within its bounds.',
            '019a9c50-3d6a-7c2e-8f41-2b9d7e5a1c60',
          ),
        ]
      : []),
    ...(errors.includes(PreconditionFailedError)
      ? [header('If-Match', 'The ETag of the version that the change was made to.', '"nOVNk8PMrHqxvWSJzEzBNg"', true)]
      : []),
    ...([ok, ...more].some(({ status }) => status === 304)
      ? [header('If-None-Match', 'The ETag of the representation at hand.', '"nOVNk8PMrHqxvWSJzEzBNg"')]
      : []),
    ...(traits.idempotent
      ? [
          header(
            'Idempotency-Key',
            'Any 1 to 255 visible ASCII characters. Repeating the request with the same key within 24 hours answers the same and does nothing again.',
            '0b6ad5b8-8e0e-4f3b-9d3c-6b2f6c1f2a77',
          ),
        ]
      : []),
  ];
}

function header(name: string, description: string, example: string, required = false): OpenApiParameter {
  return { name, in: 'header', required, description, schema: { type: 'string' }, example };
}
