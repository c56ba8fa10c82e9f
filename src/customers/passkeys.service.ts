import { Injectable } from '@nestjs/common';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { LessThan } from 'typeorm';

import { Clock } from '../platform/clock.js';
import { decodeSubject, encodeSubject } from '../platform/crypto/pairwise.js';
import { Pepper } from '../platform/crypto/pepper.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import { type CustomerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import type { CustomerPrincipal } from '../platform/http/access.js';
import { decodeCursor, type Page, pageOf, type PageQuery, pageSize } from '../platform/http/paging.js';
import { addressKey } from '../platform/http/rate-limit.js';
import { RateLimits } from '../platform/http/rate-limits.js';
import { assertRecentSignIn } from '../platform/http/recent-sign-in.js';
import { Random } from '../platform/random.js';
import type { NewPasskeyAnswer, PasskeyAnswer } from '../platform/webauthn/credential-json.js';
import { type NewPasskeyKey, WebAuthn } from '../platform/webauthn/webauthn.js';
import { CustomerJournal } from './customer-journal.js';
import { openFor, sealFor } from './customer.entity.js';
import {
  PasskeyExistsError,
  PasskeyNotFoundError,
  PasskeyNotValidError,
  PasskeyRefusedError,
  TooManyPasskeysError,
} from './customers.errors.js';
import { findByIdentity, findCustomer, lockCustomer } from './customers.queries.js';
import { Passkey } from './passkey.entity.js';
import { lockByCredential, passkeysOf } from './passkeys.queries.js';
import { openProfile } from './profile.js';
import { type IssuedSession, SessionsService, type SignInContext } from './sessions.service.js';

/** A passkey as its customer sees it. */
export interface PasskeyRecord {
  readonly id: string;
  readonly name: string;
  /** Whether it is on other devices of theirs, too. */
  readonly synced: boolean;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** What somebody signs in with instead of a password. */
export interface PasskeySignIn {
  readonly passkey: PasskeyAnswer;
  /** The account that is meant. Without it, the passkey says so. */
  readonly email?: string | undefined;
}

const MOST_PASSKEYS = 20;

/** The passkeys of customers, and signing in with one. */
@Injectable()
export class PasskeysService {
  private readonly handleKey: Buffer;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly keys: SubjectKeys,
    private readonly limits: RateLimits,
    private readonly webauthn: WebAuthn,
    private readonly sessions: SessionsService,
    private readonly journal: CustomerJournal,
    private readonly pepper: Pepper,
  ) {
    this.handleKey = pepper.derive('passkey user handles');
  }

