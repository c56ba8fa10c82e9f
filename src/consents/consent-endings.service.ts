import { Injectable } from '@nestjs/common';

import type { Actor } from '../audit/audit.service.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import type { Tx } from '../platform/database/database.js';
import { Random } from '../platform/random.js';
import { BulkWithdrawals } from './bulk-withdrawals.service.js';
import { consentsByRetailer, moveRef } from './consents.queries.js';
import { ConsentRequest } from './consent-request.entity.js';
import { lockUnanswered } from './consent-requests.queries.js';

/** Ends what a customer who is about to be erased has to do with retailers. */
@Injectable()
export class ConsentEndings {
  constructor(
    private readonly bulk: BulkWithdrawals,
    private readonly random: Random,
  ) {}

  /**
   * Withdraws every consent, and has what was reported under them deleted. Answers which consents each retailer ever had:
   * whoever had one may hold something still.
   */
  async endAll(tx: Tx, customer: CustomerKey, actor: Actor, at: Date): Promise<ReadonlyMap<string, string[]>> {
    await this.bulk.withdrawAllIn(tx, customer, {}, { reportedData: 'delete', actor });
    await this.leaveRequestsToNobody(tx, customer, at);
    return consentsByRetailer(tx, customer);
  }

  /**
   * A retailer that asked by e-mail and was given nothing does not know whether there is anybody, and must not learn it
   * from a request that vanishes: it goes on as one to an address that nobody has, each to a nobody of its own.
   */
  private async leaveRequestsToNobody(tx: Tx, customer: CustomerKey, at: Date): Promise<void> {
    for (const request of await lockUnanswered(tx, customer)) {
      const nobody = customerKey(this.random.id());
      await tx.insert(ConsentRequest, request.leftTo(nobody, at));
      await moveRef(tx, 'request', request.id, nobody);
    }
  }
}
