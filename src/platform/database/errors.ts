/** PostgreSQL's answers, and `pg`'s own, after which a whole transaction may be tried again. */
const RETRYABLE_CODES = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '25006', // read_only_sql_transaction: the primary has moved
  '53300', // too_many_connections
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
]);

// `pg` gives these no code.
const RETRYABLE_MESSAGES = ['Connection terminated', 'Query read timeout', 'Client has encountered a connection error'];

interface PgError {
  code?: string;
  constraint?: string;
  message?: string;
  driverError?: PgError;
}

function driverErrorOf(error: unknown): PgError {
  const given = (error ?? {}) as PgError;
  return given.driverError ?? given;
}

/** Whether the transaction may be tried again as a whole: it failed for a reason that passes. */
export function isRetryable(error: unknown): boolean {
  const { code, message = '' } = driverErrorOf(error);
  if (code) return RETRYABLE_CODES.has(code) || code.startsWith('08');
  return RETRYABLE_MESSAGES.some((text) => message.includes(text));
}

/** Whether a commit that failed with this error has certainly undone all of the transaction. */
export function isRolledBack(error: unknown): boolean {
  const { code = '' } = driverErrorOf(error);
  return code.startsWith('40') || code.startsWith('23');
}

/** Whether the error is the violation of this unique constraint or index (of any, when none is named). */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const { code, constraint: violated } = driverErrorOf(error);
  return code === '23505' && (constraint === undefined || violated === constraint);
}
