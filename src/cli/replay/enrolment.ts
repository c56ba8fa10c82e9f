import { type Caller, everyItem, expecting } from '../api/http-api.js';
import { CliError } from '../errors.js';
import type { Account, Accounts } from './accounts.js';
import { type Shop, shopOf } from './plan.js';
import { asked } from './shops.js';
import type { ReplayState } from './state.js';

interface InboxItem {
  readonly id: string;
  readonly status: string;
  readonly retailer: { id: string };
}

/** A request as the shop sees it. */
interface AskedRequest {
  readonly consent: { subject: string; status: string } | null;
}

/** A shop's back end. */
export interface ShopParty {
  readonly retailerId: string;
  readonly caller: Caller;
}

/** Gives every customer an account and asks them for consent, which they give. */
export class Enrolment {
  constructor(
    private readonly accounts: Accounts,
    private readonly shops: Readonly<Record<Shop, ShopParty>>,
    private readonly state: ReplayState,
  ) {}

  /**
   * Answers the subject by which their shop knows the customer. Whatever was done before, by this run or another, is
   * found and not done again.
   */
  async enrol(customer: string): Promise<string> {
    const { subject: known } = this.state.progressOf(customer);
    if (known !== undefined) return known;

    const shop = this.shops[shopOf(customer)];
    const account = this.accounts.of(customer);
    const isNew = await account.register();
    const request = (isNew ? undefined : await earlierRequest(shop, account)) ?? (await ask(shop, account));
    await expecting(
      account,
      { method: 'POST', path: `/v1/me/consent-requests/${request}/approve`, body: {} },
      200,
      409,
    );

    const subject = (await consentOf(shop, request))?.subject;
    if (subject === undefined) throw new CliError(`${account.email} approved request ${request}, and it gave nothing.`);
    this.state.keepProgress(customer, { subject });
    return subject;
  }
}

async function ask({ caller }: ShopParty, { email }: Account): Promise<string> {
  const body = { customer: { email }, authorization_details: asked };
  const request = { method: 'POST', path: '/v1/consent-requests', body } as const;
  return (await expecting<{ id: string }>(caller, request, 201)).body.id;
}

/** A request of an earlier run that can still be approved, or that led to a consent that still holds. */
async function earlierRequest(shop: ShopParty, account: Account): Promise<string | undefined> {
  for await (const { id, status, retailer } of everyItem<InboxItem>(account, '/v1/me/consent-requests')) {
    if (retailer.id !== shop.retailerId) continue;
    if (status === 'open') return id;
    if (status === 'approved' && (await consentOf(shop, id))?.status === 'active') return id;
  }
  return undefined;
}

async function consentOf({ caller }: ShopParty, request: string): Promise<AskedRequest['consent']> {
  const path = `/v1/consent-requests/${request}`;
  return (await expecting<AskedRequest>(caller, { method: 'GET', path }, 200)).body.consent;
}
