/** The embedded PostgreSQL cannot be had; the message says why and what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** The system's code of an error, such as ENOENT. */
export function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}

/** The end of a program's output, short enough for an error message. */
export function lastLines(output: string, count = 6): string {
  return output.trim().split(/\r?\n/).slice(-count).join('\n');
}
