import { errors } from 'oidc-provider';

import type { ConsentUse } from '../consents/consent.entity.js';
import { MOST_READS_PER_DAY } from '../consents/narrowing.js';

/** What a retailer asks for in an authorization request, beside the details themselves. */
export interface AskedTerms {
  readonly use: ConsentUse;
  readonly lifetimeDays?: number;
  readonly maxReadsPerDay?: number;
  /** Whether what is given is added to what the retailer has, or takes its place. */
  readonly action: 'merge' | 'replace';
}

/** The grant that a request is about (Grant Management for OAuth 2.0); what we call a consent. */
export interface NamedGrant {
  readonly action: 'merge' | 'replace';
  readonly id: string;
}

export type RequestParameters = Readonly<Record<string, unknown>>;

/** How a code gets back to its client: in no fragment, which is passed on, and by no page that needs a script. */
export const responseModes = ['query'] as const;

export const grantManagementActions = ['create', 'merge', 'replace'] as const;

const LONGEST_LIFETIME_DAYS = 366;

/** What was asked for beside the details. The values have been checked. */
export function termsOf(params: RequestParameters): AskedTerms {
  const { ccx_lifetime_days: days, ccx_max_reads_per_day: reads } = params;
  return {
    use: params['ccx_use'] === 'once' ? 'once' : 'standing',
    ...(days !== undefined && { lifetimeDays: Number(days) }),
    ...(reads !== undefined && { maxReadsPerDay: Number(reads) }),
    action: params['grant_management_action'] === 'replace' ? 'replace' : 'merge',
  };
}

/** The grant that a request wants changed, if it names one. The values have been checked. */
export function namedGrantOf(params: RequestParameters): NamedGrant | undefined {
  const { grant_management_action: action, grant_id: id } = params;
  return (action === 'merge' || action === 'replace') && typeof id === 'string' ? { action, id } : undefined;
}

export function checkResponseMode(params: Record<string, unknown>, mode: string | undefined): void {
  if (mode === undefined || responseModes.some((known) => known === mode)) return;
  params['response_mode'] = undefined; // nor is this said in that way
  throw new errors.UnsupportedResponseMode(`response_mode must be ${responseModes.join(' or ')}`);
}

export function checkUse(params: RequestParameters, use: string | undefined): void {
  if (!params['authorization_details']) {
    throw new errors.InvalidRequest('authorization_details is required: it says what the customer is asked for');
  }
  if (use !== undefined && use !== 'standing' && use !== 'once') {
    throw new errors.InvalidRequest('ccx_use must be standing or once');
  }
}

export function checkLifetime(days: string | undefined): void {
  checkCount('ccx_lifetime_days', days, LONGEST_LIFETIME_DAYS);
}

export function checkReadsPerDay(reads: string | undefined): void {
  checkCount('ccx_max_reads_per_day', reads, MOST_READS_PER_DAY);
}

/** Whether the parameters of grant management go together. @throws errors.InvalidRequest */
export function checkGrantParameters(params: RequestParameters): void {
  const { grant_management_action: action, grant_id: id, ccx_use: use } = params;
  if (action === undefined) {
    if (id !== undefined) throw new errors.InvalidRequest('grant_id needs a grant_management_action');
    return;
  }
  if (!grantManagementActions.some((known) => known === action)) {
    throw new errors.InvalidRequest(`grant_management_action must be one of ${grantManagementActions.join(', ')}`);
  }
  if ((action === 'create') !== (id === undefined)) {
    throw new errors.InvalidRequest('grant_id must be given with merge and replace, and with nothing else');
  }
  if (action !== 'create' && use === 'once') {
    throw new errors.InvalidRequest('what is given once is never added to another grant: leave ccx_use out');
  }
}

function checkCount(name: string, value: string | undefined, most: number): void {
  if (value === undefined) return;
  if (!/^\d{1,5}$/.test(value) || Number(value) < 1 || Number(value) > most) {
    throw new errors.InvalidRequest(`${name} must be 1 to ${most}`);
  }
}
