import { isIPv4 } from 'node:net';

import type { Config } from './config.js';

/** What a development machine may leave to defaults and a production service may not. */
export function productionFaults(config: Config): string[] {
  const faults: string[] = [];
  if (!config.DATABASE_URL) {
    faults.push('DATABASE_URL must name a PostgreSQL server: the embedded database is for development');
  }
  if (!config.CCX_KEK && !config.CCX_KEK_FILE) {
    faults.push('CCX_KEK or CCX_KEK_FILE must be set: a key that the service makes for itself is for development');
  }
  if (!config.CCX_PEPPER && !config.CCX_PEPPER_FILE) {
    faults.push(
      'CCX_PEPPER or CCX_PEPPER_FILE must be set: a pepper that the service makes for itself is for development',
    );
  }
  if (!config.ERASURE_REGISTER_FILE) {
    faults.push('ERASURE_REGISTER_FILE must name a file that outlives the database and is shared by all processes');
  }
  if (!config.CCX_LOG_KEY && !config.CCX_LOG_KEY_FILE) {
    faults.push(
      'CCX_LOG_KEY or CCX_LOG_KEY_FILE must be set: a key that the service makes for itself is for development (`ccx log key` makes one)',
    );
  }
  if (!config.LOG_STATE_FILE) {
    faults.push('LOG_STATE_FILE must name a file that outlives the database and is not restored with it');
  }
  if (config.OAUTH_PROFILE !== 'strict') {
    faults.push('OAUTH_PROFILE must be strict: client secrets and bearer tokens are for development');
  }
  if (!config.RATE_LIMITS) faults.push('RATE_LIMITS must be on');
  if (config.SEED) faults.push('SEED must be off: example customers and retailers are for development');
  if (config.DEV_OPERATOR_PASSWORD) {
    faults.push('DEV_OPERATOR_PASSWORD must not be set: operators are invited with `ccx operator invite`');
  }
  if (URL.canParse(config.PUBLIC_URL) && !isSecure(new URL(config.PUBLIC_URL))) {
    faults.push('PUBLIC_URL must be https: plain http is for a loopback address only');
  }
  return faults;
}

function isSecure({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]') return true;
  return isIPv4(hostname) && hostname.startsWith('127.');
}
