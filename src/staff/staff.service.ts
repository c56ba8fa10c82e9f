import { Injectable } from '@nestjs/common';

import { type Actor, AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Kek } from '../platform/crypto/kek.js';
import { normaliseEmail } from '../platform/crypto/pepper.js';
import { tokenHash } from '../platform/crypto/seal.js';
import { Database, type Tx } from '../platform/database/database.js';
import { isUniqueViolation } from '../platform/database/errors.js';
import { UnauthenticatedError } from '../platform/errors.js';
import type { StaffPrincipal } from '../platform/http/access.js';
import { addressKey } from '../platform/http/rate-limit.js';
import { RateLimits } from '../platform/http/rate-limits.js';
import type { JsonObject } from '../platform/json.js';
import { newPassword } from '../platform/passwords/password-rules.js';
import { Passwords } from '../platform/passwords/passwords.js';
import { Random } from '../platform/random.js';
import { type Engagement, engagementPeriod, type EngagementTerms, isUnderWay } from './engagement.js';
import { StaffInvitation, StaffMember, type StaffRole, type StaffSession } from './staff-member.entity.js';
import { type IssuedStaffSession, StaffSessionsService } from './staff-sessions.service.js';
import { InvitationNotValidError, StaffExistsError, StaffSignInRefusedError } from './staff.errors.js';
import { findInvited, lockMemberByEmail } from './staff.queries.js';

export interface Invitation {
  readonly email: string;
  readonly role: StaffRole;
  readonly name: string;
  /** For auditors; operators have none. */
  readonly engagement?: EngagementTerms;
}

export interface Invited {
  readonly staffId: string;
  /** Shown this once; whoever has it becomes the member. */
  readonly token: string;
  readonly expiresAt: Date;
}

const INVITATION_PREFIX = 'ccx_si_';
const INVITATION_LIFE_MS = 7 * 24 * 3_600_000;

const SYSTEM: Actor = { kind: 'system' };

