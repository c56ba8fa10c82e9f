import { Injectable } from '@nestjs/common';

import type { CustomerKey } from '../platform/customer-key.js';
import type { Tx } from '../platform/database/database.js';
import { type FieldError, InvalidRequestError } from '../platform/errors.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { Author } from './author.js';
import { checkDraft } from './draft.js';
import type { Preference } from './preference.js';
import type { Profile } from './profile.js';
import { type ProfileRule, Profiles } from './profiles.js';
import { confirmed, isDue } from './review.js';

/** Which preferences to confirm: those named, all that are due, or all that wait and came from one source. */
export type Selection =
  | { readonly ids: readonly string[] }
  | { readonly allDue: true }
  | { readonly allPending: true; readonly source?: string };

/** Asking a customer whether what is stated is right, and what they answer. */
@Injectable()
export class ReviewService {
  constructor(
    private readonly profiles: Profiles,
    private readonly vocabularies: VocabularyService,
  ) {}

  /**
   * The customer says that these are right: pending ones hold from now on, and what was to be looked at again is put
   * off. Answers all that were selected, as they are now. One that waits because the vocabulary can no longer take it is
   * refused when it is named, and left waiting otherwise.
   *
   * @param options.reviewAfter When to ask again; left out, after as long as they had set before, if they had.
   * @param options.tx The transaction of which this is a part; one of its own when left out.
   * @throws InvalidRequestError @throws PreferenceNotFoundError @throws CategoryFullError
   */
  async confirm(
    customer: CustomerKey,
    selection: Selection,
    { actor }: Pick<Author, 'actor'>,
    { reviewAfter, tx }: { reviewAfter?: string; tx?: Tx } = {},
  ): Promise<Preference[]> {
    const vocabulary = this.vocabularies.current();
    let selected: Preference[] = [];
    const rule: ProfileRule = (profile, at) => {
      if (reviewAfter !== undefined && new Date(reviewAfter) <= at) throw new InvalidRequestError([notAhead]);
      const before = select(profile, selection, vocabulary, at);
      selected = before.map((preference) => confirmed(preference, at, reviewAfter));
      const changed = selected.filter((preference, index) => preference !== before[index]);
      for (const preference of changed) profile.put(preference);
      return changed.map((preference) => ({ change: 'confirmed', preference }));
    };
    await this.profiles.change(customer, actor, rule, tx);
    return selected;
  }
}

const notAhead = { pointer: '/review_after', detail: 'must lie in the future' };

function select(profile: Profile, selection: Selection, vocabulary: Vocabulary, now: Date): Preference[] {
  if ('ids' in selection) {
    const named = selection.ids.map((id) => profile.get(id));
    const faults = named.flatMap((preference, index) =>
      faultsOf(preference, vocabulary).map(({ detail }) => ({ pointer: `/ids/${index}`, detail })),
    );
    if (faults.length > 0) throw new InvalidRequestError(faults);
    return named;
  }
  return [...profile.all()].filter(
    (preference) => isSelected(preference, selection, now) && faultsOf(preference, vocabulary).length === 0,
  );
}

function isSelected(preference: Preference, selection: Exclude<Selection, { ids: unknown }>, now: Date): boolean {
  if ('allDue' in selection) return isDue(preference, now);
  const { source } = selection;
  return preference.status === 'pending' && (source === undefined || preference.provenance.source === source);
}

/** Why what waits cannot hold. What holds already needs no leave. */
function faultsOf(preference: Preference, vocabulary: Vocabulary): FieldError[] {
  return preference.status === 'pending' ? checkDraft(preference, vocabulary, '') : [];
}
