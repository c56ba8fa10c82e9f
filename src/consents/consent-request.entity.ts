import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { CustomerKey } from '../platform/customer-key.js';
import type { ConsentUse } from './consent.entity.js';
import { type AskedDetail, longestLifeDays } from './detail.js';
import type { PreApproval } from './pre-approval.js';
import type { RuleRef, StruckLine } from './rule.js';

/** How the request reached the customer: an OAuth page, a device's code, their list of requests, or a switch. */
export const requestOrigins = ['par', 'device', 'inbox', 'switch'] as const;
export type RequestOrigin = (typeof requestOrigins)[number];

/** How requests stand that retailers have made. */
export const askedStatuses = ['open', 'approved', 'narrowed', 'refused', 'lapsed'] as const;
/** `pre_approved`: the customer has said yes beforehand to what the retailer has not asked for yet. */
export const requestStatuses = [...askedStatuses, 'pre_approved'] as const;
export type RequestStatus = (typeof requestStatuses)[number];

/** What becomes of the lines that the retailer has already: the new ones join them, or take their place. */
export const requestActions = ['merge', 'replace'] as const;
export type RequestAction = (typeof requestActions)[number];

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** For how long a request can be decided, by the way on which it reached the customer. */
const OPEN_FOR_MS: Readonly<Record<RequestOrigin, number>> = {
  par: 30 * MINUTE_MS,
  device: 15 * MINUTE_MS,
  inbox: 14 * DAY_MS,
  switch: 7 * DAY_MS,
};

/** For how many days a consent holds when nothing is asked for, and at most. */
const lifetimes: Readonly<Record<ConsentUse, { usual: number; most: number }>> = {
  standing: { usual: 365, most: 366 },
  once: { usual: 1, most: 7 },
};

interface Term {
  use: ConsentUse;
  details: readonly AskedDetail[];
  /** For how many days it is asked for, if that is said. */
  lifetimeDays?: number | undefined;
}

/** For how many days what is asked for would hold: no longer than is possible for this use and for these lines. */
export function lifetimeOf({ use, details, lifetimeDays }: Term, longestDays: number): number {
  const { usual, most } = lifetimes[use];
  return Math.min(lifetimeDays ?? usual, most, longestDays, longestLifeDays(details));
}

/** What is asked of whom. */
export interface Asking {
  customer: CustomerKey;
  retailerId: string;
  clientId: string;
  origin: RequestOrigin;
  details: AskedDetail[];
  use?: ConsentUse;
  action?: RequestAction;
  /** Lowered to what is possible at most for this use. */
  lifetimeDays?: number;
  /** How often a day the retailer wants to read at most. */
  maxReadsPerDay?: number | null;
  language?: string | null;
  message?: string | null;
  /** Whether the customer is to see it even though they have approved it beforehand. */
  asksAnew?: boolean;
}

interface NewRequest extends Omit<Asking, 'asksAnew'> {
  id: string;
  vocabularyVersion: string;
  /** No consent holds for longer, whatever its use. */
  longestDays: number;
  at: Date;
}

type Methods =
  | 'asked'
  | 'statusAt'
  | 'statusToRetailer'
  | 'isHiddenFromRetailer'
  | 'strike'
  | 'preApprove'
  | 'approve'
  | 'refuse'
  | 'lapse'
  | 'leftTo';
type Columns = Omit<ConsentRequest, Methods>;

/**
 * What a retailer asks a customer for. It is what the customer decides; a consent exists only once something is given.
 *
 * Not every row has a customer behind it: a retailer that asks for an address that nobody has gets a request like any
 * other, which nobody will ever see, so that it does not learn who is a customer.
 */