  async list(customer: CustomerKey, query: PageQuery): Promise<Page<PasskeyRecord>> {
    const limit = pageSize(query);
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const passkeys = await this.database.reader.find(Passkey, {
      where: { ...customer, ...(before && { id: LessThan(before) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    const { profileKey } = await this.keys.of(this.database.reader, customer);
    const { items, next_cursor } = pageOf(passkeys, limit, ({ id }) => [id]);
    return { items: items.map((passkey) => recordOf(passkey, profileKey)), next_cursor };
  }

  /** What the browser needs to make a passkey. @throws RecentSignInRequiredError */
  async creationOptions(principal: CustomerPrincipal): Promise<PublicKeyCredentialCreationOptionsJSON> {
    assertRecentSignIn(principal, this.clock.now());
    const { customer } = principal;
    const { reader } = this.database;
    const { profileKey } = await this.keys.of(reader, customer);
    const account = await findCustomer(reader, customer);
    return this.webauthn.creationOptions(`customer-passkey:${customer.customerId}`, {
      handle: this.handleOf(customer),
      name: account ? openProfile(account, profileKey).email : '',
      known: await passkeysOf(reader, customer),
    });
  }

  /**
   * Adds the passkey that the browser made.
   *
   * @throws RecentSignInRequiredError
   * @throws PasskeyNotValidError when it answers no open challenge of this customer's, or is not as it must be
   * @throws PasskeyExistsError
   * @throws TooManyPasskeysError
   */
  async add(
    principal: CustomerPrincipal,
    { name, credential }: { name: string; credential: NewPasskeyAnswer },
  ): Promise<PasskeyRecord> {
    assertRecentSignIn(principal, this.clock.now());
    const { customer } = principal;
    const added = await this.database.transaction(async (tx) => {
      const isOpen = await this.webauthn.consume(tx, `customer-passkey:${customer.customerId}`, credential);
      const key = isOpen ? await this.webauthn.verifyNew(credential) : null;
      return key && this.insert(tx, customer, name, key); // the challenge is spent either way
    });
    if (!added) throw new PasskeyNotValidError();
    return added;
  }

  /** Makes the passkey useless at once. Sessions that began with it go on. */
  remove(principal: CustomerPrincipal, id: string): Promise<void> {
    assertRecentSignIn(principal, this.clock.now());
    const { customer } = principal;
    return this.database.transaction(async (tx) => {
      const { affected } = await tx.delete(Passkey, { ...customer, id });
      if (!affected) throw new PasskeyNotFoundError(id);
      const at = this.clock.now();
      await this.journal.record(tx, { type: 'passkey.removed', at, customer, subject: id, data: { passkey_id: id } });
    });
  }

  /** What a browser needs to sign somebody in. @throws RateLimitedError */
  async requestOptions({ address }: Pick<SignInContext, 'address'>): Promise<PublicKeyCredentialRequestOptionsJSON> {
    await this.limits.consume('passkey-options', addressKey(address));
    return this.webauthn.requestOptions();
  }

  /**
   * Begins a session. An answer is good for one. Whatever is wrong with it gets one answer; no work is made up for
   * unknown passkeys, since nobody can name one that they do not hold.
   *
   * @throws PasskeyRefusedError
   * @throws RateLimitedError
   */
  async signIn({ passkey: answer, email }: PasskeySignIn, context: SignInContext): Promise<IssuedSession> {
    const counted = await this.limits.consumeAttempt('sign-in', `passkey ${answer.id}`, addressKey(context.address));
    const claimed = this.customerOf(answer);
    const meant = email === undefined ? claimed : await this.findByEmail(email);
    const customer = claimed?.customerId === meant?.customerId ? claimed : null;
    const session = await this.database.transaction(async (tx) => {
      const at = this.clock.now();
      const isOpen = await this.webauthn.consume(tx, 'sign-in', answer);
      const passkey = customer && (await lockByCredential(tx, customer, Buffer.from(answer.id, 'base64url')));
      const use = isOpen && passkey ? await this.webauthn.verify(answer, passkey) : null;
      if (!customer || !passkey || !use) {
        await this.journal.recordRefusal(tx, 'session.refused', passkey ? customer : null, at);
        return null;
      }
      await tx.update(Passkey, { ...customer, id: passkey.id }, { ...use, lastUsedAt: at });
      return this.sessions.start(tx, customer, 'passkey', context, at);
    });
    if (!session) throw new PasskeyRefusedError();
    await this.limits.giveBack(counted);
    return session;
  }

  private async insert(tx: Tx, customer: CustomerKey, name: string, key: NewPasskeyKey): Promise<PasskeyRecord> {
    await lockCustomer(tx, customer); // or two at once would both find room for one more
    const held = await passkeysOf(tx, customer);
    if (held.some(({ credentialId }) => credentialId.equals(key.credentialId))) throw new PasskeyExistsError();
    if (held.length >= MOST_PASSKEYS) throw new TooManyPasskeysError(MOST_PASSKEYS);
    const at = this.clock.now();
    const { profileKey } = await this.keys.of(tx, customer);
    const passkey = {
      ...customer,
      ...key,
      id: this.random.id(),
      nameSealed: sealFor(customer, profileKey, 'passkey name', name),
      createdAt: at,
      lastUsedAt: null,
    };
    await tx.insert(Passkey, passkey);
    const data = { passkey_id: passkey.id };
    await this.journal.record(tx, { type: 'passkey.added', at, customer, subject: passkey.id, data });
    return recordOf(passkey, profileKey);
  }

  private findByEmail(email: string): Promise<CustomerKey | null> {
    return findByIdentity(this.database.reader, this.pepper.identity(email));
  }

  // What an authenticator keeps to name the account: the id, encrypted as for a retailer. It tells nothing to whoever
  // reads it there, and us whose rows to look among, without a table of everybody's passkeys.
  private handleOf({ customerId }: CustomerKey): Buffer {
    return Buffer.from(encodeSubject(customerId, this.handleKey));
  }

  private customerOf({ response: { userHandle } }: PasskeyAnswer): CustomerKey | null {
    return userHandle === undefined
      ? null
      : decodeSubject(Buffer.from(userHandle, 'base64url').toString(), this.handleKey);
  }
}

function recordOf(
  passkey: Pick<Passkey, 'bucket' | 'customerId' | 'id' | 'nameSealed' | 'synced' | 'createdAt' | 'lastUsedAt'>,
  profileKey: Buffer,
): PasskeyRecord {
  const { id, nameSealed, synced, createdAt, lastUsedAt } = passkey;
  return { id, name: openFor(passkey, profileKey, 'passkey name', nameSealed), synced, createdAt, lastUsedAt };
}
