import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { DelegationRights } from '../customers/delegation-rights.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import { InvalidRequestError, UnauthenticatedError, UnavailableError } from '../platform/errors.js';
import { type Actor, actingIn } from '../platform/http/access.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { LARGEST_DOCUMENT_BYTES } from './preference-document.entity.js';
import { PreferenceDocuments, sealVersion } from './preference-documents.js';
import type { Change } from './preference-version.entity.js';
import type { Preference } from './preference.js';
import { CategoryFullError, TooManyPreferencesError } from './preferences.errors.js';
import { documentsOfHeld, insertVersions, lockProfile, saveDocument } from './preferences.queries.js';
import { categoryOf, Profile } from './profile.js';
import { isAhead, isTaken } from './understood.js';

export const MOST_PREFERENCES = 1000;

/** What became of one preference: the version that it was brought into, and how. */
export interface Changed {
  readonly change: Change;
  readonly preference: Preference;
}

/** Changes a profile and answers what it changed. */
export type ProfileRule = (profile: Profile, at: Date) => readonly Changed[];

/** The one way in which profiles change. */
@Injectable()
export class Profiles {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly keys: SubjectKeys,
    private readonly documents: PreferenceDocuments,
    private readonly vocabularies: VocabularyService,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly rights: DelegationRights,
  ) {}

  /**
   * Lets `rule` change a customer's profile while nobody else can, and keeps what comes of it: the documents, the
   * history, and one audit entry and one event for each kind of change. A rule that changes nothing leaves no trace.
   * Whoever acts for the customer by a delegation changes what it reaches, and nothing once it has ended.
   *
   * @param rule May run more than once, each time on the profile as it then is.
   * @param tx The transaction of which this is a part; one of its own when left out.
   * @throws TooManyPreferencesError @throws CategoryFullError
   * @throws DelegationNotValidError @throws OutsideDelegationError
   */
  change(customer: CustomerKey, actor: Actor, rule: ProfileRule, tx?: Tx): Promise<readonly Changed[]> {
    const work = (open: Tx) => this.changeWithin(open, customer, actor, rule);
    return tx ? work(tx) : this.database.transaction(work);
  }

  /** What the rule would come to now. Nothing is kept of it. @throws TooManyPreferencesError */
  async preview(customer: CustomerKey, { delegation }: Actor, rule: ProfileRule): Promise<readonly Changed[]> {
    const profile = new Profile(await this.documents.of(this.database.reader, customer), delegation);
    return follow(rule, profile, this.clock.now());
  }

  private async changeWithin(
    tx: Tx,
    customer: CustomerKey,
    actor: Actor,
    rule: ProfileRule,
  ): Promise<readonly Changed[]> {
    const wrapped = await lockProfile(tx, customer);
    if (!wrapped) throw new UnauthenticatedError('This customer has been erased.');
    await this.rights.assertStands(tx, customer, actor.delegation);
    const profileKey = this.keys.unwrapProfileKey(customer, wrapped);
    const rows = await documentsOfHeld(tx, customer);
    const vocabulary = this.vocabularies.current();
    if (rows.some(({ vocabularyVersion }) => isAhead(vocabularyVersion, vocabulary))) throw new UnavailableError();
    const documents = rows.map((row) => this.documents.open(customer, profileKey, row));
    const profile = new Profile(documents, actor.delegation);

    const at = this.clock.now();
    const changed = follow(rule, profile, at);
    if (changed.length === 0) return changed;
    assertSayable(changed, vocabulary);
    await this.save(tx, { customer, actor, profileKey, profile, vocabularyVersion: vocabulary.version, changed, at });
    await this.tell(tx, { customer, actor, changed, at });
    return changed;
  }

  private async save(tx: Tx, saved: Saved): Promise<void> {
    const { customer, actor, profileKey, profile, vocabularyVersion, changed, at } = saved;
    for (const document of profile.changed()) {
      const sealed = this.documents.seal(customer, profileKey, document);
      if (sealed.sealed.length > LARGEST_DOCUMENT_BYTES) {
        throw new CategoryFullError(document.category, LARGEST_DOCUMENT_BYTES);
      }
      await saveDocument(tx, customer, { ...sealed, vocabularyVersion }, at);
    }
    const versions = changed.map(({ change, preference }) => ({
      preferenceId: preference.id,
      version: preference.version,
      change,
      category: categoryOf(preference),
      sealed: sealVersion(customer, profileKey, preference),
    }));
    await insertVersions(tx, customer, versions, { vocabularyVersion, delegationId: actor.delegation?.id ?? null, at });
  }

  private async tell(tx: Tx, { customer, actor, changed, at }: Told): Promise<void> {
    for (const change of new Set(changed.map((one) => one.change))) {
      const alike = changed.flatMap((one) => (one.change === change ? [one.preference] : []));
      const changes = alike.map(({ id, attribute, version }) => ({ id, attribute, version }));
      const attributes = [...new Set(alike.map(({ attribute }) => attribute))];
      await this.audit.append(tx, { type: `preference.${change}`, at, actor, customer, attributes, data: { changes } });
      await this.outbox.enqueue(tx, {
        type: 'preferences.changed',
        at,
        customer,
        subject: customer.customerId,
        data: { change, changes, ...actingIn(actor) },
      });
    }
  }
}

/** What was checked a moment ago may be history: a release may have come into force, or set aside what is confirmed. */
function assertSayable(changed: readonly Changed[], vocabulary: Vocabulary): void {
  const said = changed.filter(({ change, preference }) => change !== 'removed' && preference.status === 'active');
  const faults = said.flatMap(({ preference }) =>
    isTaken(preference, vocabulary)
      ? []
      : [
          {
            pointer: '',
            detail: `${preference.attribute} is no longer said like this: see ccx-core ${vocabulary.version}`,
          },
        ],
  );
  if (faults.length > 0) throw new InvalidRequestError(faults);
}

function follow(rule: ProfileRule, profile: Profile, at: Date): readonly Changed[] {
  const changed = rule(profile, at);
  if (profile.size > MOST_PREFERENCES) throw new TooManyPreferencesError(MOST_PREFERENCES);
  return changed;
}

interface Told {
  readonly customer: CustomerKey;
  readonly actor: Actor;
  readonly changed: readonly Changed[];
  readonly at: Date;
}

interface Saved extends Told {
  readonly profileKey: Buffer;
  readonly profile: Profile;
  readonly vocabularyVersion: string;
}
