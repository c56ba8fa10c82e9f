import { Injectable } from '@nestjs/common';
import { LessThan, MoreThan } from 'typeorm';

import { Afterwards } from '../platform/afterwards.js';
import { Clock } from '../platform/clock.js';
import { tokenHash } from '../platform/crypto/seal.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import { type CustomerPrincipal, customerScopes, type SignInMethod } from '../platform/http/access.js';
import { decodeCursor, type Page, pageOf, type PageQuery, pageSize } from '../platform/http/paging.js';
import { Random } from '../platform/random.js';
import { CustomerJournal } from './customer-journal.js';
import { makeCustomerToken, TOKEN_SECRET_BYTES } from './customer-token.js';
import { openFor, sealFor } from './customer.entity.js';
import { SessionNotFoundError } from './customers.errors.js';
import { NOTE_USE_EVERY_MS, Session, SESSION_IDLE_MS, SESSION_LIFE_MS } from './session.entity.js';
import {
  endLeastUsed,
  endSessions,
  type LiveSessionRow,
  NOTE_SESSION_USE,
  removeEnded,
  SESSION_BY_ID,
  SESSION_BY_TOKEN,
} from './sessions.queries.js';

/** Whence somebody signs in. */
export interface SignInContext {
  /** The caller's network address. Limits count by it; it is not kept. */
  readonly address: string;
  readonly userAgent?: string;
}

/** A session that has just begun. This is the only time that its token is known. */
export interface IssuedSession {
  readonly id: string;
  readonly customer: CustomerKey;
  readonly token: string;
  readonly signedInAt: Date;
  readonly signedInWith: SignInMethod;
  /** The latest end: 12 hours without use end it earlier. */
  readonly expiresAt: Date;
}

/** An open session, as its customer sees it. */
export interface OpenSession {
  readonly id: string;
  readonly device: string | null;
  readonly signedInAt: Date;
  readonly signedInWith: SignInMethod;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
}

export type EndReason = 'signed_out' | 'ended_by_customer' | 'password_changed' | 'recovered' | 'displaced';

/** The most sessions that are open at a time; one more ends the one that was used least recently. */
const MOST_SESSIONS = 50;
const LONGEST_DEVICE = 200;

/** Where a customer is signed in. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly keys: SubjectKeys,
    private readonly journal: CustomerJournal,
    private readonly afterwards: Afterwards,
  ) {}

  /** Begins a session for somebody who has just proved to be the customer. */
  async start(
    tx: Tx,
    customer: CustomerKey,
    signedInWith: SignInMethod,
    { userAgent }: SignInContext,
    at: Date,
  ): Promise<IssuedSession> {
    const id = this.random.id();
    const token = makeCustomerToken('session', customer, this.random.bytes(TOKEN_SECRET_BYTES));
    const expiresAt = new Date(at.getTime() + SESSION_LIFE_MS);
    const { profileKey } = await this.keys.of(tx, customer);
    const device = userAgent?.slice(0, LONGEST_DEVICE);
    await removeEnded(tx, customer, at, idleSince(at));
    await tx.insert(Session, {
      ...customer,
      id,
      tokenHash: tokenHash(token),
      deviceSealed: device ? sealFor(customer, profileKey, 'device', device) : null,
      signedInAt: at,
      signedInWith,
      lastUsedAt: at,
      expiresAt,
    });
    const data = { session_id: id, method: signedInWith };
    await this.journal.record(tx, { type: 'session.started', at, customer, subject: id, data });
    await this.recordEnds(tx, customer, await endLeastUsed(tx, customer, MOST_SESSIONS), 'displaced', at);
    return { id, customer, token, signedInAt: at, signedInWith, expiresAt };
  }

  /** Who a session token belongs to, or null when it is unknown or has ended. */
  async principalOfToken(customer: CustomerKey, token: string): Promise<CustomerPrincipal | null> {
    return this.principal('session-by-token', SESSION_BY_TOKEN, customer, tokenHash(token));
  }

  /** The same for a session that is known by its id. */
  async principalOf(customer: CustomerKey, sessionId: string): Promise<CustomerPrincipal | null> {
    return this.principal('session-by-id', SESSION_BY_ID, customer, sessionId);
  }

  async list(customer: CustomerKey, query: PageQuery): Promise<Page<OpenSession>> {
    const now = this.clock.now();
    const limit = pageSize(query);
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const sessions = await this.database.reader.find(Session, {
      where: {
        ...customer,
        expiresAt: MoreThan(now),
        lastUsedAt: MoreThan(idleSince(now)),
        ...(before && { id: LessThan(before) }),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    const { profileKey } = await this.keys.of(this.database.reader, customer);
    const { items, next_cursor } = pageOf(sessions, limit, ({ id }) => [id]);
    return {
      next_cursor,
      items: items.map(({ deviceSealed, ...session }) => ({
        ...session,
        device: deviceSealed && openFor(customer, profileKey, 'device', deviceSealed),
      })),
    };
  }

  /** Ends a session of the customer's at once, wherever it is open. @throws SessionNotFoundError */
  async end(customer: CustomerKey, sessionId: string): Promise<void> {
    const ended = await this.endOne(customer, sessionId, 'ended_by_customer');
    if (!ended) throw new SessionNotFoundError(sessionId);
  }

  /** Ends the session in which the customer signs out. Doing so again is no error. */
  async signOut(customer: CustomerKey, sessionId: string): Promise<void> {
    await this.endOne(customer, sessionId, 'signed_out');
  }

  /** Ends all sessions of the customer, or all but one. */
  async endAll(
    tx: Tx,
    customer: CustomerKey,
    { except = null, reason, at }: { except?: string | null; reason: EndReason; at: Date },
  ): Promise<void> {
    await this.recordEnds(tx, customer, await endSessions(tx, customer, { except }), reason, at);
  }

  private endOne(customer: CustomerKey, sessionId: string, reason: EndReason): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const ended = await endSessions(tx, customer, { only: sessionId });
      await this.recordEnds(tx, customer, ended, reason, this.clock.now());
      return ended.length > 0;
    });
  }

  private async recordEnds(
    tx: Tx,
    customer: CustomerKey,
    ids: readonly string[],
    reason: EndReason,
    at: Date,
  ): Promise<void> {
    for (const id of ids) {
      const data = { session_id: id, reason };
      await this.journal.record(tx, { type: 'session.ended', at, customer, subject: id, data });
    }
  }

  private async principal(
    name: string,
    statement: string,
    customer: CustomerKey,
    by: Buffer | string,
  ): Promise<CustomerPrincipal | null> {
    const now = this.clock.now();
    const [session] = await this.database.named<LiveSessionRow>(name, statement, [
      customer.bucket,
      customer.customerId,
      by,
      now,
      idleSince(now),
    ]);
    if (!session) return null;
    this.noteUse(customer, session, now);
    return {
      kind: 'customer',
      customer,
      scopes: customerScopes,
      sessionId: session.id,
      signedInAt: session.signed_in_at,
      signedInWith: session.signed_in_with,
    };
  }

  private noteUse({ bucket, customerId }: CustomerKey, session: LiveSessionRow, now: Date): void {
    const noted = new Date(now.getTime() - NOTE_USE_EVERY_MS);
    if (session.last_used_at > noted) return;
    this.afterwards.run(`session:${session.id}`, () =>
      this.database.named('session-note-use', NOTE_SESSION_USE, [bucket, customerId, session.id, now, noted]),
    );
  }
}

function idleSince(now: Date): Date {
  return new Date(now.getTime() - SESSION_IDLE_MS);
}
