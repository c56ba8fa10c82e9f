import { Injectable, type OnModuleInit } from '@nestjs/common';

import { DelegationRights } from '../customers/delegation-rights.service.js';
import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import type { Actor } from '../platform/http/access.js';
import { Jobs } from '../platform/jobs/jobs.js';
import type { JsonObject } from '../platform/json.js';
import { type Amendment, narrow } from './amendment.js';
import type { Consent, ReportedData } from './consent.entity.js';
import { raiseEpoch } from './consent-clients.queries.js';
import type { ConsentChange } from './consent-version.entity.js';
import { ConsentNotFoundError, ConsentStateError } from './consents.errors.js';
import { lockConsent, overdueConsents, saveHeld } from './consents.queries.js';
import { ConsentsJournal, type Happening } from './consents-journal.js';
import { assertMayGive, isConsentVisible, visibleLines } from './delegate-view.js';
import { forEachInTurn } from './sweep.js';

const SWEEP_INTERVAL_MS = 60_000;
const SWEPT_AT_ONCE = 500;

/** Who changes a consent, and on what condition. */
export interface By {
  actor: Actor;
  /** Called with the consent under its lock; throws when it is not what the caller takes it for. */
  expected?: (consent: Consent) => void;
}

/** What a command has made of a consent; null when it is so already. */
type Outcome = { change: ConsentChange; data?: JsonObject } | null;

/** Changes a consent that it is handed locked, and says how; keeping that and telling of it is done for it. */
export type Command = (consent: Consent, at: Date, tx: Tx) => Outcome | Promise<Outcome>;

/** What happens to a consent once it is given: each change is a version of the same id, and acts from its commit on. */
@Injectable()
export class ConsentLifecycle implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly journal: ConsentsJournal,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly rights: DelegationRights,
  ) {}

  onModuleInit(): void {
    this.jobs.every('consents.expire', SWEEP_INTERVAL_MS, () => this.expireOverdue());
  }

  /** Lets nothing be read or reported until it is resumed. Tokens stay, asleep. @throws ConsentStateError */
  pause(customer: CustomerKey, id: string, by: By): Promise<Consent> {
    return this.changeOpen(customer, id, by, (consent, at) => {
      if (consent.status === 'paused') return null;
      consent.pause(at);
      return { change: 'paused' };
    });
  }

  /** Ends a pause, which gives all of it again. @throws ConsentStateError, OutsideDelegationError */
  resume(customer: CustomerKey, id: string, by: By): Promise<Consent> {
    return this.changeOpen(customer, id, by, (consent, at) => {
      assertMayGive(consent.details, by.actor.delegation);
      if (consent.status === 'active') return null;
      consent.resume(at);
      return { change: 'resumed' };
    });
  }

  /**
   * Takes part of a consent back, at once. More than there is can only be given by approving a request.
   *
   * @throws InvalidRequestError, NothingKeptError, ConsentStateError
   */
  amend(customer: CustomerKey, id: string, amendment: Amendment, by: By): Promise<Consent> {
    return this.changeOpen(customer, id, by, (consent, at) => {
      // What the caller does not see, they cannot have left out on purpose.
      const { maxReadsPerDay, expiresAt } = consent;
      const seen = visibleLines(consent.details, by.actor.delegation);
      const unseen = consent.details.filter((line) => !seen.includes(line));
      const narrowed = narrow({ details: seen, maxReadsPerDay, expiresAt }, amendment, at);
      if (!narrowed) return null;
      consent.amend({ ...narrowed, details: [...narrowed.details, ...unseen] }, at);
      return { change: 'amended' };
    });
  }

  /**
   * Ends a consent at once and answers its new state: from the commit on, no read and no token under it succeeds.
   * Withdrawing what has ended changes nothing and is no error.
   */
  async withdraw(
    customer: CustomerKey,
    id: string,
    { reportedData = 'keep', ...by }: By & { reportedData?: ReportedData },
  ): Promise<Consent> {
    const { consent } = await this.change(customer, id, by, (open, at) => {
      open.withdraw(reportedData, at);
      return { change: 'withdrawn', data: { reported_data: reportedData } };
    });
    return consent;
  }

  /** The same to a consent that is locked already, in a transaction that does more than that. */
  async withdrawLocked(
    tx: Tx,
    consent: Consent,
    { reportedData = 'keep', actor }: Pick<By, 'actor'> & { reportedData?: ReportedData },
    at: Date,
  ): Promise<void> {
    if (consent.isOverdue(at)) return this.expire(tx, consent, at);
    if (consent.hasEnded()) return;
    consent.withdraw(reportedData, at);
    await this.record(tx, consent, 'withdrawn', { at, actor, data: { reported_data: reportedData } });
  }

  /**
   * Changes a consent that has not ended, under its lock. One whose time is up is recorded as expired first, and that
   * stays recorded although the command is refused.
   *
   * @throws ConsentNotFoundError, ConsentStateError
   */
  async changeOpen(customer: CustomerKey, id: string, by: By, command: Command): Promise<Consent> {
    const { consent, refused } = await this.change(customer, id, by, command);
    if (refused) throw new ConsentStateError(consent);
    return consent;
  }

  /** Keeps what a change has made of a consent, and tells everybody who has to know. */
  async record(tx: Tx, consent: Consent, change: ConsentChange, happening: Happening): Promise<void> {
    await saveHeld(tx, consent);
    if (consent.hasEnded()) await raiseEpoch(tx, consent);
    await this.journal.consentChanged(tx, consent, change, happening);
  }

  /** Records that the consent's time is up. */
  async expire(tx: Tx, consent: Consent, at: Date): Promise<void> {
    consent.expire(at);
    await this.record(tx, consent, 'expired', { at, actor: { kind: 'system' } });
  }

  /** Refuses the command when the consent has ended, and answers how it stands in either case. */
  private change(
    customer: CustomerKey,
    id: string,
    { actor, expected }: By,
    command: Command,
  ): Promise<{ consent: Consent; refused: boolean }> {
    return this.database.transaction(async (tx) => {
      const consent = await lockConsent(tx, customer, id);
      if (!consent || !isConsentVisible(consent, actor.delegation)) throw new ConsentNotFoundError(id);
      await this.rights.assertStands(tx, customer, actor.delegation);
      expected?.(consent);
      const at = this.clock.now();
      if (consent.isOverdue(at)) await this.expire(tx, consent, at);
      if (consent.hasEnded()) return { consent, refused: true };

      const outcome = await command(consent, at, tx);
      if (outcome) await this.record(tx, consent, outcome.change, { at, actor, data: outcome.data });
      return { consent, refused: false };
    });
  }

  /** Each consent is a transaction of its own: they belong to different customers. */
  private async expireOverdue(): Promise<void> {
    const now = this.clock.now();
    const overdue = await overdueConsents(this.database.reader, now, SWEPT_AT_ONCE);
    await forEachInTurn(overdue, ({ bucket, customerId, id }) =>
      this.database.transaction(async (tx) => {
        const consent = await lockConsent(tx, { bucket, customerId }, id);
        if (consent?.isOverdue(now)) await this.expire(tx, consent, now);
      }),
    );
  }
}
