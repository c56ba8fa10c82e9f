import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { sha256 } from '../platform/crypto/seal.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import type { CustomerPrincipal } from '../platform/http/access.js';
import { assertRecentSignIn } from '../platform/http/recent-sign-in.js';
import { Random } from '../platform/random.js';
import { type RetailerDescription, RetailersService } from '../retailers/retailers.service.js';
import { Erasure, ErasingCustomer } from './erasure.entity.js';
import type { ErasureNotice } from './erasure-notice.entity.js';
import { ErasureBegunError, ErasureNotFoundError, ErasureUnderWayError } from './erasures.errors.js';
import { claimCustomer, findErasureOf, lockErasureOf, noticesOf } from './erasures.queries.js';

const TOKEN_PREFIX = 'ccx_er_';

/** How far an erasure has come, here and with the retailers. */
export interface ErasureProgress {
  readonly erasure: Erasure;
  readonly notices: readonly { notice: ErasureNotice; retailer: RetailerDescription | undefined }[];
}

/** Erasing an account, as the customer asks for it, follows it and changes their mind. */
@Injectable()
export class Erasures {
  constructor(
    private readonly database: Database,
    private readonly retailers: RetailersService,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /**
   * Has the account erased once the time is over in which the customer can change their mind.
   *
   * @returns the erasure, and the token by which it can be followed, also when there is no account any more
   * @throws RecentSignInRequiredError ErasureUnderWayError
   */
  async ask(me: CustomerPrincipal, coolOffMs: number): Promise<{ erasure: Erasure; token: string }> {
    const at = this.clock.now();
    assertRecentSignIn(me, at);
    const token = this.random.token(TOKEN_PREFIX);
    const asked = { id: this.random.id(), tokenHash: sha256(token), cause: 'asked' as const };
    const erasure = Erasure.asked(asked, at, new Date(at.getTime() + coolOffMs));
    await this.database.transaction(async (tx) => {
      if (!(await claimCustomer(tx, me.customer, erasure.id))) {
        const other = await findErasureOf(tx, me.customer);
        throw new ErasureUnderWayError(other?.executeAt ?? at);
      }
      await tx.insert(Erasure, erasure);
      await this.record(tx, 'erasure.requested', me.customer, erasure, at);
    });
    return { erasure, token };
  }

  /** Keeps the account after all. @throws ErasureNotFoundError ErasureBegunError */
  cancel({ customer }: CustomerPrincipal): Promise<Erasure> {
    return this.database.transaction(async (tx) => {
      const erasure = await lockErasureOf(tx, customer);
      if (!erasure) throw new ErasureNotFoundError();
      const at = this.clock.now();
      if (!erasure.isCancellable(at)) throw new ErasureBegunError();
      erasure.cancel(at);
      await tx.save(erasure);
      await tx.delete(ErasingCustomer, { ...customer });
      await this.record(tx, 'erasure.cancelled', customer, erasure, at);
      return erasure;
    });
  }

  /** What the customer has asked for, if anything. */
  find(customer: CustomerKey): Promise<Erasure | null> {
    return findErasureOf(this.database.reader, customer);
  }

  /** What the customer has asked for. @throws ErasureNotFoundError */
  async get(customer: CustomerKey): Promise<Erasure> {
    const erasure = await this.find(customer);
    if (!erasure) throw new ErasureNotFoundError();
    return erasure;
  }

  /** How the erasure of this token stands; null when there is none. */
  async byToken(token: string): Promise<ErasureProgress | null> {
    if (!token.startsWith(TOKEN_PREFIX)) return null;
    const { reader } = this.database;
    const erasure = await reader.findOneBy(Erasure, { tokenHash: sha256(token) });
    if (!erasure) return null;
    const notices = await noticesOf(reader, erasure.id);
    const retailers = await this.retailers.describe(notices.map(({ retailerId }) => retailerId));
    return { erasure, notices: notices.map((notice) => ({ notice, retailer: retailers.get(notice.retailerId) })) };
  }

  private async record(tx: Tx, type: string, customer: CustomerKey, erasure: Erasure, at: Date): Promise<void> {
    const data = { erasure: erasure.id, execute_at: erasure.executeAt.toISOString() };
    const event = { type, at, customer, data };
    await this.audit.append(tx, { ...event, actor: { kind: 'customer' } });
    await this.outbox.enqueue(tx, { ...event, subject: erasure.id });
  }
}
