import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import { UnauthenticatedError } from '../platform/errors.js';
import type { Actor } from '../platform/http/access.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { LARGEST_DOCUMENT_BYTES } from './preference-document.entity.js';
import { PreferenceDocuments, sealVersion } from './preference-documents.js';
import type { Change } from './preference-version.entity.js';
import type { Preference } from './preference.js';
import { CategoryFullError } from './preferences.errors.js';
import { insertVersions, lockDocuments, lockProfile, saveDocument } from './preferences.queries.js';
import { categoryOf, Profile } from './profile.js';

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
  ) {}

  /**
   * Lets `rule` change a customer's profile while nobody else can, and keeps what comes of it: the documents, the
   * history, one audit entry and one event.
   *
   * @param rule Changes the profile and answers the preferences concerned, each in the version that it now has.
   */
  change(
    customer: CustomerKey,
    actor: Actor,
    change: Change,
    rule: (profile: Profile, at: Date) => Preference[],
  ): Promise<Preference[]> {
    return this.database.transaction(async (tx) => {
      const wrapped = await lockProfile(tx, customer);
      if (!wrapped) throw new UnauthenticatedError('This customer has been erased.');
      const profileKey = this.keys.unwrapProfileKey(customer, wrapped);
      const rows = await lockDocuments(tx, customer);
      const profile = new Profile(rows.map((row) => this.documents.open(customer, profileKey, row)));

      const at = this.clock.now();
      const changed = rule(profile, at);
      await this.save(tx, { customer, profileKey, profile, changed, change, at });
      await this.tell(tx, { customer, actor, changed, change, at });
      return changed;
    });
  }

  private async save(
    tx: Tx,
    { customer, profileKey, profile, changed, change, at }: Omit<Changed, 'actor'> & OpenProfile,
  ): Promise<void> {
    const vocabularyVersion = this.vocabularies.current().version;
    for (const document of profile.changed()) {
      const sealed = this.documents.seal(customer, profileKey, document);
      if (sealed.sealed.length > LARGEST_DOCUMENT_BYTES) {
        throw new CategoryFullError(document.category, LARGEST_DOCUMENT_BYTES);
      }
      await saveDocument(tx, customer, { ...sealed, vocabularyVersion }, at);
    }
    const versions = changed.map((preference) => ({
      preferenceId: preference.id,
      version: preference.version,
      category: categoryOf(preference),
      sealed: sealVersion(customer, profileKey, preference),
    }));
    await insertVersions(tx, customer, versions, { change, vocabularyVersion, at });
  }

  private async tell(tx: Tx, { customer, actor, changed, change, at }: Changed): Promise<void> {
    const changes = changed.map(({ id, attribute, version }) => ({ id, attribute, version }));
    const attributes = [...new Set(changed.map(({ attribute }) => attribute))];
    await this.audit.append(tx, { type: `preference.${change}`, at, actor, customer, attributes, data: { changes } });
    await this.outbox.enqueue(tx, {
      type: 'preferences.changed',
      at,
      customer,
      subject: customer.customerId,
      data: { change, changes },
    });
  }
}

interface OpenProfile {
  readonly profileKey: Buffer;
  readonly profile: Profile;
}

interface Changed {
  readonly customer: CustomerKey;
  readonly actor: Actor;
  readonly changed: readonly Preference[];
  readonly change: Change;
  readonly at: Date;
}
