import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { Config } from '../platform/config/config.js';
import type { StaffRole } from '../staff/staff-member.entity.js';
import { base32Of, codeAt, secretOf, TOTP_PERIOD_MS, TOTP_SECRET_BYTES } from '../staff/totp.js';
import { CliError, exitCodes } from './errors.js';
import { say } from './output.js';
import { readPrivateJson, writePrivateJson } from './private-files.js';
import { ask } from './prompt.js';
import { auditor, operator } from './seed/people.js';

/** What a member of the staff signs in with. */
export interface StaffCredentials {
  readonly email: string;
  readonly password: string;
  /** A code that was not used before; each is good once. */
  nextCode(): Promise<string>;
}

interface AuthenticatorState {
  readonly totp_secret: string;
  /** The time step of the code that was given last. */
  readonly last_step: number;
}

/** The authenticator app of a development operator or auditor: a secret in the data folder, for its owner alone. */
export class DevelopmentAuthenticator {
  private readonly path: string;

  constructor(dataFolder: string, role: StaffRole) {
    this.path = join(dataFolder, 'staff', `${role}.json`);
  }

  get secret(): Buffer | undefined {
    const state = this.read();
    return state && secretOf(state.totp_secret);
  }

  /** The secret, made now where there is none. */
  ensureSecret(): Buffer {
    if (!this.secret) this.write({ totp_secret: base32Of(randomBytes(TOTP_SECRET_BYTES)), last_step: 0 });
    return this.secret as Buffer;
  }

  /** The next code that was not given before. It waits where that would be too early: the next one is accepted already. */
  async nextCode(): Promise<string> {
    const state = this.read();
    if (!state) throw new CliError(`There is no secret in ${this.path}. A development service makes one at its start.`);
    const now = Date.now();
    const step = Math.max(Math.floor(now / TOTP_PERIOD_MS), state.last_step + 1);
    this.write({ ...state, last_step: step });
    const waitMs = (step - 1) * TOTP_PERIOD_MS - now;
    if (waitMs > 0) {
      say(`Each code is good once: waiting ${Math.ceil(waitMs / 1000)} s for the next one.`);
      await delay(waitMs);
    }
    return codeAt(secretOf(state.totp_secret), new Date(step * TOTP_PERIOD_MS));
  }

  private read(): AuthenticatorState | undefined {
    return readPrivateJson(this.path) as AuthenticatorState | undefined;
  }

  private write(state: AuthenticatorState): void {
    writePrivateJson(this.path, state);
  }
}

/** As whom a command signs in. */
export function staffEmail(role: StaffRole, env: NodeJS.ProcessEnv): string {
  return env[settingOf(role, 'EMAIL')] || { operator, auditor }[role].email;
}

/**
 * With what a command signs in as operator or auditor: as the settings say (`CCX_OPERATOR_EMAIL`, `…_PASSWORD`,
 * `…_TOTP_SECRET`, the latter two also as `…_FILE` or asked for), else as the one that a development service has.
 *
 * @throws CliError
 */
export async function staffCredentials(
  role: StaffRole,
  config: Config,
  env: NodeJS.ProcessEnv,
): Promise<StaffCredentials> {
  const setting = (name: string) => settingOf(role, name);
  const email = staffEmail(role, env);
  if (env[setting('EMAIL')]) {
    const password =
      given(env, setting('PASSWORD')) ??
      (await ask(`Password of ${email}: `, `Set ${setting('PASSWORD')} or ${setting('PASSWORD_FILE')}.`, {
        hidden: true,
      }));
    return { email, password, nextCode: () => codeBySettings(env, setting('TOTP_SECRET'), email) };
  }
  const authenticator = new DevelopmentAuthenticator(config.DATA_FOLDER, role);
  const password = role === 'operator' ? config.DEV_OPERATOR_PASSWORD : auditor.password;
  if (!authenticator.secret || password === undefined) {
    throw new CliError(
      `There is no development ${role} in ${config.DATA_FOLDER}: start the service first, or set ${setting('EMAIL')}.`,
      exitCodes.misused,
    );
  }
  return { email, password, nextCode: () => authenticator.nextCode() };
}

function settingOf(role: StaffRole, name: string): string {
  return `CCX_${role.toUpperCase()}_${name}`;
}

async function codeBySettings(env: NodeJS.ProcessEnv, name: string, email: string): Promise<string> {
  const secret = given(env, name);
  if (secret === undefined) return ask(`Code for ${email}: `, `Set ${name} or ${name}_FILE.`);
  try {
    return codeAt(secretOf(secret), new Date());
  } catch {
    throw new CliError(`${name} must be the secret of the authenticator app, in base32.`, exitCodes.misused);
  }
}

/** A secret from the environment, or from the file that it names. */
function given(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const path = env[`${name}_FILE`];
  if (env[name] || !path) return env[name] || undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw new CliError(`${name}_FILE names a file that cannot be read: ${path}`, exitCodes.misused);
  }
}
