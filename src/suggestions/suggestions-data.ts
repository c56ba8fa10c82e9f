import { Injectable, type OnModuleInit } from '@nestjs/common';

import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader } from '../platform/database/database.js';
import { Derived } from '../platform/derived.js';
import { canonicalJson, type JsonObject, type JsonValue } from '../platform/json.js';
import { type ExportedRecord, PersonalData } from '../platform/personal-data.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { rulesOf } from './candidates.js';
import type { DayEvidence } from './evidence.js';
import { EvidenceDays } from './evidence-days.service.js';
import { PresentationService } from './presentation.service.js';
import { SuggestionDay } from './suggestion-day.entity.js';
import { SuggestionSettings } from './suggestion-settings.entity.js';
import { StoredSuggestion } from './suggestion.entity.js';
import { SuggestionSettingsDto } from './settings.dto.js';
import { findSettings, lockSettings } from './suggestions.queries.js';
import { SUGGESTIONS, SuggestionsWorker } from './suggestions-worker.js';

/** What this module holds of a customer, and that it follows from what was reported. */
@Injectable()
export class SuggestionsData implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly personalData: PersonalData,
    private readonly derived: Derived,
    private readonly days: EvidenceDays,
    private readonly presentation: PresentationService,
    private readonly worker: SuggestionsWorker,
    private readonly vocabularies: VocabularyService,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      module: SUGGESTIONS,
      tables: ['suggestion_settings', 'suggestion_days', 'suggestions'],
      export: (reader, customer) => this.export(reader, customer),
      erase: async (tx, customer) => {
        for (const entity of [StoredSuggestion, SuggestionDay, SuggestionSettings]) {
          await tx.delete(entity, { ...customer });
        }
      },
    });
    this.derived.register({
      name: SUGGESTIONS,
      rebuild: (customer) => this.rebuild(customer),
      check: (customer) => this.check(customer),
    });
  }

  private async *export(reader: Reader, customer: CustomerKey): AsyncIterable<ExportedRecord> {
    const settings = await findSettings(reader, customer);
    if (!settings) return;
    const stated = { ...SuggestionSettingsDto.of(settings) };
    yield { kind: 'suggestion_settings', record: stated, provided: true };
    for (const { stored, content } of await this.presentation.suggestions(reader, customer)) {
      const { id, status, holds, openedAt, decidedAt, preferenceId } = stored;
      const record = {
        id,
        status,
        holds,
        suggested_at: openedAt.toISOString(),
        decided_at: decidedAt?.toISOString() ?? null,
        preference_id: preferenceId,
        ...(content as unknown as JsonObject),
      };
      yield { kind: 'suggestion', record, inferred: true };
    }
    for (const { day, tallies } of await this.days.of(reader, customer)) {
      yield { kind: 'suggestion_day', record: { day, tallies: tallies as unknown as JsonValue }, inferred: true };
    }
  }

  private async rebuild(customer: CustomerKey): Promise<void> {
    await this.database.transaction(async (tx) => {
      const settings = await lockSettings(tx, customer);
      if (!settings?.isEnabled()) return;
      await this.days.markAll(tx, customer);
    });
    await this.worker.lookAtAllOf(customer);
  }

  /** How many days differ from what their events say. Nobody else is at them meanwhile. */
  private check(customer: CustomerKey): Promise<number> {
    return this.database.transaction(async (tx) => {
      const settings = await lockSettings(tx, customer);
      const kept = await this.days.of(tx, customer);
      const rules = rulesOf(this.vocabularies.current());
      const right = settings?.isEnabled() ? await this.days.fromScratch(tx, customer, rules) : [];
      return differences(kept, right);
    });
  }
}

function differences(kept: readonly DayEvidence[], right: readonly DayEvidence[]): number {
  const written = (days: readonly DayEvidence[]) =>
    new Map(days.map(({ day, tallies }) => [day, canonicalJson(tallies as unknown as JsonValue)]));
  const [a, b] = [written(kept), written(right)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((day) => a.get(day) !== b.get(day)).length;
}
