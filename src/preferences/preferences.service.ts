import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';

import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { type FieldError, InvalidRequestError } from '../platform/errors.js';
import type { Actor } from '../platform/http/access.js';
import { requireIfMatch } from '../platform/http/etag.js';
import { type Page, type PageQuery, decodeCursor, pageOf, pageSize } from '../platform/http/paging.js';
import { Random } from '../platform/random.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { checkDraft, defined, type Draft, identityOf, statementOf } from './draft.js';
import { openVersion, PreferenceDocuments } from './preference-documents.js';
import { type Change, PreferenceVersion } from './preference-version.entity.js';
import { type Level, type Preference, preferenceEtag, type Provenance, type Status } from './preference.js';
import {
  PreferenceExistsError,
  PreferenceNotFoundError,
  type Rival,
  TooManyPreferencesError,
} from './preferences.errors.js';
import { Profiles } from './profiles.js';

export const MOST_PREFERENCES = 1000;

/** Who states something, and on what ground. */
export interface Author {
  readonly actor: Actor;
  readonly provenance: Pick<Provenance, 'kind' | 'source'>;
}

export interface PreferenceFilter {
  /** An attribute or a whole category. */
  readonly attribute?: string;
  readonly level?: Level;
  readonly status?: Status;
}

/** One state that a preference was brought into. */
export interface HistoryEntry {
  readonly change: Change;
  readonly preference: Preference;
}

/** What a customer states, and what they stated before. */
@Injectable()
export class PreferencesService {
  constructor(
    private readonly database: Database,
    private readonly random: Random,
    private readonly keys: SubjectKeys,
    private readonly vocabularies: VocabularyService,
    private readonly retailers: RetailersService,
    private readonly documents: PreferenceDocuments,
    private readonly profiles: Profiles,
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
    return this.recordAt(
      customer,
      drafts,
      drafts.map((_, index) => `/items/${index}`),
      author,
    );
  }

  /** One page of what the customer states now, the latest change first. */
  async list(customer: CustomerKey, filter: PreferenceFilter, query: PageQuery): Promise<Page<Preference>> {
    const after = decodeCursor(query.cursor, ['time', 'uuid']);
    const all = (await this.documents.of(this.database.reader, customer)).flatMap(({ preferences }) => preferences);
    const rows = all
      .filter((preference) => matches(preference, filter))
      .toSorted((a, b) => compareNewestFirst(keyOf(a), keyOf(b)))
      .filter((preference) => !after || compareNewestFirst(after, keyOf(preference)) < 0);
    return pageOf(rows, pageSize(query), keyOf);
  }

  /** @throws PreferenceNotFoundError */
  async get(customer: CustomerKey, id: string): Promise<Preference> {
    const all = (await this.documents.of(this.database.reader, customer)).flatMap(({ preferences }) => preferences);
    const found = all.find((preference) => preference.id === id);
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
    const vocabulary = this.vocabularies.current();
    const unknownRetailers = await this.unknownRetailers([revision], ['']);
    const [revised] = await this.profiles.change(customer, author.actor, 'revised', (profile, at) => {
      const current = profile.find(id);
      if (!current) throw new PreferenceNotFoundError(id);
      requireIfMatch(ifMatch, preferenceEtag(current));
      const draft = { ...revision, attribute: current.attribute };
      refuse([...checkDraft(draft, vocabulary, ''), ...unknownRetailers]);

      const next = stated(statementOf(draft, vocabulary), current, author, at);
      const rival = profile.rivalOf(next);
      if (rival) throw new PreferenceExistsError([{ pointer: '', id: rival }]);
      profile.put(next);
      return [next];
    });
    return revised!;
  }

  /** Removes a preference. Its history stays. @throws PreferenceNotFoundError */
  async remove(customer: CustomerKey, id: string, author: Author): Promise<void> {
    await this.profiles.change(customer, author.actor, 'removed', (profile, at) => {
      const current = profile.find(id);
      if (!current) throw new PreferenceNotFoundError(id);
      profile.remove(id);
      return [{ ...current, version: current.version + 1, updated_at: at.toISOString() }];
    });
  }

