import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';

import type { Actor } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Kek } from '../platform/crypto/kek.js';
import { WrappedKeys } from '../platform/crypto/wrapped-keys.js';
import { normaliseEmail } from '../platform/crypto/pepper.js';
import { tokenHash } from '../platform/crypto/seal.js';
import { Database, type Reader, type Tx } from '../platform/database/database.js';
import { isUniqueViolation } from '../platform/database/errors.js';
import { UnauthenticatedError } from '../platform/errors.js';
import type { StaffPrincipal } from '../platform/http/access.js';
import { addressKey } from '../platform/http/rate-limit.js';
import { RateLimits } from '../platform/http/rate-limits.js';
import { newPassword } from '../platform/passwords/password-rules.js';
import { Passwords } from '../platform/passwords/passwords.js';
import { Random } from '../platform/random.js';
import { type Enrolment, EnrolmentsService } from './enrolments.service.js';
import { type Engagement, engagementPeriod, type EngagementTerms, isUnderWay } from './engagement.js';
import { StaffFactors } from './staff-factors.service.js';
import { StaffJournal } from './staff-journal.js';
import { StaffInvitation, StaffMember, type StaffRole, type StaffSession } from './staff-member.entity.js';
import { StaffSessionsService } from './staff-sessions.service.js';
import { InvitationNotValidError, StaffExistsError, StaffNotFoundError } from './staff.errors.js';
import { findInvited, lockMemberByEmail } from './staff.queries.js';

export interface Invitation {
  readonly email: string;
  readonly role: StaffRole;
  readonly name: string;
  /** For auditors; operators have none. */
  readonly engagement?: EngagementTerms;
}