@Entity('consent_requests')
@Index('consent_requests_open', ['bucket', 'customerId', 'createdAt'], { where: `status = 'open'` })
@Index('consent_requests_lapsing', ['expiresAt'], { where: `status in ('open', 'pre_approved')` })
@Index('consent_requests_one_pre_approval', ['bucket', 'customerId', 'retailerId'], {
  unique: true,
  where: `status = 'pre_approved'`,
})
@Check('consent_requests_origin', `origin in ('par', 'device', 'inbox', 'switch')`)
@Check('consent_requests_use', `use in ('standing', 'once')`)
@Check('consent_requests_status', `status in ('open', 'pre_approved', 'approved', 'narrowed', 'refused', 'lapsed')`)
@Check('consent_requests_pre_approval', `(origin = 'switch') = (pre_approval is not null)`)
@Check('consent_requests_lifetime', `lifetime_days between 1 and 366`)
@Check('consent_requests_action', `action in ('merge', 'replace')`)
@Check('consent_requests_max_reads', `max_reads_per_day >= 1`)
export class ConsentRequest {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'consent_requests_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'consent_requests_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'consent_requests_pk' }) id!: string;
  @Column('uuid', { name: 'retailer_id' }) retailerId!: string;
  @Column('text', { name: 'client_id' }) clientId!: string;
  @Column('text') origin!: RequestOrigin;
  @Column('text') status!: RequestStatus;
  @Column('text') use!: ConsentUse;
  @Column('text', { default: 'merge' }) action!: RequestAction;
  /** What the customer has to decide. */
  @Column('jsonb') details!: AskedDetail[];
  /**
   * What the customer's rules took out of it before the customer was asked. When that was everything, the request was
   * refused, and `details` still say what.
   */
  @Column('jsonb', { default: () => "'[]'" }) struck!: StruckLine[];
  /** For how long the consent would hold, counted from the decision. */
  @Column('int', { name: 'lifetime_days' }) lifetimeDays!: number;
  @Column('int', { name: 'max_reads_per_day', nullable: true }) maxReadsPerDay!: number | null;
  @Column('text', { name: 'vocabulary_version' }) vocabularyVersion!: string;
  @Column('text', { nullable: true }) language!: string | null;
  /** The retailer's own words to the customer. */
  @Column('text', { nullable: true }) message!: string | null;
  /** The consent that it led to. */
  @Column('uuid', { name: 'consent_id', nullable: true }) consentId!: string | null;
  /** The customer's standing rule that decided it; null when the customer did, or nobody yet. */
  @Column('jsonb', { name: 'decided_by_rule', nullable: true }) decidedByRule!: RuleRef | null;
  /** Of a request that the customer has made for the retailer, by taking along what another one has. */
  @Column('jsonb', { name: 'pre_approval', nullable: true }) preApproval!: PreApproval | null;
  /** Until when it can be decided. */
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @Column('timestamptz', { name: 'shown_at', nullable: true }) shownAt!: Date | null;
  @Column('timestamptz', { name: 'decided_at', nullable: true }) decidedAt!: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;

  /** A request that has just been made. Nobody has seen it yet. */
  static open({ customer, origin, use = 'standing', at, ...asked }: NewRequest): ConsentRequest {
    return Object.assign(new ConsentRequest(), {
      bucket: customer.bucket,
      customerId: customer.customerId,
      id: asked.id,
      retailerId: asked.retailerId,
      clientId: asked.clientId,
      origin,
      status: 'open',
      use,
      action: asked.action ?? 'merge',
      details: asked.details,
      struck: [],
      lifetimeDays: lifetimeOf({ ...asked, use }, asked.longestDays),
      maxReadsPerDay: asked.maxReadsPerDay ?? null,
      vocabularyVersion: asked.vocabularyVersion,
      language: asked.language ?? null,
      message: asked.message ?? null,
      consentId: null,
      decidedByRule: null,
      preApproval: null,
      expiresAt: new Date(at.getTime() + OPEN_FOR_MS[origin]),
      shownAt: null,
      decidedAt: null,
      createdAt: at,
    } satisfies Columns);
  }

  /** How it stands at this moment, also when its time was up a moment ago and nobody has recorded that yet. */
  statusAt(now: Date): RequestStatus {
    const isPending = this.status === 'open' || this.status === 'pre_approved';
    return isPending && this.expiresAt <= now ? 'lapsed' : this.status;
  }

  /** How it stands as far as the retailer may know. */
  statusToRetailer(now: Date): RequestStatus {
    if (!this.isHiddenFromRetailer()) return this.statusAt(now);
    return this.expiresAt <= now ? 'lapsed' : 'open';
  }

  /**
   * Whether the retailer is not told how it was decided. Where a rule refused what came to the inbox, nobody but the
   * retailer has done anything yet: an answer would tell it that the address belongs to a customer. So it sees what it
   * sees of a request to nobody. And what the customer has approved beforehand, it has not asked for.
   */
  isHiddenFromRetailer(): boolean {
    if (this.origin === 'switch') return true;
    return this.origin === 'inbox' && this.status === 'refused' && this.decidedByRule !== null;
  }

  /** Everything that the retailer asked for, in its order: lines get their ids one after another. */
  asked(): AskedDetail[] {
    const rest = new Set(this.details.map(({ id }) => id));
    const struck = this.struck.flatMap(({ detail }) => (rest.has(detail.id) ? [] : [detail]));
    return [...this.details, ...struck].toSorted((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** Takes out what rules refuse, so that the customer is asked for the rest alone. */
  strike(struck: StruckLine[]): void {
    const ids = new Set(struck.map(({ detail }) => detail.id));
    const rest = this.details.filter(({ id }) => !ids.has(id));
    if (rest.length > 0) this.details = rest;
    this.struck = struck;
  }

  /** The customer says yes before the retailer asks. */
  preApprove(preApproval: PreApproval): void {
    this.status = 'pre_approved';
    this.preApproval = preApproval;
  }

  approve({ consentId, whole, rule = null }: { consentId: string; whole: boolean; rule?: RuleRef | null }, now: Date) {
    this.status = whole && this.struck.length === 0 ? 'approved' : 'narrowed';
    this.consentId = consentId;
    this.decidedByRule = rule;
    this.decidedAt = now;
  }

  refuse(now: Date, rule: RuleRef | null = null): void {
    this.status = 'refused';
    this.decidedByRule = rule;
    this.decidedAt = now;
  }

  /** The same as far as its retailer can tell, with nobody behind it any more and nothing of who was. */
  leftTo(nobody: CustomerKey, now: Date): ConsentRequest {
    return Object.assign(new ConsentRequest(), {
      ...this,
      ...nobody,
      status: this.statusToRetailer(now),
      details: this.asked(),
      struck: [],
      message: null,
      decidedByRule: null,
      shownAt: null,
      decidedAt: this.isHiddenFromRetailer() ? null : this.decidedAt,
    } satisfies Columns);
  }

  /** Nobody decided it in time. */
  lapse(): void {
    this.status = 'lapsed';
  }
}
