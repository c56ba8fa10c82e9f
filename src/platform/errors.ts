/** What went wrong, in words that know nothing of HTTP. One filter turns kinds into statuses. */
export type ProblemKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'gone'
  | 'precondition-failed'
  | 'too-slow'
  | 'too-large'
  | 'unsupported'
  | 'unprocessable'
  | 'precondition-required'
  | 'too-many'
  | 'headers-too-large'
  | 'internal'
  | 'unavailable';

/** What is published about an error at `/problems/{code}`. A code never changes once released. */
export interface ProblemDefinition {
  readonly code: string;
  readonly kind: ProblemKind;
  readonly title: string;
  /** One or two sentences: what the caller can do about it. */
  readonly advice: string;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
}

/** One fault of a request: a JSON pointer into the body, or `query/<name>`, `path/<name>`, `header/<name>`. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

export interface ErrorDetails {
  readonly errors?: readonly FieldError[];
  /** Further members of the problem document, such as the id of the record that is in the way. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error whose message the caller may read. Every concrete class carries `@Problem`. */
export abstract class CcxError extends Error {
  readonly errors?: readonly FieldError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = new.target.name;
    this.errors = details.errors;
    this.extensions = details.extensions;
    this.headers = details.headers;
  }
}

export type ProblemClass = abstract new (...args: never[]) => CcxError;

const definitions = new Map<ProblemClass, ProblemDefinition>();
const classesByCode = new Map<string, ProblemClass>();

/** Gives an error class its published code and registers it. */
export function Problem(
  definition: Omit<ProblemDefinition, 'retryable'> & { retryable?: boolean },
): (target: ProblemClass) => void {
  return (target) => {
    const taken = classesByCode.get(definition.code);
    if (taken && taken !== target) {
      throw new Error(`The problem code ${definition.code} belongs to ${taken.name}; ${target.name} needs its own.`);
    }
    classesByCode.set(definition.code, target);
    definitions.set(target, { ...definition, retryable: definition.retryable ?? false });
  };
}

/** The published definition of an error or an error class. */
export function problemOf(subject: CcxError | ProblemClass): ProblemDefinition {
  const type = typeof subject === 'function' ? subject : (subject.constructor as ProblemClass);
  const definition = definitions.get(type);
  if (!definition) throw new Error(`${type.name} has no @Problem.`);
  return definition;
}

/** Every registered problem, by code. */
export function publishedProblems(): ProblemDefinition[] {
  return [...definitions.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

@Problem({
  code: 'invalid-request',
  kind: 'invalid',
  title: 'The request is not valid',
  advice: 'Correct the members named in `errors` and send the request again.',
})
export class InvalidRequestError extends CcxError {
  constructor(errors: readonly FieldError[], message = 'The request has faults; `errors` names each of them.') {
    super(message, { errors });
  }
}

@Problem({
  code: 'malformed-json',
  kind: 'invalid',
  title: 'The body is not well-formed JSON',
  advice: 'Send JSON as RFC 8259 defines it, in valid UTF-8, without repeated member names or NUL characters.',
})
export class MalformedJsonError extends CcxError {
  constructor(message: string, errors?: readonly FieldError[]) {
    super(message, { errors });
  }
}

@Problem({
  code: 'malformed-form',
  kind: 'invalid',
  title: 'The form is not well-formed',
  advice: 'Send fields percent-encoded in UTF-8, without NUL characters.',
})
export class MalformedFormError extends CcxError {
  constructor() {
    super('The body is not a form in UTF-8.');
  }
}

@Problem({
  code: 'invalid-token',
  kind: 'unauthenticated',
  title: 'A valid token is needed',
  advice: 'Sign in or request a token again and send it in the Authorization header.',
})
export class UnauthenticatedError extends CcxError {
  constructor(message = 'The token is missing, unknown or expired.', details: ErrorDetails = {}) {
    super(message, details);
  }
}

@Problem({
  code: 'invalid-dpop-proof',
  kind: 'unauthenticated',
  title: 'A valid DPoP proof is needed',
  advice:
    'Send a new proof with every request, made for its method and address and signed with the key to which the token is bound (RFC 9449).',
})
export class InvalidProofError extends CcxError {}

@Problem({
  code: 'insufficient-scope',
  kind: 'forbidden',
  title: 'The token does not allow this',
  advice: 'Use a token of the right kind that carries the scopes named in `required_scopes`.',
})
export class ForbiddenError extends CcxError {
  constructor(message = 'This token does not allow that.', details: ErrorDetails = {}) {
    super(message, details);
  }
}

@Problem({
  code: 'not-found',
  kind: 'not-found',
  title: 'No such resource',
  advice: 'Check the address. A record of somebody else is answered like one that does not exist.',
})
export class NotFoundError extends CcxError {
  constructor(message = 'There is nothing at this address.') {
    super(message);
  }
}

@Problem({
  code: 'precondition-required',
  kind: 'precondition-required',
  title: 'If-Match is required',
  advice: 'Read the resource, then send its ETag as If-Match, so that nobody else’s change is overwritten.',
})
export class PreconditionRequiredError extends CcxError {
  constructor() {
    super('This request replaces state and needs an If-Match header.');
  }
}

@Problem({
  code: 'stale-version',
  kind: 'precondition-failed',
  title: 'The resource has changed',
  advice: 'Read the resource again, apply your change to what you find, and send its new ETag as If-Match.',
})
export class PreconditionFailedError extends CcxError {
  constructor() {
    super('If-Match names a version that is no longer current.');
  }
}

@Problem({
  code: 'body-too-large',
  kind: 'too-large',
  title: 'The body is too large',
  advice: 'Send less at a time; `limit_bytes` is the most this operation takes.',
})
export class BodyTooLargeError extends CcxError {
  constructor(limitBytes: number) {
    super(`The body exceeds ${limitBytes} bytes.`, { extensions: { limit_bytes: limitBytes } });
  }
}

@Problem({
  code: 'unsupported-media-type',
  kind: 'unsupported',
  title: 'The content type is not supported',
  advice: 'Send the body in one of the content types that the API description names for this operation.',
})
export class UnsupportedMediaTypeError extends CcxError {
  constructor(accepted: readonly string[]) {
    super(`This operation takes ${accepted.join(', ')}.`, { extensions: { accepted } });
  }
}

@Problem({
  code: 'rate-limited',
  kind: 'too-many',
  title: 'Too many requests',
  advice: 'Wait for the seconds named in Retry-After, then send the request again.',
  retryable: true,
})
export class RateLimitedError extends CcxError {
  constructor(retryAfterSeconds: number, headers: Readonly<Record<string, string>> = {}) {
    super(`The limit is reached; try again in ${retryAfterSeconds} s.`, {
      headers: { ...headers, 'retry-after': String(retryAfterSeconds) },
    });
  }
}

@Problem({
  code: 'unavailable',
  kind: 'unavailable',
  title: 'The service cannot answer now',
  advice: 'Try again after the seconds named in Retry-After; what creates, with the same Idempotency-Key.',
  retryable: true,
})
export class UnavailableError extends CcxError {
  constructor(message = 'The service cannot answer now.', retryAfterSeconds = 1) {
    super(message, { headers: { 'retry-after': String(retryAfterSeconds) } });
  }
}

@Problem({
  code: 'internal',
  kind: 'internal',
  title: 'Something went wrong here',
  advice: 'The fault is ours. Name the `instance` when you report it.',
  retryable: true,
})
export class InternalError extends CcxError {
  constructor() {
    super('An unexpected fault occurred. It has been logged under the instance of this problem.');
  }
}
