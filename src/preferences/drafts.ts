import { Injectable } from '@nestjs/common';

import { type FieldError, InvalidRequestError } from '../platform/errors.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { checkComing, checkDraft, checkNew, type Draft, identityOf, type Statement, statementOf } from './draft.js';

/** Judges drafts by the vocabulary, and by the retailers that there are. */
@Injectable()
export class Drafts {
  constructor(
    private readonly vocabularies: VocabularyService,
    private readonly retailers: RetailersService,
  ) {}

  /**
   * The drafts as statements. Pointers lead to each of them in the request.
   *
   * @param revising Whether they take the place of what is said already, rather than saying something new.
   * @throws InvalidRequestError when one of them is not right, or says the same as one before it
   */
  async checked(
    drafts: readonly Draft[],
    pointers: readonly string[],
    { revising = false } = {},
  ): Promise<Statement[]> {
    const vocabulary = this.vocabularies.current();
    refuse(await this.faultsOf(drafts, pointers, { revising }));
    const statements = drafts.map((draft) => statementOf(draft, vocabulary));
    refuse(repeated(statements.map(identityOf), pointers));
    return statements;
  }

  /** What is wrong with the drafts, each by itself; empty when nothing is. */
  async faultsOf(
    drafts: readonly Draft[],
    pointers: readonly string[],
    { revising = false } = {},
  ): Promise<FieldError[]> {
    return [
      ...drafts.flatMap((draft, index) => this.faultsOfOne(draft, pointers[index]!, revising)),
      ...(await this.unknownRetailers(drafts, pointers)),
    ];
  }

  private faultsOfOne(draft: Draft, at: string, revising: boolean): FieldError[] {
    const vocabulary = this.vocabularies.current();
    const faults = [...checkDraft(draft, vocabulary, at), ...(revising ? [] : checkNew(draft, vocabulary, at))];
    const coming = this.vocabularies.coming();
    return faults.length > 0 || !coming ? faults : checkComing(draft, vocabulary, coming, at);
  }

  private async unknownRetailers(drafts: readonly Draft[], pointers: readonly string[]): Promise<FieldError[]> {
    const ids = drafts.flatMap(({ applies_to }) => (applies_to.level === 'retailer' ? [applies_to.retailer_id] : []));
    const known = await this.retailers.describe(ids);
    return drafts.flatMap(({ applies_to }, index) =>
      applies_to.level === 'retailer' && !known.has(applies_to.retailer_id)
        ? [{ pointer: `${pointers[index]}/applies_to/retailer_id`, detail: 'is not a retailer of this broker' }]
        : [],
    );
  }
}

function refuse(faults: readonly FieldError[]): void {
  if (faults.length > 0) throw new InvalidRequestError(faults);
}

/** Names whatever says the same as something before it in one request. */
function repeated(identities: readonly string[], pointers: readonly string[]): FieldError[] {
  const first = new Map<string, number>();
  return identities.flatMap((identity, index) => {
    const earlier = first.get(identity);
    if (earlier === undefined) first.set(identity, index);
    return earlier === undefined
      ? []
      : [{ pointer: pointers[index]!, detail: `states the same as ${pointers[earlier]}` }];
  });
}
