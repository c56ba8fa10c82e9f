import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import type { Actor } from '../platform/http/access.js';
import { deleteDays } from './days.queries.js';
import { PresentationService } from './presentation.service.js';
import { SuggestionSettings } from './suggestion-settings.entity.js';
import { findSettings, lockOrMakeSettings } from './suggestions.queries.js';

/** What a customer changes; what is left out stays as it is. */
export interface SettingsChange {
  readonly enabled?: boolean;
  readonly never?: readonly string[];
  readonly timeZone?: string | null;
}

/** Whether customers want suggestions, and about what. */
@Injectable()
export class SettingsService {
  constructor(
    private readonly database: Database,
    private readonly presentation: PresentationService,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
  ) {}

  /** Those of somebody who never said anything are off. */
  async of(customer: CustomerKey): Promise<SuggestionSettings> {
    return (await findSettings(this.database.reader, customer)) ?? off(customer);
  }

  /**
   * Switching on has all looked at that was reported and stands, once that is committed: from then on no event is
   * missed. Switching off forgets at once what followed from it.
   */
  change(customer: CustomerKey, actor: Actor, change: SettingsChange): Promise<SuggestionSettings> {
    return this.database.transaction(async (tx) => {
      const settings = await lockOrMakeSettings(tx, customer);
      const before = describe(settings);
      await this.switch(tx, customer, settings, change.enabled ?? settings.isEnabled());
      if (change.never) settings.never = [...new Set(change.never)].toSorted();
      if (change.timeZone !== undefined) settings.timeZone = change.timeZone;
      const after = describe(settings);
      if (before === after) return settings;

      const at = this.clock.now();
      settings.lookAgain(at);
      await tx.save(settings);
      const type = 'suggestions.changed';
      const data = { enabled: settings.isEnabled(), never: settings.never };
      await this.audit.append(tx, { type, at, actor, customer, data });
      await this.outbox.enqueue(tx, { type, at, customer, subject: customer.customerId, data });
      return settings;
    });
  }

  private async switch(tx: Tx, customer: CustomerKey, settings: SuggestionSettings, enabled: boolean): Promise<void> {
    if (enabled === settings.isEnabled()) return;
    settings.enabledAt = enabled ? this.clock.now() : null;
    settings.vocabularyVersion = null;
    if (enabled) return;
    settings.dueAt = null;
    await deleteDays(tx, customer);
    const open = (await this.presentation.suggestions(tx, customer)).filter(({ stored }) => stored.status === 'open');
    await this.presentation.withdraw(tx, customer, open);
  }
}

function off(customer: CustomerKey): SuggestionSettings {
  return Object.assign(new SuggestionSettings(), {
    ...customer,
    enabledAt: null,
    never: [],
    timeZone: null,
    vocabularyVersion: null,
    openedOn: null,
    dueAt: null,
  });
}

/** What the customer has a say in. */
function describe(settings: SuggestionSettings): string {
  return JSON.stringify([settings.isEnabled(), settings.never, settings.timeZone]);
}
