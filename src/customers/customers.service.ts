import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { normaliseEmail, Pepper } from '../platform/crypto/pepper.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import { Database, type Reader, type Tx } from '../platform/database/database.js';
import { UnauthenticatedError } from '../platform/errors.js';
import type { CustomerPrincipal } from '../platform/http/access.js';
import { addressKey } from '../platform/http/rate-limit.js';
import { requireIfMatch } from '../platform/http/etag.js';
import { RateLimits } from '../platform/http/rate-limits.js';
import { newPassword } from '../platform/passwords/password-rules.js';
import { Passwords } from '../platform/passwords/passwords.js';
import { Random } from '../platform/random.js';
import { CustomerPassword } from './credentials.entity.js';
import { CredentialsService } from './credentials.service.js';
import { CustomerJournal } from './customer-journal.js';
import { customerOfToken } from './customer-token.js';
import { Customer, sealFor } from './customer.entity.js';
import { EmailTakenError, SignInRefusedError } from './customers.errors.js';
import {
  claimIdentity,
  findByIdentity,
  findCustomer,
  findPassword,
  lockCustomer,
  lockPassword,
} from './customers.queries.js';
import { PersonalTokensService } from './personal-tokens.service.js';
import { openProfile, type Profile, profileEtag } from './profile.js';
import { type IssuedSession, SessionsService, type SignInContext } from './sessions.service.js';

export interface Registration {
  readonly email: string;
  readonly password: string;
  /** BCP 47; English unless said. */
  readonly language?: string;
  readonly displayName?: string | null;
}

export interface Registered {
  readonly customer: CustomerKey;
  readonly session: IssuedSession;
  readonly recoveryCodes: string[];
}

/** What is left out stays as it is. */
export interface ProfileChange {
  readonly language?: string;
  readonly displayName?: string | null;
}

