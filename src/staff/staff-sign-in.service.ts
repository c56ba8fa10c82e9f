import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { normaliseEmail } from '../platform/crypto/pepper.js';
import { Database } from '../platform/database/database.js';
import { RateLimitedError } from '../platform/errors.js';
import { addressKey } from '../platform/http/rate-limit.js';
import { type CountedUse, RateLimits } from '../platform/http/rate-limits.js';
import { Passwords } from '../platform/passwords/passwords.js';
import { Random } from '../platform/random.js';
import { type Enrolment, EnrolmentsService } from './enrolments.service.js';
import { type FactorProof, StaffFactors } from './staff-factors.service.js';
import { StaffJournal } from './staff-journal.js';
import { StaffMember } from './staff-member.entity.js';
import { type IssuedStaffSession, StaffSessionsService } from './staff-sessions.service.js';
import { SecondFactorMissingError, StaffSignInRefusedError } from './staff.errors.js';
import { lockMember } from './staff.queries.js';

export interface StaffSignIn extends FactorProof {
  readonly email: string;
  readonly password: string;
}

type Outcome = { readonly session: IssuedStaffSession } | { readonly enrolment: Enrolment } | null;

/** How operators and auditors sign in: with a password and a second factor, in one request. */
@Injectable()
export class StaffSignInService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly passwords: Passwords,
    private readonly limits: RateLimits,
    private readonly factors: StaffFactors,
    private readonly enrolments: EnrolmentsService,
    private readonly sessions: StaffSessionsService,
    private readonly journal: StaffJournal,
  ) {}

  /**
   * Begins a session. An unknown address, a wrong password and a wrong second factor get one answer, after the same
   * work: a right password alone tells nobody that it is right.
   *
   * @throws StaffSignInRefusedError
   * @throws SecondFactorMissingError for a member from before there were any, who can set one up with what it carries
   * @throws RateLimitedError
   */
  async signIn(given: StaffSignIn, { address }: { address: string }): Promise<IssuedStaffSession> {
    const identity = normaliseEmail(given.email);
    const counted = await this.limits.consumeAttempt('staff-sign-in', identity, addressKey(address));
    const known = await this.database.reader.findOneBy(StaffMember, { email: identity });
    const isRight = await this.passwords.verify(known?.passwordHash ?? null, given.password);
    const proof = await this.countProof(identity, isRight);
    const outcome = await this.database.transaction<Outcome>(async (tx) => {
      const at = this.clock.now();
      const member = await lockMember(tx, known?.id ?? this.random.id());
      const factor = await this.factors.find(tx, member?.id ?? this.random.id());
      const isStill = isRight && member !== null && member.passwordHash === known?.passwordHash;
      if (isStill && !factor) return { enrolment: await this.enrolments.begin(tx, member) };
      if (isStill && proof && (await this.factors.isProven(tx, member.id, given))) {
        return { session: await this.sessions.start(tx, member, at) };
      }
      await this.journal.recordRefusal(tx, member, at);
      return null;
    });
    if (!outcome) throw new StaffSignInRefusedError();
    if ('enrolment' in outcome) throw new SecondFactorMissingError(outcome.enrolment);
    await this.limits.giveBack(proof ? [...counted, proof] : counted);
    return outcome.session;
  }

  /**
   * Whoever has the password may not go through the codes, from however many addresses: null, which is refused like a
   * wrong code. Wrong passwords are counted, too (apart, to no effect): nothing else would tell the two apart.
   */
  private async countProof(identity: string, isRight: boolean): Promise<CountedUse | null> {
    try {
      return await this.limits.consume('staff-code', `${identity} ${isRight}`);
    } catch (error) {
      if (error instanceof RateLimitedError) return null;
      throw error;
    }
  }
}
