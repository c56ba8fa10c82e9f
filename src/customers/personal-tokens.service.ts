import { Injectable } from '@nestjs/common';
import { LessThan, MoreThan } from 'typeorm';

import { Afterwards } from '../platform/afterwards.js';
import { Clock } from '../platform/clock.js';
import { tokenHash } from '../platform/crypto/seal.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { InvalidRequestError } from '../platform/errors.js';
import type { CustomerPrincipal } from '../platform/http/access.js';
import { decodeCursor, type Page, pageOf, type PageQuery, pageSize } from '../platform/http/paging.js';
import { assertRecentSignIn } from '../platform/http/recent-sign-in.js';
import { Random } from '../platform/random.js';
import { CustomerJournal } from './customer-journal.js';
import { makeCustomerToken, TOKEN_SECRET_BYTES } from './customer-token.js';
import { openFor, sealFor } from './customer.entity.js';
import { PersonalTokenNotFoundError, TooManyTokensError } from './customers.errors.js';
import { lockCustomer } from './customers.queries.js';
import { PERSONAL_TOKEN_LIFE_MS, PersonalToken } from './personal-token.entity.js';
import { NOTE_USE_EVERY_MS } from './session.entity.js';

export interface NewPersonalToken {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date;
}

/** A personal token without the token itself, which is shown only when it is made. */
export interface PersonalTokenRecord extends NewPersonalToken {
  readonly id: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

const MOST_TOKENS = 50;

/** One indexed look-up within one customer. */
const TOKEN_BY_HASH = `
  select id, scopes, last_used_at
    from personal_tokens
   where bucket = $1 and customer_id = $2 and token_hash = $3 and expires_at > $4`;

const NOTE_TOKEN_USE = `
  update personal_tokens set last_used_at = $4
   where bucket = $1 and customer_id = $2 and id = $3 and (last_used_at is null or last_used_at <= $5)`;

interface ValidTokenRow {
  id: string;
  scopes: string[];
  last_used_at: Date | null;
}

/** Tokens for a customer's own programs: never the whole account, never for long. */
@Injectable()
export class PersonalTokensService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly keys: SubjectKeys,
    private readonly journal: CustomerJournal,
    private readonly afterwards: Afterwards,
  ) {}

  /**
   * Makes a token and answers it, this once.
   *
   * @throws RecentSignInRequiredError since it outlives the session, and a new password
   * @throws InvalidRequestError when it would not end within 90 days
   * @throws TooManyTokensError
   */
  async make(
    principal: CustomerPrincipal,
    { name, scopes, expiresAt }: NewPersonalToken,
  ): Promise<PersonalTokenRecord & { token: string }> {
    assertRecentSignIn(principal, this.clock.now());
    const { customer } = principal;
    const id = this.random.id();
    const token = makeCustomerToken('personal', customer, this.random.bytes(TOKEN_SECRET_BYTES));
    return this.database.transaction(async (tx) => {
      await lockCustomer(tx, customer); // or two at once would both find room for one more
      const at = this.clock.now();
      refuseWrongEnd(expiresAt, at);
      await tx.delete(PersonalToken, { ...customer, expiresAt: LessThan(at) });
      if ((await tx.countBy(PersonalToken, { ...customer })) >= MOST_TOKENS) throw new TooManyTokensError(MOST_TOKENS);

      const { profileKey } = await this.keys.of(tx, customer);
      const record = { id, scopes: [...scopes], createdAt: at, lastUsedAt: null, expiresAt };
      await tx.insert(PersonalToken, {
        ...customer,
        ...record,
        tokenHash: tokenHash(token),
        nameSealed: sealFor(customer, profileKey, 'token name', name),
      });
      const data = { token_id: id, scopes: [...scopes], expires_at: expiresAt.toISOString() };
      await this.journal.record(tx, { type: 'personal-token.made', at, customer, subject: id, data });
      return { ...record, name, token };
    });
  }

  async list(customer: CustomerKey, query: PageQuery): Promise<Page<PersonalTokenRecord>> {
    const limit = pageSize(query);
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const tokens = await this.database.reader.find(PersonalToken, {
      where: { ...customer, expiresAt: MoreThan(this.clock.now()), ...(before && { id: LessThan(before) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    const { profileKey } = await this.keys.of(this.database.reader, customer);
    const { items, next_cursor } = pageOf(tokens, limit, ({ id }) => [id]);
    return {
      next_cursor,
      items: items.map(({ nameSealed, ...token }) => ({
        ...token,
        name: openFor(customer, profileKey, 'token name', nameSealed),
      })),
    };
  }

  /** Makes the token useless at once. @throws PersonalTokenNotFoundError */
  revoke(customer: CustomerKey, id: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      const { affected } = await tx.delete(PersonalToken, { ...customer, id });
      if (!affected) throw new PersonalTokenNotFoundError(id);
      const at = this.clock.now();
      await this.journal.record(tx, {
        type: 'personal-token.revoked',
        at,
        customer,
        subject: id,
        data: { token_id: id },
      });
    });
  }

  /** Who a personal token belongs to and what it may do, or null when it is unknown or has ended. */
  async principalOfToken(customer: CustomerKey, token: string): Promise<CustomerPrincipal | null> {
    const now = this.clock.now();
    const [found] = await this.database.named<ValidTokenRow>('personal-token-by-hash', TOKEN_BY_HASH, [
      customer.bucket,
      customer.customerId,
      tokenHash(token),
      now,
    ]);
    if (!found) return null;
    this.noteUse(customer, found, now);
    return { kind: 'customer', customer, scopes: found.scopes, tokenId: found.id };
  }

  private noteUse({ bucket, customerId }: CustomerKey, { id, last_used_at }: ValidTokenRow, now: Date): void {
    const noted = new Date(now.getTime() - NOTE_USE_EVERY_MS);
    if (last_used_at && last_used_at > noted) return;
    this.afterwards.run(`personal-token:${id}`, () =>
      this.database.named('personal-token-note-use', NOTE_TOKEN_USE, [bucket, customerId, id, now, noted]),
    );
  }
}

function refuseWrongEnd(expiresAt: Date, now: Date): void {
  const life = expiresAt.getTime() - now.getTime();
  if (life > 0 && life <= PERSONAL_TOKEN_LIFE_MS) return;
  throw new InvalidRequestError([{ pointer: '/expires_at', detail: 'must lie within the next 90 days' }]);
}