  /** One page of the states that a preference was brought into, the latest first, also of a removed one. */
  async history(customer: CustomerKey, id: string, query: PageQuery): Promise<Page<HistoryEntry>> {
    const [before] = decodeCursor(query.cursor, ['int']) ?? [];
    const limit = pageSize(query);
    const { reader } = this.database;
    const rows = await reader.find(PreferenceVersion, {
      where: { ...customer, preferenceId: id, ...(before !== undefined && { version: LessThan(before) }) },
      order: { version: 'desc' },
      take: limit + 1,
    });
    if (rows.length === 0 && before === undefined) throw new PreferenceNotFoundError(id);
    const { profileKey } = await this.keys.of(reader, customer);
    const page = pageOf(rows, limit, ({ version }) => [version]);
    const items = page.items.map((row) => ({
      change: row.change,
      preference: openVersion(customer, profileKey, row),
    }));
    return { ...page, items };
  }

  private async recordAt(
    customer: CustomerKey,
    drafts: readonly Draft[],
    pointers: readonly string[],
    author: Author,
  ): Promise<Preference[]> {
    const vocabulary = this.vocabularies.current();
    refuse([
      ...drafts.flatMap((draft, index) => checkDraft(draft, vocabulary, pointers[index]!)),
      ...(await this.unknownRetailers(drafts, pointers)),
    ]);
    const statements = drafts.map((draft) => statementOf(draft, vocabulary));
    refuse(repeated(statements.map(identityOf), pointers));

    return this.profiles.change(customer, author.actor, 'recorded', (profile, at) => {
      const recorded = statements.map((statement) => stated(statement, { id: this.random.id() }, author, at));
      const [rival, ...rivals] = recorded.flatMap<Rival>((preference, index) => {
        const id = profile.rivalOf(preference);
        return id ? [{ pointer: pointers[index]!, id }] : [];
      });
      if (rival) throw new PreferenceExistsError([rival, ...rivals]);
      for (const preference of recorded) profile.put(preference);
      if (profile.size > MOST_PREFERENCES) throw new TooManyPreferencesError(MOST_PREFERENCES);
      return recorded;
    });
  }

  private async unknownRetailers(
    drafts: readonly Pick<Draft, 'applies_to'>[],
    pointers: readonly string[],
  ): Promise<FieldError[]> {
    const ids = drafts.flatMap(({ applies_to }) => (applies_to.level === 'retailer' ? [applies_to.retailer_id] : []));
    const known = await this.retailers.describe(ids);
    return drafts.flatMap(({ applies_to }, index) =>
      applies_to.level === 'retailer' && !known.has(applies_to.retailer_id)
        ? [{ pointer: `${pointers[index]}/applies_to/retailer_id`, detail: 'is not a retailer of this broker' }]
        : [],
    );
  }
}

/** The next version of a preference, or its first. */
function stated(
  { attribute, key, value, ...statement }: ReturnType<typeof statementOf>,
  previous: Pick<Preference, 'id'> & Partial<Preference>,
  { provenance }: Author,
  now: Date,
): Preference {
  const at = now.toISOString();
  return defined<Preference>({
    id: previous.id,
    attribute,
    key,
    value,
    ...statement,
    provenance: { ...provenance, at },
    status: provenance.kind === 'imported' ? 'pending' : 'active',
    version: (previous.version ?? 0) + 1,
    recorded_at: previous.recorded_at ?? at,
    updated_at: at,
  });
}

function refuse(faults: readonly FieldError[]): void {
  if (faults.length > 0) throw new InvalidRequestError(faults);
}

/** Names whatever says the same as something before it in one request. */
function repeated(identities: readonly string[], pointers: readonly string[]): FieldError[] {
  return identities.flatMap((identity, index) => {
    const first = identities.indexOf(identity);
    return first < index ? [{ pointer: pointers[index]!, detail: `states the same as ${pointers[first]}` }] : [];
  });
}

function matches(preference: Preference, { attribute, level, status }: PreferenceFilter): boolean {
  return (
    (!attribute || preference.attribute === attribute || preference.attribute.startsWith(`${attribute}.`)) &&
    (!level || preference.applies_to.level === level) &&
    (!status || preference.status === status)
  );
}

type SortKey = readonly [updatedAt: Date, id: string];

function keyOf({ updated_at, id }: Preference): SortKey {
  return [new Date(updated_at), id];
}

function compareNewestFirst([timeA, idA]: SortKey, [timeB, idB]: SortKey): number {
  return timeB.getTime() - timeA.getTime() || (idA < idB ? 1 : Number(idA > idB) * -1);
}
