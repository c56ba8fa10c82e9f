import { Injectable } from '@nestjs/common';

import { type Actor, AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { Kek } from '../platform/crypto/kek.js';
import { Database, type Tx } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import { Random } from '../platform/random.js';
import { Retailer } from './retailer.entity.js';
import { RetailerNotFoundError, RetailerStateError } from './retailers.errors.js';
import { lockRetailer } from './retailers.queries.js';
import { pairwiseAad } from './retailers.service.js';

export interface NewRetailer {
  name: string;
  legalName: string;
  country: string;
  website: string;
  privacyUrl: string;
  incentive?: string | null;
  sectors: readonly string[];
  touchpoints: readonly string[];
}

/** Who may take part: retailers are registered, approved, suspended and reinstated by operators. */
@Injectable()
export class AdmissionsService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly kek: Kek,
  ) {}

  /** Records a retailer. It can do nothing until it is approved. */
  register(actor: Actor, given: NewRetailer): Promise<Retailer> {
    return this.database.transaction(async (tx) => {
      const at = this.clock.now();
      const id = this.random.id();
      const retailer = tx.create(Retailer, {
        ...given,
        id,
        sectors: [...given.sectors],
        touchpoints: [...given.touchpoints],
        incentive: given.incentive ?? null,
        status: 'pending',
        menu: {},
        menuAttributes: {},
        pairwiseKey: this.kek.wrap(this.random.bytes(32), pairwiseAad(id)),
        createdAt: at,
        approvedAt: null,
        suspendedAt: null,
        updatedAt: at,
      });
      await tx.insert(Retailer, retailer);
      await this.tell(tx, 'retailer.registered', actor, retailer, { sectors: retailer.sectors });
      return retailer;
    });
  }

  /**
   * Lets the retailer take part, in these sectors. Approving it again sets its sectors anew.
   * @throws RetailerStateError while it is suspended
   */
  approve(actor: Actor, id: string, sectors: readonly string[]): Promise<Retailer> {
    return this.database.transaction(async (tx) => {
      const retailer = await lock(tx, id);
      if (retailer.status === 'suspended') throw new RetailerStateError(id, retailer.status);
      if (retailer.isApprovedFor(sectors)) return retailer;
      retailer.approve(sectors, this.clock.now());
      await tx.save(retailer);
      await this.tell(tx, 'retailer.approved', actor, retailer, { sectors: retailer.sectors });
      return retailer;
    });
  }

  /** Stops all its clients at once. Consents stay as they are. Suspending it again changes nothing. */
  suspend(actor: Actor, id: string, reason: string): Promise<Retailer> {
    return this.database.transaction(async (tx) => {
      const retailer = await lock(tx, id);
      if (retailer.status === 'suspended') return retailer;
      retailer.suspend(this.clock.now());
      await tx.save(retailer);
      await this.tell(tx, 'retailer.suspended', actor, retailer, { reason });
      return retailer;
    });
  }

  /** Ends a suspension. A retailer that is not suspended stays as it is. */
  reinstate(actor: Actor, id: string): Promise<Retailer> {
    return this.database.transaction(async (tx) => {
      const retailer = await lock(tx, id);
      if (retailer.status !== 'suspended') return retailer;
      retailer.reinstate(this.clock.now());
      await tx.save(retailer);
      await this.tell(tx, 'retailer.reinstated', actor, retailer, { status: retailer.status });
      return retailer;
    });
  }

  private async tell(tx: Tx, type: string, actor: Actor, retailer: Retailer, data: JsonObject): Promise<void> {
    const event = { type, at: retailer.updatedAt, retailerId: retailer.id, data };
    await this.audit.append(tx, { ...event, actor });
    await this.outbox.enqueue(tx, { ...event, subject: retailer.id });
  }
}

async function lock(tx: Tx, id: string): Promise<Retailer> {
  const retailer = await lockRetailer(tx, id);
  if (!retailer) throw new RetailerNotFoundError(id);
  return retailer;
}
