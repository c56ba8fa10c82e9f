import { ConfigError } from '../platform/config/config.js';
import { UnknownKekError } from '../platform/crypto/kek.js';
import { DatabaseSessionError } from '../platform/database/session.errors.js';
import { DistributionError } from '../platform/database/distribution-plan.js';
import { EmbeddedPostgresError } from '../platform/embedded-postgres/embedded-postgres.js';
import { ErasureRegisterError } from '../platform/erasure-register.errors.js';
import { CcxError } from '../platform/errors.js';

/** How a command ends: the shell's exit codes, the same for every command. */
export const exitCodes = {
  done: 0,
  /** It was understood, and could not be done. */
  failed: 1,
  /** The command or the settings are wrong; nothing was tried. */
  misused: 2,
} as const;

/** A failure that people at the command line can do something about; the message says what. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    message: string,
    readonly exitCode: number = exitCodes.failed,
  ) {
    super(message);
  }
}

/** What to tell people about a failure. Only a fault of ours shows its stack. */
export function explain(error: unknown): { message: string; exitCode: number } {
  if (error instanceof CliError) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof ConfigError) return { message: error.message, exitCode: exitCodes.misused };
  if (error instanceof DistributionError) return { message: error.message, exitCode: exitCodes.failed };
  if (error instanceof EmbeddedPostgresError || error instanceof UnknownKekError)
    return { message: error.message, exitCode: exitCodes.failed };
  if (error instanceof ErasureRegisterError || error instanceof DatabaseSessionError)
    return { message: error.message, exitCode: exitCodes.failed };
  if (error instanceof CcxError) return { message: describeProblem(error), exitCode: exitCodes.failed };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message, exitCode: exitCodes.failed };
}

function describeProblem({ message, errors = [] }: CcxError): string {
  return [message, ...errors.map(({ pointer, detail }) => `  - ${pointer} ${detail}`)].join('\n');
}
