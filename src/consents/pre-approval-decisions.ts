import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/database.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { ConsentRequest } from './consent-request.entity.js';
import { lockPreApproval } from './consent-requests.queries.js';
import { lockStanding } from './consents.queries.js';
import { asLanguage } from './phrases.js';
import { approvalOf } from './pre-approval.js';
import { lastTakenBack } from './receipts.queries.js';
import { RequestDecisions } from './request-decisions.js';
import { RequestNotices } from './request-notices.js';

/** Decides requests by what customers have approved for just this retailer, in the moment in which it asks. */
@Injectable()
export class PreApprovalDecisions {
  constructor(
    private readonly decisions: RequestDecisions,
    private readonly notices: RequestNotices,
    private readonly retailers: RetailersService,
    private readonly vocabularies: VocabularyService,
    private readonly clock: Clock,
  ) {}

  /**
   * Approves an open request of which nothing goes beyond that; otherwise leaves it as it is. Only an authorization
   * request of a browser that adds a standing consent is decided so: a device shows its customer nothing, what is given
   * once is given by somebody who is there, and to what comes to the inbox nobody has gone.
   */
  async decide(tx: Tx, request: ConsentRequest): Promise<void> {
    const { origin, use, action, retailerId } = request;
    if (origin !== 'par' || use !== 'standing' || action !== 'merge') return;
    const preApproved = await lockPreApproval(tx, request, retailerId);
    if (!preApproved) return;
    const standing = await lockStanding(tx, request, retailerId);
    const at = this.clock.now();
    if (preApproved.statusAt(at) !== 'pre_approved' || !(await this.mayHave(tx, request, preApproved))) return;
    const approval = approvalOf(request, preApproved, standing, this.vocabularies.current(), at);
    if (!approval) return;
    const notice = (await this.notices.of(request, tx))[asLanguage(request.language)];
    const deciding = { actor: { kind: 'customer' as const }, notice, at, preApprovalId: preApproved.id };
    await this.decisions.record(tx, request, approval, deciding);
  }

  /** What was taken back from the retailer since is not given again by what was said before. */
  private async mayHave(tx: Tx, { clientId, retailerId }: ConsentRequest, preApproved: ConsentRequest) {
    const state = await this.retailers.clientState(clientId, tx);
    if (state?.client !== 'active' || state.retailer !== 'active') return false;
    const takenBackAt = await lastTakenBack(tx, preApproved, retailerId);
    return takenBackAt === null || takenBackAt <= preApproved.createdAt;
  }
}
