import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/database.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { Consent } from './consent.entity.js';
import type { ConsentRequest } from './consent-request.entity.js';
import { lockStanding } from './consents.queries.js';
import { differenceOf } from './difference.js';
import { days } from './duration.js';
import type { Choice } from './narrowing.js';
import { asLanguage } from './phrases.js';
import { lastTakenBack } from './receipts.queries.js';
import { holdingOf } from './renamed.js';
import { RequestDecisions } from './request-decisions.js';
import { RequestNotices } from './request-notices.js';
import { applyRules, type AskingRetailer, type Verdict } from './rule.js';
import { rulesInForce } from './rules.queries.js';

/** Decides requests by what customers have said beforehand, in the moment in which retailers ask. */
@Injectable()
export class RuleDecisions {
  constructor(
    private readonly decisions: RequestDecisions,
    private readonly notices: RequestNotices,
    private readonly retailers: RetailersService,
    private readonly vocabularies: VocabularyService,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes out of a request what the customer's rules refuse, and decides it when they leave nothing to ask. All of it
   * is read and written in the transaction in which the request is made.
   */
  async decide(tx: Tx, request: ConsentRequest): Promise<void> {
    const rules = await rulesInForce(tx, request);
    if (rules.length === 0) return;
    const vocabulary = this.vocabularies.release(request.vocabularyVersion);
    // As where customers decide: whatever waits for another change of the consent is judged, and happens, after it.
    const standing = await lockStanding(tx, request, request.retailerId);
    const verdict = applyRules(rules, request, await this.asking(tx, request), vocabulary);
    request.strike(verdict.struck);
    const at = this.clock.now();
    // What is given already would only be given for longer, again and again while nobody looks.
    const held = standing && holdingOf(standing, vocabulary);
    const isGiven = differenceOf({ details: request.details }, held, at).complete;
    if (verdict.outcome === 'ask' || (verdict.outcome === 'allow' && isGiven)) {
      if (verdict.struck.length > 0) await tx.save(request);
      return;
    }
    const notice = (await this.notices.of(request, tx))[asLanguage(request.language)];
    const { id, name } = verdict.rule;
    // It is the customer who decides, by what they have said before; which rule said it stands beside it.
    const deciding = { actor: { kind: 'customer' as const }, notice, at, rule: { id, name } };
    await this.decisions.record(tx, request, choiceOf(verdict, request, standing, at), deciding);
  }

  private async asking(tx: Tx, request: ConsentRequest): Promise<AskingRetailer> {
    const { id, sectors } = await this.retailers.get(request.retailerId, tx);
    const state = await this.retailers.clientState(request.clientId, tx);
    const isActive = state?.client === 'active' && state.retailer === 'active';
    return { id, sectors, isActive, takenBackAt: await lastTakenBack(tx, request, id) };
  }
}

/** All that is left, for as long as the rule lets it and no more often a day than the customer does; or nothing. */
function choiceOf(
  verdict: Exclude<Verdict, { outcome: 'ask' }>,
  { lifetimeDays, maxReadsPerDay }: ConsentRequest,
  standing: Consent | null,
  at: Date,
): Choice {
  if (verdict.outcome === 'refuse') return { decision: 'refuse' };
  const most = verdict.rule.lifetimeDays ?? lifetimeDays;
  const expiresAt = most < lifetimeDays ? new Date(at.getTime() + days(most)) : undefined;
  const limit = standing?.maxReadsPerDay ?? Infinity;
  return {
    decision: 'approve',
    expiresAt,
    maxReadsPerDay: maxReadsPerDay === null ? undefined : Math.min(maxReadsPerDay, limit),
  };
}
