/** PostgreSQL's answers, and those of the system, after which a whole transaction may be tried again. */
const RETRYABLE_CODES = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25006', // read_only_sql_transaction: the primary has moved
  '53300', // too_many_connections
  '26000', // a statement that another transaction on the connection was about to prepare, and failed before it
  '42P05', // or that two have prepared after such a failure
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN', // the name server is away, too
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ERR_SOCKET_CLOSED',
  'ERR_STREAM_DESTROYED', // written to between the loss of a connection and the word of it
  'ERR_STREAM_WRITE_AFTER_END',
  'ETIMEDOUT',
]);

/** `pg` would not even send a statement. */
const NOT_SENT_MESSAGES = ['Client has encountered a connection error', 'Client was closed and is not queryable'];

// `pg` gives none of these a code.
const RETRYABLE_MESSAGES = [...NOT_SENT_MESSAGES, 'Connection terminated', 'Query read timeout'];

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

/** Whether all connections of the pool were in use for longer than anybody should wait for one. */
export function isOutOfConnections(error: unknown): boolean {
  return driverErrorOf(error).message === 'timeout exceeded when trying to connect';
}

/** Whether the statement was ended because it took longer than it may. */
export function isTakingTooLong(error: unknown): boolean {
  return driverErrorOf(error).code === '57014';
}

/** Whether a commit that failed with this error has certainly undone all of the transaction. */
export function isRolledBack(error: unknown): boolean {
  const { code = '', message = '' } = driverErrorOf(error);
  return code.startsWith('40') || code.startsWith('23') || NOT_SENT_MESSAGES.some((text) => message.includes(text));
}

/** Whether the error is the violation of this unique constraint or index (of any, when none is named). */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const { code, constraint: violated } = driverErrorOf(error);
  return code === '23505' && (constraint === undefined || violated === constraint);
}