/** Somebody whom a development service has from its start, and whose secrets its folder keeps. */
export interface DevelopmentMember {
  readonly email: string;
  readonly role: StaffRole;
  readonly name: string;
  readonly password: string;
  readonly totpSecret: Buffer;
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
    private readonly factors: StaffFactors,
    private readonly enrolments: EnrolmentsService,
    private readonly journal: StaffJournal,
    wrapped: WrappedKeys,
  ) {
    wrapped.register({
      table: 'staff_members',
      column: 'engagement_key',
      key: { id: 'uuid' },
      of: 'id',
      aad: engagementAad,
    });
  }

  /**
   * Invites somebody and answers the token to be handed to them. Inviting again, before they have joined, replaces
   * the invitation and all that it said.
   *
   * @param by Who invites; the service itself when it is done on its command line.
   * @throws StaffExistsError when somebody with this address has joined
   * @throws InvalidRequestError when an auditor's period is over
   */
  async invite(invitation: Invitation, by: Actor = SYSTEM): Promise<Invited> {
    const email = normaliseEmail(invitation.email);
    try {
      return await this.database.transaction(async (tx) => {
        const at = this.clock.now();
        const id = await this.keepInvited(tx, { ...invitation, email }, at);
        return this.issueInvitation(tx, { id, role: invitation.role }, by, at);
      });
    } catch (error) {
      if (isUniqueViolation(error, 'staff_members_by_email')) throw new StaffExistsError();
      throw error;
    }
  }

  /**
   * Takes the password that the invited chose, and lets them set up a second factor. The invitation is spent once that
   * is confirmed.
   *
   * @throws InvitationNotValidError
   * @throws InvalidRequestError when the password would be guessed
   */
  async accept(
    token: string,
    password: string,
    address: string,
  ): Promise<{ member: StaffMember; enrolment: Enrolment }> {
    await this.limits.consume('code', addressKey(address));
    const invitationHash = tokenHash(token);
    const member = await findInvited(this.database.reader, invitationHash, this.clock.now());
    if (!member) throw new InvitationNotValidError();
    const passwordHash = await this.passwords.hash(newPassword(password, member.email, '/password'));
    const enrolment = await this.database.transaction((tx) =>
      this.enrolments.begin(tx, member, { invitationHash, passwordHash }),
    );
    return { member, enrolment };
  }

  /**
   * For a member who lost the password or the second factor: ends both, and every session, and answers an invitation to
   * choose them anew. Role and engagement stay.
   *
   * @throws StaffNotFoundError
   */
  reset(email: string, by: Actor): Promise<Invited> {
    return this.database.transaction(async (tx) => {
      const member = await lockMemberByEmail(tx, normaliseEmail(email));
      if (!member) throw new StaffNotFoundError();
      const at = this.clock.now();
      const { id: staffId, role } = member;
      await this.factors.remove(tx, staffId);
      await this.enrolments.cancelAll(tx, staffId);
      await this.sessions.endAll(tx, member, at);
      await tx.update(StaffMember, { id: staffId }, { status: 'invited', passwordHash: null, joinedAt: null });
      const data = { staff_id: staffId, role };
      await this.journal.record(tx, 'staff-factor.reset', { staffId, actor: by, at, data });
      return this.issueInvitation(tx, { id: staffId, role }, by, at);
    });
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

  /**
   * Whether two members are two persons, as far as it shows: whoever lets somebody in holds the invitation first, and
   * could have become that member, too.
   */
  async areTwoPersons(reader: Reader, oneId: string, otherId: string): Promise<boolean> {
    const members = await reader.findBy(StaffMember, { id: In([oneId, otherId]) });
    const involved = members.flatMap(({ id, letInBy }) => (letInBy && letInBy !== id ? [id, letInBy] : [id]));
    return new Set(involved).size === involved.length;
  }

  /** Sees to it that a development service has this member, who makes their codes with this secret. */
  async ensureDevelopmentMember(given: DevelopmentMember): Promise<{ staffId: string; created: boolean }> {
    if (this.config.isProduction) throw new Error('A production service has no development staff.');
    const email = normaliseEmail(given.email);
    const passwordHash = await this.passwords.hash(given.password);
    return this.database.transaction(async (tx) => {
      const known = await lockMemberByEmail(tx, email);
      const at = this.clock.now();
      const staffId = known?.id ?? (await this.keepInvited(tx, { ...given, email }, at));
      if (known?.status !== 'active') {
        await tx.update(StaffMember, { id: staffId }, { status: 'active', passwordHash, joinedAt: at });
        const actor = { kind: given.role, id: staffId } as const;
        const data = { staff_id: staffId, role: given.role };
        await this.journal.record(tx, 'staff.joined', { staffId, actor, at, data });
      }
      await this.keepSecret(tx, staffId, given.totpSecret);
      return { staffId, created: !known };
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

  private async issueInvitation(
    tx: Tx,
    { id: staffId, role }: Pick<StaffMember, 'id' | 'role'>,
    by: Actor,
    at: Date,
  ): Promise<Invited> {
    const token = this.random.token(INVITATION_PREFIX);
    const expiresAt = new Date(at.getTime() + INVITATION_LIFE_MS);
    await tx.update(StaffMember, { id: staffId }, { letInBy: by.kind === 'operator' ? (by.id ?? null) : null });
    await tx.delete(StaffInvitation, { staffId });
    await tx.insert(StaffInvitation, { tokenHash: tokenHash(token), staffId, createdAt: at, expiresAt });
    const data = { staff_id: staffId, role };
    await this.journal.record(tx, 'staff.invited', { staffId, actor: by, at, data });
    return { staffId, token, expiresAt };
  }

  /** The data folder may be another than last time: the member's codes are then made with another secret. */
  private async keepSecret(tx: Tx, staffId: string, secret: Buffer): Promise<void> {
    const factor = await this.factors.find(tx, staffId);
    if (factor?.totpSecret && this.factors.unwrapSecret(staffId, factor.totpSecret).equals(secret)) return;
    const totpSecret = this.factors.wrapSecret(staffId, secret);
    await this.factors.keep(tx, staffId, { kind: 'totp', totpSecret, totpStep: 0 });
  }
}

function engagementAad(staffId: string): string {
  return `engagement:${staffId}`;
}
