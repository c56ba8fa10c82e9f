import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Command } from 'commander';

import { type Config, loadConfig } from '../platform/config/config.js';
import { CredentialsFolder } from './client-credentials.js';
import { CliError, exitCodes } from './errors.js';
import { RetailerClient } from './retailer-client.js';
import { TokenFile } from './token-store.js';

/** A command that acts as a retailer's client. */
export function clientCommand(name: string): Command {
  return new Command(name).requiredOption('--as <client>', 'a client id, or the name of its retailer');
}

/** The client that `--as` names, ready to call the service that the settings name. */
export async function connectAs(
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<{ client: RetailerClient; config: Config }> {
  const config = loadConfig(env);
  const credentials = new CredentialsFolder(config.DATA_FOLDER).find(name);
  const tokens = new TokenFile(join(config.DATA_FOLDER, 'tokens', `${credentials.client_id}.json`));
  try {
    return { client: await RetailerClient.connect(config.issuer, credentials, tokens), config };
  } catch (error) {
    throw new CliError(`The service at ${config.issuer} does not answer as an OAuth server: ${reasonOf(error)}`);
  }
}

/** What an option gives directly, or as `@file`. */
export function textOrFile(value: string): string {
  if (!value.startsWith('@')) return value;
  try {
    return readFileSync(value.slice(1), 'utf8');
  } catch (error) {
    throw new CliError(`${value.slice(1)} cannot be read: ${reasonOf(error)}`, exitCodes.misused);
  }
}

/** An OAuth server's refusal, or why it was not reached, in one line. */
export function reasonOf(error: unknown): string {
  const {
    message,
    cause,
    error: code,
    error_description: description,
  } = error as Error & {
    cause?: { message?: string; code?: string };
    error?: string;
    error_description?: string;
  };
  if (code) return `${code}${description ? `, ${description}` : ''}`;
  const detail = cause?.message || cause?.code;
  return detail && detail !== message ? `${message} (${detail})` : message;
}