/** The people who run and audit the broker. */
@Injectable()
export class StaffService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly config: Config,
    private readonly kek: Kek,
    private readonly passwords: Passwords,
    private readonly limits: RateLimits,
    private readonly sessions: StaffSessionsService,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
  ) {}

  /**
   * Invites somebody and answers the token to be handed to them. Inviting again, before they have joined, replaces
   * the invitation and all that it said.
   *
   * @param by Who invites; the service itself when it is done on its command line.
   * @throws StaffExistsError when somebody with this address has joined
   * @throws InvalidRequestError when an auditor's period is over
   */
  async invite(invitation: Invitation, by: Actor = SYSTEM): Promise<Invited> {
    const token = this.random.token(INVITATION_PREFIX);
    const email = normaliseEmail(invitation.email);
    try {
      return await this.database.transaction(async (tx) => {
        const at = this.clock.now();
        const expiresAt = new Date(at.getTime() + INVITATION_LIFE_MS);
        const staffId = await this.keepInvited(tx, { ...invitation, email }, at);
        await tx.delete(StaffInvitation, { staffId });
        await tx.insert(StaffInvitation, { tokenHash: tokenHash(token), staffId, createdAt: at, expiresAt });
        await this.record(tx, 'staff.invited', { staffId, role: invitation.role }, by, at);
        return { staffId, token, expiresAt };
      });
    } catch (error) {
      if (isUniqueViolation(error, 'staff_members_by_email')) throw new StaffExistsError();
      throw error;
    }
  }

  /**
   * Makes the invited a member with this password. The token is spent.
   *
   * @throws InvitationNotValidError
   * @throws InvalidRequestError when the password would be guessed
   */
  async accept(token: string, password: string, address: string): Promise<StaffMember> {
    await this.limits.consume('code', addressKey(address));
    const hash = tokenHash(token);
    const invited = await findInvited(this.database.reader, hash, this.clock.now());
    if (!invited) throw new InvitationNotValidError();
    const passwordHash = await this.passwords.hash(newPassword(password, invited.email, '/password'));
    return this.database.transaction(async (tx) => {
      await lockMemberByEmail(tx, invited.email); // whoever invites again meanwhile waits, or has replaced the token
      const { affected } = await tx.delete(StaffInvitation, { tokenHash: hash });
      if (!affected) throw new InvitationNotValidError();
      const at = this.clock.now();
      const joined = { status: 'active', passwordHash, joinedAt: at } as const;
      await tx.update(StaffMember, { id: invited.id }, joined);
      await this.recordJoined(tx, invited, at);
      return { ...invited, ...joined };
    });
  }

  /**
   * Begins a session. An unknown address and a wrong password get one answer, after the same work.
   *
   * @throws StaffSignInRefusedError
   * @throws RateLimitedError
   */
  async signIn(email: string, password: string, { address }: { address: string }): Promise<IssuedStaffSession> {
    const identity = normaliseEmail(email);
    await this.limits.consumeAttempt('staff-sign-in', identity, addressKey(address));
    const member = await this.database.reader.findOneBy(StaffMember, { email: identity });
    const right = await this.passwords.verify(member?.passwordHash ?? null, password);
    const session = await this.database.transaction(async (tx) => {
      const at = this.clock.now();
      if (member && right) return this.sessions.start(tx, member, at);
      await this.recordRefusal(tx, member, at);
      return null;
    });
    if (!session) throw new StaffSignInRefusedError();
    return session;
  }

  /** Ends the session. Doing so again is no error. */
  signOut(staff: StaffPrincipal): Promise<void> {
    return this.sessions.end(staff);
  }

  /** Who is signed in by this token; null when it is not one of staff, is unknown or has ended. */
  authenticate(token: string): Promise<StaffPrincipal | null> {
    return this.sessions.principalOfToken(token);
  }

  /** The member who is signed in, and the session. @throws UnauthenticatedError when it has ended meanwhile */
  async current(staff: StaffPrincipal): Promise<{ member: StaffMember; session: StaffSession }> {
    const [member, session] = await Promise.all([this.find(staff.staffId), this.sessions.find(staff)]);
    if (!member || !session) throw new UnauthenticatedError();
    return { member, session };
  }

  /** What the auditor may look at now; null when no engagement is under way. */
  async engagementOf(staffId: string): Promise<Engagement | null> {
    const member = await this.find(staffId);
    if (!member?.engagedFrom || !member.engagedTo || !member.engagementKey) return null;
    const period = { from: member.engagedFrom, to: member.engagedTo };
    if (!isUnderWay(period, this.clock.now())) return null;
    return {
      ...period,
      retailerIds: member.engagedForRetailers,
      purposes: member.engagedForPurposes,
      key: this.kek.unwrap(member.engagementKey, engagementAad(staffId)),
    };
  }

  /** Sees to it that a development service has an operator to begin with; one that exists stays as it is. */
  async ensureDevelopmentOperator(email: string, password: string): Promise<{ staffId: string; created: boolean }> {
    if (this.config.isProduction) throw new Error('A production service has no development operator.');
    const passwordHash = await this.passwords.hash(password);
    return this.database.transaction(async (tx) => {
      const existing = await lockMemberByEmail(tx, normaliseEmail(email));
      if (existing) return { staffId: existing.id, created: false };
      const at = this.clock.now();
      const invitation = { email: normaliseEmail(email), role: 'operator', name: 'Development operator' } as const;
      const staffId = await this.keepInvited(tx, invitation, at);
      await tx.update(StaffMember, { id: staffId }, { status: 'active', passwordHash, joinedAt: at });
      await this.recordJoined(tx, { id: staffId, role: 'operator' }, at);
      return { staffId, created: true };
    });
  }

  private find(id: string): Promise<StaffMember | null> {
    return this.database.reader.findOneBy(StaffMember, { id, status: 'active' });
  }

  private async keepInvited(tx: Tx, { email, role, name, engagement }: Invitation, at: Date): Promise<string> {
    const known = await lockMemberByEmail(tx, email);
    if (known?.status === 'active') throw new StaffExistsError();
    const id = known?.id ?? this.random.id();
    const period = role === 'auditor' ? engagementPeriod(engagement ?? {}, at) : null;
    const said = {
      role,
      name,
      engagedFrom: period?.from ?? null,
      engagedTo: period?.to ?? null,
      engagedForRetailers: period && engagement?.retailerIds ? [...engagement.retailerIds] : null,
      engagedForPurposes: period && engagement?.purposes ? [...engagement.purposes] : null,
      engagementKey: period && this.kek.wrap(this.random.bytes(32), engagementAad(id)),
    };
    if (known) await tx.update(StaffMember, { id }, said);
    else
      await tx.insert(StaffMember, {
        id,
        status: 'invited',
        email,
        passwordHash: null,
        createdAt: at,
        joinedAt: null,
        ...said,
      });
    return id;
  }

  // Recorded for unknown addresses, too: it takes as long, and guessing shows in the log whoever it is aimed at.
  private async recordRefusal(tx: Tx, member: StaffMember | null, at: Date): Promise<void> {
    const type = 'staff-session.refused';
    const data: JsonObject = member ? { staff_id: member.id } : {};
    await this.audit.append(tx, { type, at, actor: SYSTEM, data });
    await this.outbox.enqueue(tx, { type, at, subject: member?.id ?? 'unknown', data });
  }

  private recordJoined(tx: Tx, { id, role }: Pick<StaffMember, 'id' | 'role'>, at: Date): Promise<void> {
    return this.record(tx, 'staff.joined', { staffId: id, role }, { kind: role, id }, at);
  }

  private async record(
    tx: Tx,
    type: 'staff.invited' | 'staff.joined',
    { staffId, role }: { staffId: string; role: StaffRole },
    actor: Actor,
    at: Date,
  ): Promise<void> {
    const data = { staff_id: staffId, role };
    await this.audit.append(tx, { type, at, actor, data });
    await this.outbox.enqueue(tx, { type, at, subject: staffId, data });
  }
}

function engagementAad(staffId: string): string {
  return `engagement:${staffId}`;
}
