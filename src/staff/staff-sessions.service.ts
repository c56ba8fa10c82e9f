import { Injectable } from '@nestjs/common';
import { LessThanOrEqual } from 'typeorm';

import { Afterwards } from '../platform/afterwards.js';
import { Clock } from '../platform/clock.js';
import { tokenHash } from '../platform/crypto/seal.js';
import { Database, type Tx } from '../platform/database/database.js';
import type { StaffPrincipal } from '../platform/http/access.js';
import { Random } from '../platform/random.js';
import { StaffJournal } from './staff-journal.js';
import { type StaffMember, type StaffRole, StaffSession } from './staff-member.entity.js';
import { type LiveStaffSessionRow, NOTE_STAFF_SESSION_USE, STAFF_SESSION_BY_TOKEN } from './staff.queries.js';

/** A session of staff that has just begun. This is the only time that its token is known. */
export interface IssuedStaffSession {
  readonly id: string;
  readonly staffId: string;
  readonly role: StaffRole;
  readonly token: string;
  readonly signedInAt: Date;
  /** The latest end: an hour without use ends it earlier. */
  readonly expiresAt: Date;
}

const TOKEN_PREFIX = 'ccx_ss_';
const TOKEN = /^ccx_ss_[A-Za-z0-9_-]{43}$/;
const MINUTE_MS = 60_000;

/** Shorter than a customer's: these sessions open what concerns everybody. */
const IDLE_MS = 60 * MINUTE_MS;
const LIFE_MS = 12 * 60 * MINUTE_MS;

/** Where operators and auditors are signed in. */
@Injectable()
export class StaffSessionsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly journal: StaffJournal,
    private readonly afterwards: Afterwards,
  ) {}

  /** Begins a session for somebody who has just proved to be the member. */
  async start(tx: Tx, { id: staffId, role }: StaffMember, at: Date): Promise<IssuedStaffSession> {
    const id = this.random.id();
    const token = this.random.token(TOKEN_PREFIX);
    const expiresAt = new Date(at.getTime() + LIFE_MS);
    await tx.delete(StaffSession, [
      { staffId, expiresAt: LessThanOrEqual(at) },
      { staffId, lastUsedAt: LessThanOrEqual(idleSince(at)) },
    ]);
    await tx.insert(StaffSession, {
      id,
      staffId,
      tokenHash: tokenHash(token),
      signedInAt: at,
      lastUsedAt: at,
      expiresAt,
    });
    await this.record(tx, 'staff-session.started', { kind: role, staffId, sessionId: id }, at);
    return { id, staffId, role, token, signedInAt: at, expiresAt };
  }

  /** Ends the session. Doing so again is no error. */
  end(staff: StaffPrincipal): Promise<void> {
    return this.database.transaction(async (tx) => {
      const { affected } = await tx.delete(StaffSession, { id: staff.sessionId, staffId: staff.staffId });
      if (affected) await this.record(tx, 'staff-session.ended', staff, this.clock.now());
    });
  }

  /** Ends every session of the member. */
  async endAll(tx: Tx, { id: staffId, role: kind }: StaffMember, at: Date): Promise<void> {
    const open = await tx.findBy(StaffSession, { staffId });
    await tx.delete(StaffSession, { staffId });
    for (const { id } of open) await this.record(tx, 'staff-session.ended', { kind, staffId, sessionId: id }, at);
  }

  find({ sessionId, staffId }: StaffPrincipal): Promise<StaffSession | null> {
    return this.database.reader.findOneBy(StaffSession, { id: sessionId, staffId });
  }

  /** Who is signed in by this token, or null when it is not one of staff, is unknown or has ended. */
  async principalOfToken(token: string): Promise<StaffPrincipal | null> {
    if (!TOKEN.test(token)) return null;
    const now = this.clock.now();
    const [session] = await this.database.named<LiveStaffSessionRow>('staff-session-by-token', STAFF_SESSION_BY_TOKEN, [
      tokenHash(token),
      now,
      idleSince(now),
    ]);
    if (!session) return null;
    this.noteUse(session, now);
    return { kind: session.role, staffId: session.staff_id, sessionId: session.id, scopes: [] };
  }

  private async record(
    tx: Tx,
    type: 'staff-session.started' | 'staff-session.ended',
    { kind, staffId, sessionId }: Pick<StaffPrincipal, 'kind' | 'staffId' | 'sessionId'>,
    at: Date,
  ): Promise<void> {
    const data = { session_id: sessionId };
    await this.journal.record(tx, type, { staffId, actor: { kind, id: staffId }, at, data });
  }

  private noteUse({ id, last_used_at }: LiveStaffSessionRow, now: Date): void {
    const noted = new Date(now.getTime() - MINUTE_MS);
    if (last_used_at > noted) return;
    this.afterwards.run(`staff-session:${id}`, () =>
      this.database.named('staff-session-note-use', NOTE_STAFF_SESSION_USE, [id, now, noted]),
    );
  }
}

function idleSince(now: Date): Date {
  return new Date(now.getTime() - IDLE_MS);
}
