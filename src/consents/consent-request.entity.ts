import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { CustomerKey } from '../platform/customer-key.js';
import type { ConsentUse } from './consent.entity.js';
import type { AskedDetail } from './detail.js';

/** How the request reached the customer: an OAuth page, a device's code, their list of requests, or a switch. */
export const requestOrigins = ['par', 'device', 'inbox', 'switch'] as const;
export type RequestOrigin = (typeof requestOrigins)[number];

export const requestStatuses = ['open', 'approved', 'narrowed', 'refused', 'lapsed'] as const;
export type RequestStatus = (typeof requestStatuses)[number];

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** For how long a request can be decided, by the way on which it reached the customer. */
const OPEN_FOR_MS: Readonly<Record<RequestOrigin, number>> = {
  par: 30 * MINUTE_MS,
  device: 15 * MINUTE_MS,
  inbox: 14 * DAY_MS,
  switch: 30 * MINUTE_MS,
};

/** For how many days a consent holds when nothing is asked for, and at most. */
const lifetimes: Readonly<Record<ConsentUse, { usual: number; most: number }>> = {
  standing: { usual: 365, most: 366 },
  once: { usual: 1, most: 7 },
};

/** What is asked of whom. */
export interface Asking {
  customer: CustomerKey;
  retailerId: string;
  clientId: string;
  origin: RequestOrigin;
  details: AskedDetail[];
  use?: ConsentUse;
  /** Lowered to what is possible at most for this use. */
  lifetimeDays?: number;
  language?: string | null;
  message?: string | null;
}

interface NewRequest extends Asking {
  id: string;
  vocabularyVersion: string;
  /** No consent holds for longer, whatever its use. */
  longestDays: number;
  at: Date;
}

type Columns = Omit<ConsentRequest, 'statusAt' | 'approve' | 'refuse' | 'lapse'>;

/**
 * What a retailer asks a customer for. It is what the customer decides; a consent exists only once something is given.
 *
 * Not every row has a customer behind it: a retailer that asks for an address that nobody has gets a request like any
 * other, which nobody will ever see, so that it does not learn who is a customer.
 */
@Entity('consent_requests')
@Index('consent_requests_open', ['bucket', 'customerId', 'createdAt'], { where: `status = 'open'` })
@Index('consent_requests_lapsing', ['expiresAt'], { where: `status = 'open'` })
@Check('consent_requests_origin', `origin in ('par', 'device', 'inbox', 'switch')`)
@Check('consent_requests_use', `use in ('standing', 'once')`)
@Check('consent_requests_status', `status in ('open', 'approved', 'narrowed', 'refused', 'lapsed')`)
@Check('consent_requests_lifetime', `lifetime_days between 1 and 366`)
export class ConsentRequest {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'consent_requests_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'consent_requests_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'consent_requests_pk' }) id!: string;
  @Column('uuid', { name: 'retailer_id' }) retailerId!: string;
  @Column('text', { name: 'client_id' }) clientId!: string;
  @Column('text') origin!: RequestOrigin;
  @Column('text') status!: RequestStatus;
  @Column('text') use!: ConsentUse;
  @Column('jsonb') details!: AskedDetail[];
  /** For how long the consent would hold, counted from the decision. */
  @Column('int', { name: 'lifetime_days' }) lifetimeDays!: number;
  @Column('text', { name: 'vocabulary_version' }) vocabularyVersion!: string;
  @Column('text', { nullable: true }) language!: string | null;
  /** The retailer's own words to the customer. */
  @Column('text', { nullable: true }) message!: string | null;
  /** The consent that it led to. */
  @Column('uuid', { name: 'consent_id', nullable: true }) consentId!: string | null;
  /** Until when it can be decided. */
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @Column('timestamptz', { name: 'shown_at', nullable: true }) shownAt!: Date | null;
  @Column('timestamptz', { name: 'decided_at', nullable: true }) decidedAt!: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;

  /** A request that has just been made. Nobody has seen it yet. */
  static open({ customer, origin, use = 'standing', at, ...asked }: NewRequest): ConsentRequest {
    const { usual, most } = lifetimes[use];
    return Object.assign(new ConsentRequest(), {
      bucket: customer.bucket,
      customerId: customer.customerId,
      id: asked.id,
      retailerId: asked.retailerId,
      clientId: asked.clientId,
      origin,
      status: 'open',
      use,
      details: asked.details,
      lifetimeDays: Math.min(asked.lifetimeDays ?? usual, most, asked.longestDays),
      vocabularyVersion: asked.vocabularyVersion,
      language: asked.language ?? null,
      message: asked.message ?? null,
      consentId: null,
      expiresAt: new Date(at.getTime() + OPEN_FOR_MS[origin]),
      shownAt: null,
      decidedAt: null,
      createdAt: at,
    } satisfies Columns);
  }

  /** How it stands at this moment, also when its time was up a moment ago and nobody has recorded that yet. */
  statusAt(now: Date): RequestStatus {
    return this.status === 'open' && this.expiresAt <= now ? 'lapsed' : this.status;
  }

  approve(consentId: string, whole: boolean, now: Date): void {
    this.status = whole ? 'approved' : 'narrowed';
    this.consentId = consentId;
    this.decidedAt = now;
  }

  refuse(now: Date): void {
    this.status = 'refused';
    this.decidedAt = now;
  }

  /** Nobody decided it in time. */
  lapse(): void {
    this.status = 'lapsed';
  }
}
