import { Injectable } from '@nestjs/common';

import type { Tx } from '../platform/database/database.js';
import { type Actor, assertWithin } from '../platform/http/access.js';
import { RetailersService } from '../retailers/retailers.service.js';
import type { Consent } from './consent.entity.js';
import { attributesOf } from './detail.js';
import type { ConsentRequest } from './consent-request.entity.js';
import { keepNotice, saveHeld } from './consents.queries.js';
import { ConsentsJournal } from './consents-journal.js';
import { ConsentsService } from './consents.service.js';
import { type Approval, type Choice, give } from './narrowing.js';
import { PreApprovals } from './pre-approvals.service.js';
import type { RuleRef } from './rule.js';
import type { Notice } from './wording.js';

export interface Decision {
  request: ConsentRequest;
  /** What the request led to; null when it was refused. */
  consent: Consent | null;
}

/** Who decided and when, and what they were shown, or would have been. */
export interface Deciding {
  actor: Actor;
  notice: Notice;
  at: Date;
  /** The standing rule that decided in the customer's place. */
  rule?: RuleRef;
  /** What the customer had approved beforehand, by which it was decided. */
  preApprovalId?: string;
}

/** Carries out what has been decided about an open request, in person or by a rule. */
@Injectable()
export class RequestDecisions {
  constructor(
    private readonly consents: ConsentsService,
    private readonly preApprovals: PreApprovals,
    private readonly journal: ConsentsJournal,
    private readonly retailers: RetailersService,
  ) {}

  /**
   * @param request Locked by the caller, or made by it in this transaction.
   * @throws InvalidRequestError when the choice reaches beyond the request; NothingKeptError when it keeps nothing
   * @throws RetailerSuspendedError when there is nobody to give anything to
   */
  async record(tx: Tx, request: ConsentRequest, choice: Choice, deciding: Deciding): Promise<Decision> {
    const isInPerson = !deciding.rule && deciding.preApprovalId === undefined;
    const notice = { ...deciding.notice, shown: isInPerson };
    const noticeHash = await keepNotice(tx, request, notice, deciding.at);
    const decision = await (choice.decision === 'approve'
      ? this.approve(tx, request, choice, { ...deciding, noticeHash })
      : this.refuse(tx, request, { ...deciding, noticeHash }));
    // What they say now takes the place of what they said before: nothing is given without a word after a no.
    if (isInPerson && request.use === 'standing') await this.preApprovals.supersede(tx, request, deciding);
    return decision;
  }

  private async approve(
    tx: Tx,
    request: ConsentRequest,
    approval: Approval,
    { notice, ...decided }: Deciding & { noticeHash: Buffer },
  ): Promise<Decision> {
    const { at, rule } = decided;
    await this.retailers.assertActive(request.clientId, tx);
    const { whole, ...given } = give(request, approval, at, notice.statement?.hash);
    assertWithin(decided.actor.delegation, attributesOf(given.details));
    const consent = await this.consents.give(tx, { request, ...given, ...decided });
    request.approve({ consentId: consent.id, whole, rule }, at);
    await saveHeld(tx, request);
    await this.preApprovals.complete(tx, consent, given.details, at);
    return { request, consent };
  }

  private async refuse(
    tx: Tx,
    request: ConsentRequest,
    { at, actor, rule, noticeHash }: Deciding & { noticeHash: Buffer },
  ): Promise<Decision> {
    request.refuse(at, rule);
    await saveHeld(tx, request);
    await this.journal.requestChanged(tx, request, 'refused', { at, actor, rule, noticeHash });
    return { request, consent: null };
  }
}
