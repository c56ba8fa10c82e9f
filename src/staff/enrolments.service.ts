import { Injectable } from '@nestjs/common';
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import { LessThanOrEqual } from 'typeorm';

import { Clock } from '../platform/clock.js';
import { tokenHash } from '../platform/crypto/seal.js';
import { Database, type Reader, type Tx } from '../platform/database/database.js';
import { addressKey } from '../platform/http/rate-limit.js';
import { RateLimits } from '../platform/http/rate-limits.js';
import { Random } from '../platform/random.js';
import { StaffEnrolment, StaffFactor } from './staff-factor.entity.js';
import { type NewFactorProof, StaffFactors } from './staff-factors.service.js';
import { StaffJournal } from './staff-journal.js';
import { StaffInvitation, StaffMember } from './staff-member.entity.js';
import { type IssuedStaffSession, StaffSessionsService } from './staff-sessions.service.js';
import { EnrolmentNotValidError, SecondFactorNotConfirmedError } from './staff.errors.js';
import { lockMember } from './staff.queries.js';
import { base32Of, TOTP_SECRET_BYTES, totpUri } from './totp.js';

/** What a member needs to set up a second factor. Shown this once. */
export interface Enrolment {
  readonly token: string;
  readonly expiresAt: Date;
  readonly totp: { readonly secret: string; readonly uri: string };
}

/** The invitation that is being accepted, and the password that was chosen with it. */
export interface Acceptance {
  readonly invitationHash: Buffer;
  readonly passwordHash: string;
}

const TOKEN_PREFIX = 'ccx_se_';
const ENROLMENT_LIFE_MS = 15 * 60_000;

/** Setting up a second factor. Until it is confirmed, nobody who was invited is a member, and nobody is signed in. */
@Injectable()
export class EnrolmentsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly limits: RateLimits,
    private readonly factors: StaffFactors,
    private readonly sessions: StaffSessionsService,
    private readonly journal: StaffJournal,
  ) {}

  /** Lets somebody who has just proved the invitation or the password set up a second factor. */
  async begin(tx: Tx, member: Pick<StaffMember, 'id' | 'email'>, acceptance?: Acceptance): Promise<Enrolment> {
    const at = this.clock.now();
    const token = this.random.token(TOKEN_PREFIX);
    const secret = this.random.bytes(TOTP_SECRET_BYTES);
    const expiresAt = new Date(at.getTime() + ENROLMENT_LIFE_MS);
    await tx.delete(StaffEnrolment, { staffId: member.id, expiresAt: LessThanOrEqual(at) });
    await tx.insert(StaffEnrolment, {
      tokenHash: tokenHash(token),
      staffId: member.id,
      totpSecret: this.factors.wrapSecret(member.id, secret),
      invitationHash: acceptance?.invitationHash ?? null,
      passwordHash: acceptance?.passwordHash ?? null,
      createdAt: at,
      expiresAt,
    });
    return { token, expiresAt, totp: { secret: base32Of(secret), uri: totpUri(secret, member.email) } };
  }

  /** What the browser needs to make a passkey, for those who want one instead of codes. @throws EnrolmentNotValidError */
  async passkeyOptions(token: string, address: string): Promise<PublicKeyCredentialCreationOptionsJSON> {
    await this.limits.consume('code', addressKey(address));
    const { reader } = this.database;
    const { staffId } = await this.open(reader, token);
    const member = await reader.findOneByOrFail(StaffMember, { id: staffId });
    return this.factors.creationOptions(member);
  }

  /**
   * Takes the second factor, makes whoever was invited a member, and signs them in.
   *
   * @throws EnrolmentNotValidError
   * @throws SecondFactorNotConfirmedError when the proof is wrong; another one may be sent
   */
  async confirm(token: string, proof: NewFactorProof, address: string): Promise<IssuedStaffSession> {
    await this.limits.consume('code', addressKey(address));
    const { staffId } = await this.open(this.database.reader, token);
    const session = await this.database.transaction(async (tx) => {
      const member = await lockMember(tx, staffId); // of two at once, the second finds the enrolment gone
      const enrolment = await this.open(tx, token);
      if (!member || !(await this.isWanted(tx, member, enrolment))) throw new EnrolmentNotValidError();
      const kind = await this.factors.confirm(tx, staffId, enrolment.totpSecret, proof);
      return kind && this.complete(tx, member, enrolment, kind);
    });
    if (!session) throw new SecondFactorNotConfirmedError();
    return session;
  }

  /** Takes away what is under way. */
  async cancelAll(tx: Tx, staffId: string): Promise<void> {
    await tx.delete(StaffEnrolment, { staffId });
  }

  private async complete(
    tx: Tx,
    member: StaffMember,
    { passwordHash }: StaffEnrolment,
    kind: StaffFactor['kind'],
  ): Promise<IssuedStaffSession> {
    const at = this.clock.now();
    const { id: staffId, role } = member;
    const actor = { kind: role, id: staffId } as const;
    if (passwordHash !== null) {
      await tx.update(StaffMember, { id: staffId }, { status: 'active', passwordHash, joinedAt: at });
      await this.journal.record(tx, 'staff.joined', { staffId, actor, at, data: { staff_id: staffId, role } });
    }
    await this.journal.record(tx, 'staff-factor.confirmed', { staffId, actor, at, data: { staff_id: staffId, kind } });
    await tx.delete(StaffInvitation, { staffId });
    await this.cancelAll(tx, staffId);
    return this.sessions.start(tx, member, at);
  }

  /** Whether what it was begun with still stands: the invitation, or a member without a second factor. */
  private async isWanted(tx: Tx, { id, status }: StaffMember, { invitationHash }: StaffEnrolment): Promise<boolean> {
    if (invitationHash === null) return status === 'active' && (await this.factors.find(tx, id)) === null;
    const invitation = await tx.findOneBy(StaffInvitation, { tokenHash: invitationHash });
    return invitation !== null && invitation.expiresAt > this.clock.now();
  }

  private async open(reader: Reader, token: string): Promise<StaffEnrolment> {
    const enrolment = await reader.findOneBy(StaffEnrolment, { tokenHash: tokenHash(token) });
    if (!enrolment || enrolment.expiresAt <= this.clock.now()) throw new EnrolmentNotValidError();
    return enrolment;
  }
}
