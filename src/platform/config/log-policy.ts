import { readFileSync } from 'node:fs';

import { noWitnesses, parsePolicy, PolicyFault, type WitnessPolicy } from '../crypto/witness-policy.js';
import type { Config } from './config.js';

/** The witnesses to ask, and how many of them have to cosign; none where no policy is given. */
export function loadPolicy({ LOG_POLICY_FILE }: Config): WitnessPolicy {
  return LOG_POLICY_FILE === undefined ? noWitnesses : readPolicy(LOG_POLICY_FILE);
}

/** What is wrong with the policy that is given. */
export function policyFaults(config: Config): string[] {
  try {
    const { witnesses } = loadPolicy(config);
    const unreachable = witnesses.filter(({ url }) => url === null);
    return unreachable.map(
      ({ name }) => `LOG_POLICY_FILE must have a URL for the witness ${name}, which is to be asked`,
    );
  } catch (error) {
    if (error instanceof PolicyFault) return [`LOG_POLICY_FILE, ${error.message}`];
    return [`LOG_POLICY_FILE names a file that cannot be read as text in UTF-8: ${config.LOG_POLICY_FILE}`];
  }
}

function readPolicy(path: string): WitnessPolicy {
  return parsePolicy(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path)));
}
