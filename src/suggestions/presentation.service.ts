import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';

import { AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { canonicalJson, type JsonValue } from '../platform/json.js';
import { Random } from '../platform/random.js';
import { PreferenceDocuments } from '../preferences/preference-documents.js';
import { categoryOfPath } from '../vocabulary/attribute.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { type Candidate, candidatesOf, countsOf, rulesOf } from './candidates.js';
import { conclusionsOf, draftOf } from './conclusions.js';
import { dayOf } from './evidence.js';
import { EvidenceDays } from './evidence-days.service.js';
import { type Conclusion, type Presentation, present } from './presentation.js';
import type { Priors } from './priors.js';
import { PriorsService } from './priors.service.js';
import { rules } from './rules.js';
import { contentOf, heldOf, openSuggestion, sealContent, type Suggestion } from './suggestion-content.js';
import type { SuggestionSettings } from './suggestion-settings.entity.js';
import { StoredSuggestion } from './suggestion.entity.js';
import { findSuggestions } from './suggestions.queries.js';

/** Decides what customers are shown of what could be concluded about them. */
@Injectable()
export class PresentationService {
  constructor(
    private readonly days: EvidenceDays,
    private readonly priors: PriorsService,
    private readonly documents: PreferenceDocuments,
    private readonly vocabularies: VocabularyService,
    private readonly keys: SubjectKeys,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** All that could be concluded about a customer from the days that were looked at. */
  async candidates(
    reader: Reader,
    customer: CustomerKey,
    { timeZone: zone }: SuggestionSettings,
    priors: Priors,
  ): Promise<Candidate[]> {
    const days = await this.days.of(reader, customer);
    return candidatesOf(countsOf(days, { rules: rulesOf(this.vocabularies.current()), zone }), priors);
  }

  /**
   * Brings what the customer is shown up with what follows from their days, and answers when time alone may change it.
   * Their settings are held.
   */
  async present(tx: Tx, customer: CustomerKey, settings: SuggestionSettings): Promise<Date | null> {
    const now = this.clock.now();
    const vocabulary = this.vocabularies.current();
    const priors = await this.priors.current(tx);
    const candidates = await this.candidates(tx, customer, settings, priors);
    const preferences = await this.preferences(tx, customer);
    const conclusions = conclusionsOf(candidates, { preferences, never: settings.never }, vocabulary);
    const held = await this.suggestions(tx, customer);
    const shown = present(held.map(heldOf), conclusions, { openedOn: settings.openedOn, now });

    await this.withdraw(
      tx,
      customer,
      held.filter(({ stored }) => shown.withdrawn.includes(stored.id)),
    );
    await this.drop(tx, customer, shown.forgotten);
    await this.update(tx, customer, held, shown, priors);
    if (shown.opened) {
      await this.open(tx, customer, shown.opened, priors);
      settings.openedOn = dayOf(now);
    }
    return shown.nextAt;
  }

  /** What was suggested to the customer and still matters, newest first. */
  async suggestions(reader: Reader, customer: CustomerKey): Promise<Suggestion[]> {
    const stored = await findSuggestions(reader, customer);
    if (stored.length === 0) return [];
    const { profileKey } = await this.keys.of(reader, customer);
    return stored.map((one) => openSuggestion(customer, profileKey, one));
  }

  private async preferences(tx: Tx, customer: CustomerKey) {
    const vocabulary = this.vocabularies.current();
    const categories = rules.map(({ attribute }) => categoryOfPath(vocabulary.nameOf(attribute)));
    const documents = await this.documents.of(tx, customer, [...new Set(categories)]);
    return documents.flatMap(({ preferences }) => preferences);
  }

  /** Takes back what is open, and no longer holds or is no longer wanted. */
  async withdraw(tx: Tx, customer: CustomerKey, suggestions: readonly Suggestion[]): Promise<void> {
    for (const { stored } of suggestions) await this.tell(tx, customer, 'suggestion.withdrawn', stored);
    await this.drop(
      tx,
      customer,
      suggestions.map(({ stored }) => stored.id),
    );
  }

  private async drop(tx: Tx, { bucket, customerId }: CustomerKey, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await tx.delete(StoredSuggestion, { bucket, customerId, id: In([...ids]) });
  }

  private async update(
    tx: Tx,
    customer: CustomerKey,
    held: readonly Suggestion[],
    { kept, confirmed }: Presentation,
    priors: Priors,
  ): Promise<void> {
    for (const { stored, content } of held) {
      const conclusion = kept.get(stored.id);
      const says = conclusion && this.contentOf(conclusion, priors);
      const isOther =
        says && canonicalJson(says as unknown as JsonValue) !== canonicalJson(content as unknown as JsonValue);
      if (isOther) stored.sealed = await this.sealed(tx, customer, stored.id, conclusion, priors);
      const holds = stored.status === 'accepted' ? confirmed.has(stored.id) : stored.holds;
      if (!isOther && holds === stored.holds) continue;
      stored.holds = holds;
      await tx.save(stored);
    }
  }

  private async open(tx: Tx, customer: CustomerKey, conclusion: Conclusion, priors: Priors): Promise<void> {
    const id = this.random.id();
    const { attribute } = conclusion;
    await tx.insert(StoredSuggestion, {
      bucket: customer.bucket,
      customerId: customer.customerId,
      id,
      attribute,
      status: 'open',
      holds: true,
      sealed: await this.sealed(tx, customer, id, conclusion, priors),
      openedAt: this.clock.now(),
      decidedAt: null,
      preferenceId: null,
    });
    await this.tell(tx, customer, 'suggestion.made', { id, attribute });
  }

  private async tell(
    tx: Tx,
    customer: CustomerKey,
    type: string,
    { id, attribute }: Pick<StoredSuggestion, 'id' | 'attribute'>,
  ): Promise<void> {
    const at = this.clock.now();
    const actor = { kind: 'system' } as const;
    await this.audit.append(tx, { type, at, actor, customer, attributes: [attribute], data: { id } });
    await this.outbox.enqueue(tx, { type, at, customer, subject: id, data: { attribute } });
  }

  private async sealed(
    tx: Tx,
    customer: CustomerKey,
    id: string,
    conclusion: Conclusion,
    priors: Priors,
  ): Promise<Buffer> {
    const { profileKey } = await this.keys.of(tx, customer);
    return sealContent(customer, profileKey, id, this.contentOf(conclusion, priors));
  }

  private contentOf(conclusion: Conclusion, { version }: Priors) {
    return contentOf(conclusion, draftOf(conclusion.candidate, this.vocabularies.current()), version);
  }
}
