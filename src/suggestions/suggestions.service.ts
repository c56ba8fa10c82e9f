import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { EVER, findEvents, type TimelineEvent } from '../interactions/timeline.queries.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader, type Tx } from '../platform/database/database.js';
import type { Actor } from '../platform/http/access.js';
import { statementOf } from '../preferences/draft.js';
import { PreferenceExistsError } from '../preferences/preferences.errors.js';
import { PreferencesService } from '../preferences/preferences.service.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { mayBeInferred } from './inferable.js';
import { PresentationService } from './presentation.service.js';
import { type Rule, ruleNamed } from './rules.js';
import { openSuggestion, type Suggestion } from './suggestion-content.js';
import type { SuggestionSettings } from './suggestion-settings.entity.js';
import type { StoredSuggestion, SuggestionStatus } from './suggestion.entity.js';
import { SuggestionDecidedError, SuggestionNotFoundError } from './suggestions.errors.js';
import { findSuggestion, lockSettings } from './suggestions.queries.js';

/** A suggestion with what its sentence needs. */
export interface ToldSuggestion extends Suggestion {
  readonly rule: Rule;
  /** What the retailer is called that it is about, where it is about one. */
  readonly retailer?: string;
}

/** An event behind a suggestion, and what its retailer is called. */
export interface Evidence {
  readonly event: TimelineEvent;
  readonly retailer: string;
}

/** What is suggested to customers, and what they make of it. */
@Injectable()
export class SuggestionsService {
  constructor(
    private readonly database: Database,
    private readonly presentation: PresentationService,
    private readonly preferences: PreferencesService,
    private readonly retailers: RetailersService,
    private readonly vocabularies: VocabularyService,
    private readonly keys: SubjectKeys,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
  ) {}

  /** Those that are open, or all that were decided one way, newest first. */
  async list(customer: CustomerKey, status: SuggestionStatus): Promise<ToldSuggestion[]> {
    const all = await this.presentation.suggestions(this.database.reader, customer);
    return this.told(all.filter((one) => one.stored.status === status && this.isAllowed(one)));
  }

  /** One suggestion, and of the events behind it those that still stand. @throws SuggestionNotFoundError */
  async get(customer: CustomerKey, id: string): Promise<{ suggestion: ToldSuggestion; evidence: Evidence[] }> {
    const { reader } = this.database;
    const [suggestion] = await this.told([
      await this.opened(reader, customer, await findSuggestion(reader, customer, id), id),
    ]);
    const { events: ids } = suggestion!.content;
    const filter = { ids, ...EVER, standing: 'standing' } as const;
    const events = ids.length > 0 ? await findEvents(reader, customer, filter, { limit: ids.length }) : [];
    const names = await this.retailers.describe(events.map(({ retailerId }) => retailerId));
    const evidence = events.map((event) => ({
      event,
      retailer: names.get(event.retailerId)?.name ?? event.retailerId,
    }));
    return { suggestion: suggestion!, evidence };
  }

  /**
   * Makes the suggestion a preference of the customer, in one go with everything that tells of it. Accepting it again
   * changes nothing.
   *
   * @throws SuggestionNotFoundError @throws SuggestionDecidedError
   * @throws PreferenceExistsError when the customer has stated the same: what was said is never overwritten
   */
  accept(customer: CustomerKey, id: string, actor: Actor): Promise<ToldSuggestion> {
    return this.decide(customer, id, 'accepted', async (tx, { stored, content }) => {
      const statement = statementOf(content.draft, this.vocabularies.current());
      const author = { actor, provenance: { kind: 'inferred_confirmed', source: `suggestion:${id}` } } as const;
      const settle = () => 'keep' as const;
      const { added, kept } = await this.preferences.adopt(customer, [statement], author, { settle, tx });
      if (kept[0]) throw new PreferenceExistsError([{ pointer: '', id: kept[0].held.id }]);
      const at = this.clock.now();
      stored.accept(added[0]!.id, at);
      await this.tell(tx, customer, actor, 'suggestion.accepted', stored, { preference_id: added[0]!.id });
    });
  }

