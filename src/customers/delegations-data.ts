import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import type { Tx } from '../platform/database/database.js';
import { type ExportedRecord, PersonalData } from '../platform/personal-data.js';
import { Delegation, type DelegationRole, HeldDelegation } from './delegation.entity.js';
import { DelegationDto } from './delegations.dto.js';
import { forgetDelegate, lockGiven } from './delegations.queries.js';
import { DelegationViews } from './delegation-views.service.js';

/** What this module holds of customers in delegations: what they gave, and what they hold of others. */
@Injectable()
export class DelegationsData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly views: DelegationViews,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      module: 'delegations',
      tables: ['delegations', 'held_delegations'],
      atOnce: true,
      export: (_, customer) => this.export(customer),
      erase: (tx, customer) => this.erase(tx, customer),
    });
  }

  private async *export(customer: CustomerKey): AsyncIterable<ExportedRecord> {
    yield* this.exportOf(customer, 'giver');
    yield* this.exportOf(customer, 'delegate');
  }

  private async *exportOf(customer: CustomerKey, role: DelegationRole): AsyncIterable<ExportedRecord> {
    let cursor: string | undefined;
    do {
      const { items, next_cursor } = await this.views.list(customer, role, { limit: 200, cursor });
      for (const view of items) {
        const { id, ...record } = DelegationDto.of(view, this.clock.now());
        yield { kind: 'delegation', record: { delegation_id: id, ...record } };
      }
      cursor = next_cursor ?? undefined;
    } while (cursor);
  }

  /**
   * What they gave goes, and with it what their delegates hold. What they held of others goes, and ends: nothing is left
   * there of who it was, and the job that records what has ended finds it. Erasing is the one case in which rows of
   * others change in the same transaction, so that no name is left behind for a moment.
   */
  private async erase(tx: Tx, customer: CustomerKey): Promise<void> {
    for (const { delegateId, id } of await lockGiven(tx, customer)) {
      if (delegateId) await tx.delete(HeldDelegation, { ...customerKey(delegateId), id });
    }
    await tx.delete(Delegation, { ...customer });
    for (const { giverId, id } of await tx.findBy(HeldDelegation, { ...customer })) {
      await forgetDelegate(tx, customerKey(giverId), id, this.clock.now());
    }
    await tx.delete(HeldDelegation, { ...customer });
  }
}
