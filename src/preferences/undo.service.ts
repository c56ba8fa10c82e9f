import { Injectable } from '@nestjs/common';

import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import { type ActingFor, within } from '../platform/http/access.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { Author } from './author.js';
import { findVersions, type SealedVersion } from './history.queries.js';
import { type HistoryEntry, openUnder } from './history.service.js';
import { openVersion } from './preference-documents.js';
import type { Preference } from './preference.js';
import {
  PreferenceChangedError,
  PreferenceExistsError,
  PreferenceMeaninglessError,
  PreferenceNotFoundError,
} from './preferences.errors.js';
import { lockProfile } from './preferences.queries.js';
import type { Profile } from './profile.js';
import { type Changed, Profiles } from './profiles.js';
import { nextVersion } from './statement.js';
import { writtenBy } from './written-by.js';

/** The way back to what a customer stated before. */
@Injectable()
export class UndoService {
  constructor(
    private readonly database: Database,
    private readonly keys: SubjectKeys,
    private readonly vocabularies: VocabularyService,
    private readonly profiles: Profiles,
  ) {}

  /**
   * Takes back the change that made `version`, which must be the latest: what the preference was before becomes its next
   * version, and what was not there before is removed. An undo is a change like others, and can be undone.
   *
   * @throws PreferenceNotFoundError @throws PreferenceChangedError @throws PreferenceExistsError
   * @throws PreferenceMeaninglessError @throws TooManyPreferencesError @throws CategoryFullError
   */
  undo(customer: CustomerKey, id: string, version: number, { actor }: Pick<Author, 'actor'>): Promise<HistoryEntry> {
    return this.database.transaction(async (tx) => {
      // Which version is the latest is certain only while nobody else can add one, also of a preference that is gone.
      await lockProfile(tx, customer);
      const [last, before] = await findVersions(tx, customer, id, { limit: 2 });
      if (!last || !(await this.mayKnow(tx, customer, last, actor.delegation))) throw new PreferenceNotFoundError(id);
      if (last.version !== version) throw new PreferenceChangedError(id, last.version);
      const earlier = before && before.change !== 'removed' ? await this.open(tx, customer, before) : null;

      const rule = (profile: Profile, at: Date) => [
        earlier ? putBack(profile, { ...earlier, version }, at) : takeAway(profile, id, at),
      ];
      const [changed] = await this.profiles.change(customer, actor, rule, tx);
      return { ...changed!, by: writtenBy(actor.delegation?.id ?? null, new Map()) };
    });
  }

  private async mayKnow(
    tx: Tx,
    customer: CustomerKey,
    row: SealedVersion,
    delegation: ActingFor | undefined,
  ): Promise<boolean> {
    const { profileKey } = await this.keys.of(tx, customer);
    return within(delegation, [openVersion(customer, profileKey, row)], ({ attribute }) => attribute).length > 0;
  }

  private async open(tx: Tx, customer: CustomerKey, row: SealedVersion): Promise<Preference> {
    const { profileKey } = await this.keys.of(tx, customer);
    const preference = openUnder(this.vocabularies.current(), customer, profileKey, row);
    if (!preference) throw new PreferenceMeaninglessError(row.preferenceId);
    return preference;
  }
}

function putBack(profile: Profile, earlier: Preference, at: Date): Changed {
  const preference = nextVersion(earlier, at);
  const rival = profile.rivalOf(preference);
  if (rival) throw new PreferenceExistsError([{ pointer: '', id: rival }]);
  profile.put(preference);
  return { change: 'restored', preference };
}

function takeAway(profile: Profile, id: string, at: Date): Changed {
  const preference = nextVersion(profile.get(id), at);
  profile.remove(id);
  return { change: 'removed', preference };
}