  /** Turns the suggestion down: for 180 days it is not made again. @throws as {@link accept} */
  refuse(customer: CustomerKey, id: string, actor: Actor): Promise<ToldSuggestion> {
    return this.decide(customer, id, 'refused', (tx, { stored }) => this.turnDown(tx, customer, actor, stored));
  }

  /** The same, and nothing is ever suggested about its attribute again. @throws as {@link accept} */
  never(customer: CustomerKey, id: string, actor: Actor): Promise<ToldSuggestion> {
    const turnDown = async (tx: Tx, { stored }: Suggestion, settings: SuggestionSettings) => {
      settings.never = [...new Set([...settings.never, stored.attribute])].toSorted();
      await this.turnDown(tx, customer, actor, stored, { never: true });
    };
    return this.decide(customer, id, 'refused', turnDown);
  }

  private async turnDown(
    tx: Tx,
    customer: CustomerKey,
    actor: Actor,
    stored: StoredSuggestion,
    data: { never?: true } = {},
  ): Promise<void> {
    stored.refuse(this.clock.now());
    await this.tell(tx, customer, actor, 'suggestion.refused', stored, data);
  }

  private async decide(
    customer: CustomerKey,
    id: string,
    to: Exclude<SuggestionStatus, 'open'>,
    decide: (tx: Tx, suggestion: Suggestion, settings: SuggestionSettings) => Promise<void>,
  ): Promise<ToldSuggestion> {
    const decided = await this.database.transaction(async (tx) => {
      const settings = await lockSettings(tx, customer);
      if (!settings) throw new SuggestionNotFoundError(id);
      const suggestion = await this.opened(tx, customer, await findSuggestion(tx, customer, id), id);
      const { stored } = suggestion;
      if (stored.status !== 'open' && stored.status !== to) throw new SuggestionDecidedError(id, stored.status);
      if (stored.status === 'open') {
        await decide(tx, suggestion, settings);
        await tx.save(stored);
      }
      settings.lookAgain(this.clock.now());
      await tx.save(settings);
      return suggestion;
    });
    return (await this.told([decided]))[0]!;
  }

  /** Null, and what the vocabulary no longer lets be inferred, is not there. */
  private async opened(
    reader: Reader,
    customer: CustomerKey,
    stored: StoredSuggestion | null,
    id: string,
  ): Promise<Suggestion> {
    if (!stored) throw new SuggestionNotFoundError(id);
    const { profileKey } = await this.keys.of(reader, customer);
    const suggestion = openSuggestion(customer, profileKey, stored);
    if (!this.isAllowed(suggestion)) throw new SuggestionNotFoundError(id);
    return suggestion;
  }

  /** What was accepted is the customer's own, whatever the vocabulary says of it since. */
  private isAllowed({ stored, content }: Suggestion): boolean {
    const rule = ruleNamed.get(content.rule);
    return stored.status === 'accepted' || (!!rule && mayBeInferred(rule.attribute, this.vocabularies.current()));
  }

  private async told(suggestions: readonly Suggestion[]): Promise<ToldSuggestion[]> {
    const withRules = suggestions.map((one) => ({ ...one, rule: ruleNamed.get(one.content.rule)! }));
    const ids = withRules.flatMap(({ rule, content }) => (rule.byRetailer ? [content.group] : []));
    const names = await this.retailers.describe(ids);
    return withRules.map((one) => {
      const retailer = one.rule.byRetailer && names.get(one.content.group)?.name;
      return { ...one, ...(retailer !== undefined && { retailer }) };
    });
  }

  private async tell(
    tx: Tx,
    customer: CustomerKey,
    actor: Actor,
    type: string,
    { id, attribute }: StoredSuggestion,
    data: { preference_id?: string; never?: true },
  ): Promise<void> {
    const at = this.clock.now();
    await this.audit.append(tx, { type, at, actor, customer, attributes: [attribute], data: { id, ...data } });
    await this.outbox.enqueue(tx, { type, at, customer, subject: id, data: { attribute, ...data } });
  }
}