/** The account of a customer, and the way into it. */
@Injectable()
export class CustomersService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly keys: SubjectKeys,
    private readonly pepper: Pepper,
    private readonly passwords: Passwords,
    private readonly limits: RateLimits,
    private readonly sessions: SessionsService,
    private readonly tokens: PersonalTokensService,
    private readonly credentials: CredentialsService,
    private readonly journal: CustomerJournal,
  ) {}

  /**
   * Makes an account and signs its customer in.
   *
   * @throws EmailTakenError
   * @throws InvalidRequestError when the password would be guessed
   * @throws RateLimitedError
   */
  async register(registration: Registration, context: SignInContext): Promise<Registered> {
    const { email, language = 'en', displayName } = registration;
    const password = newPassword(registration.password, email, '/password');
    await this.limits.consume('registration', addressKey(context.address));
    const customer = customerKey(this.random.id());
    const passwordHash = await this.passwords.hash(password);

    return this.database.transaction(async (tx) => {
      if (!(await claimIdentity(tx, this.pepper.identity(email), customer))) throw new EmailTakenError();
      const at = this.clock.now();
      const { profileKey } = await this.keys.create(tx, customer, at);
      await tx.insert(Customer, {
        ...customer,
        status: 'active',
        language,
        emailSealed: sealFor(customer, profileKey, 'email', email),
        displayNameSealed: displayName ? sealFor(customer, profileKey, 'display name', displayName) : null,
        createdAt: at,
        updatedAt: at,
      });
      await tx.insert(CustomerPassword, { ...customer, passwordHash, changedAt: at });
      await this.journal.record(tx, { type: 'customer.registered', at, customer, subject: customer.customerId });
      return {
        customer,
        recoveryCodes: await this.credentials.issueRecoveryCodes(tx, customer, at),
        session: await this.sessions.start(tx, customer, 'password', context, at),
      };
    });
  }

  /**
   * Begins a session. An unknown address and a wrong password get one answer, after the same work.
   *
   * @throws SignInRefusedError
   * @throws RateLimitedError
   */
  async signIn(email: string, password: string, context: SignInContext): Promise<IssuedSession> {
    const counted = await this.limits.consumeAttempt('sign-in', normaliseEmail(email), addressKey(context.address));
    const found = await this.findByEmail(this.database.reader, email);
    const customer = found ?? customerKey(this.random.id());
    const verified = (await findPassword(this.database.reader, customer))?.passwordHash ?? null;
    const right = await this.passwords.verify(verified, password);
    const session = right && verified ? await this.startSession(customer, { password, verified }, context) : null;
    if (session) {
      await this.limits.giveBack(counted);
      return session;
    }
    await this.database.transaction((tx) => this.journal.recordRefusal(tx, 'session.refused', found, this.clock.now()));
    throw new SignInRefusedError();
  }

  /** Ends the session. Doing so again is no error. */
  signOut(customer: CustomerKey, sessionId: string): Promise<void> {
    return this.sessions.signOut(customer, sessionId);
  }

  /** Who a customer's token belongs to and what it may do; null when it is not one, is unknown or has ended. */
  async authenticate(token: string): Promise<CustomerPrincipal | null> {
    const claimed = customerOfToken(token);
    if (!claimed || claimed.kind === 'delegation') return null;
    const issuer = claimed.kind === 'session' ? this.sessions : this.tokens;
    return issuer.principalOfToken(claimed.customer, token);
  }

  /** Who is signed in by this session, or null when it has ended. */
  sessionPrincipal(customer: CustomerKey, sessionId: string): Promise<CustomerPrincipal | null> {
    return this.sessions.principalOf(customer, sessionId);
  }

  findByEmail(reader: Reader, email: string): Promise<CustomerKey | null> {
    return findByIdentity(reader, this.pepper.identity(email));
  }

  /** Holds the customer until commit: for what counts over several of their rows. */
  async lock(tx: Tx, customer: CustomerKey): Promise<void> {
    await lockCustomer(tx, customer);
  }

  /** Notes that there is nobody any more whose account this is. */
  async markErased(tx: Tx, customer: CustomerKey, at: Date): Promise<void> {
    await tx.update(Customer, { ...customer }, { status: 'erased', updatedAt: at });
  }

  /** What names the customer, opened. @throws UnauthenticatedError when the account has been erased meanwhile */
  async profileOf(reader: Reader, customer: CustomerKey): Promise<Profile> {
    return this.opened(reader, customer, await findCustomer(reader, customer));
  }

  profile(customer: CustomerKey): Promise<Profile> {
    return this.profileOf(this.database.reader, customer);
  }

  /**
   * Changes what is given and leaves the rest.
   *
   * @param ifMatch The validator of the profile that the change was made to.
   */
  update(customer: CustomerKey, ifMatch: string | undefined, change: ProfileChange): Promise<Profile> {
    return this.database.transaction(async (tx) => {
      const row = await lockCustomer(tx, customer);
      const profile = await this.opened(tx, customer, row);
      requireIfMatch(ifMatch, profileEtag(profile));

      const at = this.clock.now();
      const { profileKey } = await this.keys.of(tx, customer);
      const changed: Profile = {
        ...profile,
        language: change.language ?? profile.language,
        displayName: change.displayName === undefined ? profile.displayName : change.displayName,
        updatedAt: at,
      };
      await tx.update(
        Customer,
        { ...customer },
        {
          language: changed.language,
          displayNameSealed:
            changed.displayName === null ? null : sealFor(customer, profileKey, 'display name', changed.displayName),
          updatedAt: at,
        },
      );
      const data = { changed: changedMembers(change) };
      await this.journal.record(tx, { type: 'customer.updated', at, customer, subject: customer.customerId, data });
      return changed;
    });
  }

  private async opened(reader: Reader, customer: CustomerKey, row: Customer | null): Promise<Profile> {
    if (!row) throw new UnauthenticatedError();
    const { profileKey } = await this.keys.of(reader, customer);
    return openProfile(row, profileKey);
  }

  /** Null when the password has been changed since it was verified. */
  private async startSession(
    customer: CustomerKey,
    { password, verified }: { password: string; verified: string },
    context: SignInContext,
  ): Promise<IssuedSession | null> {
    const renewed = this.passwords.isOutdated(verified) ? await this.passwords.hash(password) : null;
    return this.database.transaction(async (tx) => {
      const current = await lockPassword(tx, customer);
      if (current?.passwordHash !== verified) return null;
      if (renewed) await tx.update(CustomerPassword, { ...customer }, { passwordHash: renewed });
      return this.sessions.start(tx, customer, 'password', context, this.clock.now());
    });
  }
}

/** By the names that the API has for them. */
function changedMembers({ language, displayName }: ProfileChange): string[] {
  return [...(language === undefined ? [] : ['language']), ...(displayName === undefined ? [] : ['display_name'])];
}
