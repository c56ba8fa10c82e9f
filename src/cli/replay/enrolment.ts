import { type Caller, everyItem, expecting } from '../api/http-api.js';
import { CliError } from '../errors.js';
import type { Account, Accounts } from './accounts.js';
import type { Dataset } from './dataset.js';
import type { ReplayState } from './state.js';

interface InboxItem {
  readonly id: string;
  readonly status: string;
  readonly retailer: { id: string };
}

/** A request as the retailer sees it. */
interface AskedRequest {
  readonly consent: { subject: string; status: string } | null;
}

/** A retailer's back end. */
export interface Party {
  readonly retailerId: string;
  readonly caller: Caller;
}

export interface EnrolmentParts {
  readonly dataset: Dataset;
  readonly accounts: Accounts;
  readonly parties: Readonly<Record<string, Party>>;
  readonly state: ReplayState;
  /** Whether customers want suggestions. */
  readonly suggestions: boolean;
}

/** Gives every customer an account and asks them for consent, which they give. */
export class Enrolment {
  constructor(private readonly parts: EnrolmentParts) {}

  /**
   * Answers the subject by which their retailer knows the customer. Whatever was done before, by this run or another,
   * is found and not done again.
   */
  async enrol(customer: string): Promise<string> {
    const { accounts, state, suggestions } = this.parts;
    const known = state.progressOf(customer);
    if (known.subject !== undefined && (known.suggestions === true || !suggestions)) return known.subject;

    const account = accounts.of(customer);
    const subject = known.subject ?? (await this.consented(customer, account));
    if (suggestions) {
      const path = '/v1/me/suggestions/settings';
      await expecting(account, { method: 'PATCH', path, body: { enabled: true } }, 200);
    }
    state.keepProgress(customer, { subject, ...(suggestions && { suggestions }) });
    return subject;
  }

  private async consented(customer: string, account: Account): Promise<string> {
    const { dataset, parties } = this.parts;
    const key = dataset.retailerOf(customer);
    const party = parties[key] as Party;
    const asked = dataset.retailers[key]?.asked;
    const isNew = await account.register();
    const request = (isNew ? undefined : await earlierRequest(party, account)) ?? (await ask(party, account, asked));
    await expecting(
      account,
      { method: 'POST', path: `/v1/me/consent-requests/${request}/approve`, body: {} },
      200,
      409,
    );
    const subject = (await consentOf(party, request))?.subject;
    if (subject === undefined) throw new CliError(`${account.email} approved request ${request}, and it gave nothing.`);
    return subject;
  }
}

async function ask({ caller }: Party, { email }: Account, details: unknown): Promise<string> {
  const body = { customer: { email }, authorization_details: details };
  const request = { method: 'POST', path: '/v1/consent-requests', body } as const;
  return (await expecting<{ id: string }>(caller, request, 201)).body.id;
}

/** A request of an earlier run that can still be approved, or that led to a consent that still holds. */
async function earlierRequest(party: Party, account: Account): Promise<string | undefined> {
  for await (const { id, status, retailer } of everyItem<InboxItem>(account, '/v1/me/consent-requests')) {
    if (retailer.id !== party.retailerId) continue;
    if (status === 'open') return id;
    if (status === 'approved' && (await consentOf(party, id))?.status === 'active') return id;
  }
  return undefined;
}

async function consentOf({ caller }: Party, request: string): Promise<AskedRequest['consent']> {
  const path = `/v1/consent-requests/${request}`;
  return (await expecting<AskedRequest>(caller, { method: 'GET', path }, 200)).body.consent;
}
