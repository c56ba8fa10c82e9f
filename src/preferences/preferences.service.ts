import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import { type ActingFor, within } from '../platform/http/access.js';
import { requireIfMatch } from '../platform/http/etag.js';
import type { Page, PageQuery } from '../platform/http/paging.js';
import { Random } from '../platform/random.js';
import { adopt, changesOf, type Difference, type Settle } from './adopt.js';
import type { Author } from './author.js';
import type { Draft, Statement } from './draft.js';
import { Drafts } from './drafts.js';
import { HistoryService } from './history.service.js';
import { listed, type PreferenceFilter } from './listing.js';
import { PreferenceDocuments } from './preference-documents.js';
import { type Preference, preferenceEtag } from './preference.js';
import { PreferenceExistsError, PreferenceNotFoundError, type Rival } from './preferences.errors.js';
import { type ProfileRule, Profiles } from './profiles.js';
import { nextVersion, stated } from './statement.js';

/** What a customer states now. */
@Injectable()
export class PreferencesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly drafts: Drafts,
    private readonly documents: PreferenceDocuments,
    private readonly profiles: Profiles,
    private readonly history: HistoryService,
  ) {}

  /**
   * Records what a customer states.
   *
   * @throws InvalidRequestError @throws PreferenceExistsError @throws TooManyPreferencesError @throws CategoryFullError
   */
  async record(customer: CustomerKey, draft: Draft, author: Author): Promise<Preference> {
    const [recorded] = await this.recordAt(customer, [draft], [''], author);
    return recorded!;
  }

  /** Records all of the drafts or, when any of them cannot be, none. Pointers lead into `/items`. */
  recordAll(customer: CustomerKey, drafts: readonly Draft[], author: Author): Promise<Preference[]> {
    const pointers = drafts.map((_, index) => `/items/${index}`);
    return this.recordAt(customer, drafts, pointers, author);
  }

  /**
   * Takes statements into the profile in one go, whatever it states already.
   *
   * @param statements As {@link Drafts.checked} answers them.
   * @param settle What becomes of a preference that states the same already.
   * @param dryRun Only tells what it would come to. The ids of what would be added mean nothing then.
   * @param tx The transaction of which this is a part; one of its own when left out.
   * @throws TooManyPreferencesError @throws CategoryFullError
   */
  async adopt(
    customer: CustomerKey,
    statements: readonly Statement[],
    author: Author,
    { settle, dryRun = false, tx }: { settle: Settle; dryRun?: boolean; tx?: Tx },
  ): Promise<Difference> {
    let difference: Difference = { added: [], replaced: [], kept: [] };
    const rule: ProfileRule = (profile, at) => {
      difference = adopt(profile, statements, { settle, author, at, newId: () => this.random.id() });
      return changesOf(difference);
    };
    await (dryRun
      ? this.profiles.preview(customer, author.actor, rule)
      : this.profiles.change(customer, author.actor, rule, tx));
    return difference;
  }

  /** One page of what the customer states now, or stated at an instant, the latest change first. */
  async list(
    customer: CustomerKey,
    filter: PreferenceFilter,
    { as_of: asOf, ...query }: PageQuery & { readonly as_of?: Date },
    delegation?: ActingFor,
  ): Promise<Page<Preference>> {
    const all = asOf ? await this.history.asOf(customer, asOf, delegation) : await this.all(customer, delegation);
    return listed(all, filter, query, asOf ?? this.clock.now());
  }

  /** @throws PreferenceNotFoundError */
  async get(customer: CustomerKey, id: string, delegation?: ActingFor): Promise<Preference> {
    const found = (await this.all(customer, delegation)).find((preference) => preference.id === id);
    if (!found) throw new PreferenceNotFoundError(id);
    return found;
  }

  /**
   * Puts a new version in the place of the one that `ifMatch` names. What is left out of the revision is gone.
   *
   * @throws PreferenceNotFoundError @throws PreconditionFailedError @throws InvalidRequestError
   * @throws PreferenceExistsError @throws CategoryFullError
   */
  async revise(
    customer: CustomerKey,
    id: string,
    ifMatch: string | undefined,
    revision: Omit<Draft, 'attribute'>,
    author: Author,
  ): Promise<Preference> {
    const { attribute } = await this.get(customer, id, author.actor.delegation);
    const [statement] = await this.drafts.checked([{ ...revision, attribute }], [''], { revising: true });
    const [revised] = await this.profiles.change(customer, author.actor, (profile, at) => {
      const current = profile.get(id);
      requireIfMatch(ifMatch, preferenceEtag(current));
      const next = stated(statement!, current, author, at);
      const rival = profile.rivalOf(next);
      if (rival) throw new PreferenceExistsError([{ pointer: '', id: rival }]);
      profile.put(next);
      return [{ change: 'revised', preference: next }];
    });
    return revised!.preference;
  }

  /** Removes a preference. Its history stays. @throws PreferenceNotFoundError */
  async remove(customer: CustomerKey, id: string, author: Author): Promise<void> {
    await this.profiles.change(customer, author.actor, (profile, at) => {
      const current = profile.get(id);
      profile.remove(id);
      return [{ change: 'removed', preference: nextVersion(current, at) }];
    });
  }

  /** All that there is; for whoever acts for the customer, as far as their delegation reaches. */
  private async all(customer: CustomerKey, delegation: ActingFor | undefined): Promise<readonly Preference[]> {
    const documents = await this.documents.of(this.database.reader, customer);
    return within(
      delegation,
      documents.flatMap(({ preferences }) => preferences),
      ({ attribute }) => attribute,
    );
  }

  private async recordAt(
    customer: CustomerKey,
    drafts: readonly Draft[],
    pointers: readonly string[],
    author: Author,
  ): Promise<Preference[]> {
    const statements = await this.drafts.checked(drafts, pointers);
    const changed = await this.profiles.change(customer, author.actor, (profile, at) => {
      const recorded = statements.map((statement) => stated(statement, { id: this.random.id() }, author, at));
      const [rival, ...rivals] = recorded.flatMap<Rival>((preference, index) => {
        const id = profile.rivalOf(preference);
        return id ? [{ pointer: pointers[index]!, id }] : [];
      });
      if (rival) throw new PreferenceExistsError([rival, ...rivals]);
      for (const preference of recorded) profile.put(preference);
      return recorded.map((preference) => ({ change: 'recorded', preference }));
    });
    return changed.map(({ preference }) => preference);
  }
}
