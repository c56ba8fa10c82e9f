import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { normaliseEmail, Pepper } from '../platform/crypto/pepper.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import { UnauthenticatedError } from '../platform/errors.js';
import type { CustomerPrincipal } from '../platform/http/access.js';
import { addressKey } from '../platform/http/rate-limit.js';
import { RateLimits } from '../platform/http/rate-limits.js';
import { assertRecentSignIn } from '../platform/http/recent-sign-in.js';
import { newPassword } from '../platform/passwords/password-rules.js';
import { Passwords } from '../platform/passwords/passwords.js';
import { Random } from '../platform/random.js';
import { CustomerPassword, RecoveryCode } from './credentials.entity.js';
import { CustomerJournal } from './customer-journal.js';
import { RecoveryRefusedError, WrongPasswordError } from './customers.errors.js';
import { findByIdentity, findCustomer, findPassword, lockPassword } from './customers.queries.js';
import { openProfile } from './profile.js';
import { hashRecoveryCode, RECOVERY_CODE_BYTES, RECOVERY_CODES, writeRecoveryCode } from './recovery-codes.js';
import { type IssuedSession, SessionsService, type SignInContext } from './sessions.service.js';

export interface Recovery {
  readonly email: string;
  readonly code: string;
  readonly newPassword: string;
}

/** What opens an account: its password, and the codes for when that is forgotten. */
@Injectable()
export class CredentialsService {
  private readonly codeKey: Buffer;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly keys: SubjectKeys,
    private readonly passwords: Passwords,
    private readonly limits: RateLimits,
    private readonly sessions: SessionsService,
    private readonly journal: CustomerJournal,
    private readonly pepper: Pepper,
  ) {
    this.codeKey = pepper.derive('recovery codes');
  }

  /**
   * Replaces the password and ends every session but the one in which it was done.
   *
   * @throws RecentSignInRequiredError
   * @throws WrongPasswordError
   * @throws InvalidRequestError when the new one would be guessed
   */
  async changePassword(
    principal: CustomerPrincipal,
    { current, next }: { current: string; next: string },
  ): Promise<void> {
    assertRecentSignIn(principal, this.clock.now());
    const { customer, sessionId } = principal;
    const { passwordHash: verified } = await this.confirm(customer, current);
    const passwordHash = await this.passwords.hash(newPassword(next, await this.emailOf(customer), '/new_password'));
    await this.database.transaction(async (tx) => {
      await this.unchanged(tx, customer, verified);
      const at = this.clock.now();
      await tx.update(CustomerPassword, { ...customer }, { passwordHash, changedAt: at });
      await this.sessions.endAll(tx, customer, { except: sessionId ?? null, reason: 'password_changed', at });
      await this.journal.record(tx, { type: 'password.changed', at, customer, subject: customer.customerId });
    });
  }

  /**
   * Makes a new set of recovery codes; those of the old one are worth nothing from now on.
   *
   * @throws RecentSignInRequiredError
   * @throws WrongPasswordError
   */
  async renewRecoveryCodes(principal: CustomerPrincipal, password: string): Promise<string[]> {
    assertRecentSignIn(principal, this.clock.now());
    const { customer } = principal;
    const { passwordHash: verified } = await this.confirm(customer, password);
    return this.database.transaction(async (tx) => {
      await this.unchanged(tx, customer, verified);
      const at = this.clock.now();
      await tx.delete(RecoveryCode, { ...customer });
      const codes = await this.issueRecoveryCodes(tx, customer, at);
      await this.journal.record(tx, { type: 'recovery-codes.renewed', at, customer, subject: customer.customerId });
      return codes;
    });
  }

  /** Makes a set of recovery codes and answers them, this once. */
  async issueRecoveryCodes(tx: Tx, customer: CustomerKey, at: Date): Promise<string[]> {
    const codes = Array.from({ length: RECOVERY_CODES }, () =>
      writeRecoveryCode(this.random.bytes(RECOVERY_CODE_BYTES)),
    );
    await tx.insert(
      RecoveryCode,
      codes.map((code) => ({ ...customer, codeHash: hashRecoveryCode(this.codeKey, customer, code), createdAt: at })),
    );
    return codes;
  }

  /**
   * Lets a customer who forgot the password in with one of the codes, which is then spent. Every session ends and a new
   * one begins; personal tokens stay.
   *
   * @throws RecoveryRefusedError
   * @throws InvalidRequestError when the new password would be guessed
   */
  async recover(recovery: Recovery, context: SignInContext): Promise<{ session: IssuedSession; codesLeft: number }> {
    const { email, code } = recovery;
    const next = newPassword(recovery.newPassword, email, '/new_password');
    const counted = await this.limits.consumeAttempt('recovery', normaliseEmail(email), addressKey(context.address));
    const found = await findByIdentity(this.database.reader, this.pepper.identity(email));
    // For nobody, the same statements run and the same hash is made: the time of the answer tells nothing.
    const customer = found ?? customerKey(this.random.id());
    const passwordHash = await this.passwords.hash(next);

    const recovered = await this.database.transaction(async (tx) => {
      await lockPassword(tx, customer);
      const codeHash = hashRecoveryCode(this.codeKey, customer, code);
      const { affected } = await tx.delete(RecoveryCode, { ...customer, codeHash });
      if (!affected) return null;

      const at = this.clock.now();
      await tx.update(CustomerPassword, { ...customer }, { passwordHash, changedAt: at });
      const codesLeft = await tx.countBy(RecoveryCode, { ...customer });
      const data = { codes_left: codesLeft };
      await this.journal.record(tx, { type: 'customer.recovered', at, customer, subject: customer.customerId, data });
      await this.sessions.endAll(tx, customer, { reason: 'recovered', at });
      return { session: await this.sessions.start(tx, customer, 'recovery_code', context, at), codesLeft };
    });
    if (recovered) {
      await this.limits.giveBack(counted);
      return recovered;
    }
    await this.database.transaction((tx) =>
      this.journal.recordRefusal(tx, 'recovery.refused', found, this.clock.now()),
    );
    throw new RecoveryRefusedError();
  }

  private async emailOf(customer: CustomerKey): Promise<string> {
    const row = await findCustomer(this.database.reader, customer);
    if (!row) throw new UnauthenticatedError();
    return openProfile(row, (await this.keys.of(this.database.reader, customer)).profileKey).email;
  }

  private async confirm(customer: CustomerKey, password: string): Promise<CustomerPassword> {
    const counted = await this.limits.consume('sign-in', customer.customerId);
    const credential = await findPassword(this.database.reader, customer);
    const right = await this.passwords.verify(credential?.passwordHash ?? null, password);
    if (!credential || !right) throw new WrongPasswordError();
    await this.limits.giveBack([counted]);
    return credential;
  }

  /** Holds the password until commit. It may have been changed while it was verified. */
  private async unchanged(tx: Tx, customer: CustomerKey, verifiedHash: string): Promise<void> {
    const current = await lockPassword(tx, customer);
    if (current?.passwordHash !== verifiedHash) throw new WrongPasswordError();
  }
}
