import { Injectable } from '@nestjs/common';

import type { CustomerKey } from '../platform/customer-key.js';
import { InvalidRequestError } from '../platform/errors.js';
import { type ActingFor, within } from '../platform/http/access.js';
import { decodeCursor, type Page, pageOf, type PageQuery, pageSize } from '../platform/http/paging.js';
import type { Effective } from '../preferences/resolve.js';
import type { Verdict } from '../preferences/verdict.js';
import { type Does, doesAt, type Menu } from '../retailers/menu.js';
import { MenusService } from '../retailers/menus.service.js';
import type { Retailer } from '../retailers/retailer.entity.js';
import type { Attribute } from '../vocabulary/attribute.js';
import { type Stage, type Touchpoint, touchpoints } from '../vocabulary/code-lists.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { Acknowledgement } from './acknowledgement.js';
import { AcknowledgementsService } from './acknowledgements.service.js';
import { EffectiveService, type Preview } from './effective.service.js';
import type { NotSharedReason } from './view.js';

/** Where a customer looks at what they may set. What is left out may be anything. */
export interface ChoicesQuestion {
  readonly stage?: Stage;
  readonly touchpoint?: Touchpoint;
  readonly retailerId?: string;
  /** An attribute, or a category for all of it. */
  readonly attribute?: string;
}

/** One thing that can be set, and all that a customer needs to know to decide on it. */
export interface Choice {
  readonly attribute: Attribute;
  /** What holds, and what became of each preference about it. */
  readonly now: readonly Effective[];
  readonly why: readonly Verdict[];
  /** Why the retailer does not get it, empty when it does; null when none was named. */
  readonly notSharedBecause: readonly NotSharedReason[] | null;
  /** What the retailer declares to do with it, by touchpoint. */
  readonly does: readonly { readonly touchpoint: Touchpoint; readonly words: Does }[];
  /** What the retailer said of honouring it. */
  readonly acknowledged: readonly Acknowledgement[];
}

export interface Choices extends Page<Choice> {
  readonly preview: Preview;
}

/** What a retailer declares and says, where one was named. */
interface Declared {
  readonly menu: Menu;
  readonly acknowledged: readonly Acknowledgement[];
}

/** The customer sees what can be set here, what holds now and why, and what comes of it. */
@Injectable()
export class ChoicesService {
  constructor(
    private readonly effective: EffectiveService,
    private readonly vocabularies: VocabularyService,
    private readonly menus: MenusService,
    private readonly acknowledgements: AcknowledgementsService,
  ) {}

  /**
   * One page of the choices, by the name of their attribute.
   *
   * @param delegation By what right somebody looks at them for the customer: beyond that nothing shows.
   * @throws RetailerNotFoundError @throws InvalidRequestError when there is no such attribute or category
   */
  async list(
    customer: CustomerKey,
    question: ChoicesQuestion,
    query: PageQuery,
    delegation?: ActingFor,
  ): Promise<Choices> {
    const [after] = decodeCursor(query.cursor, ['text']) ?? [];
    const limit = pageSize(query);
    const preview = await this.effective.preview(customer, { ...question, place: null, occasion: null }, delegation);
    const { sharing } = preview;
    const declared = sharing && (await this.declaredBy(sharing.retailer, customer));
    const attributes = within(delegation, this.attributesHere(question, preview), ({ path }) => path)
      .filter(({ path }) => after === undefined || path > after)
      .slice(0, limit + 1);
    const choices = attributes.map((attribute) => choiceOf(attribute, preview, question, declared));
    return { ...pageOf(choices, limit, (choice) => [choice.attribute.path]), preview };
  }

  private async declaredBy({ id }: Retailer, customer: CustomerKey): Promise<Declared> {
    const [menu, acknowledged] = await Promise.all([this.menus.of(id), this.acknowledgements.of(customer, id)]);
    return { menu, acknowledged };
  }

  /** What a touchpoint never gets cannot be set for it; what nobody should begin to use is shown where it is in use. */
  private attributesHere({ touchpoint, attribute, retailerId }: ChoicesQuestion, { explain }: Preview): Attribute[] {
    const vocabulary = this.vocabularies.current();
    const inUse = new Set(explain.map((verdict) => verdict.attribute));
    const seen = retailerId === undefined ? vocabulary : vocabulary.seenBy(retailerId);
    return namedIn(seen, attribute)
      .filter((one) => touchpoint === undefined || one.touchpoints.includes(touchpoint))
      .filter(({ path, status }) => status === 'active' || inUse.has(path))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }
}

/** What a name stands for, special and deprecated attributes included; everything without one. */
function namedIn(vocabulary: Vocabulary, name: string | undefined): readonly Attribute[] {
  if (name === undefined) return vocabulary.attributes();
  const today = vocabulary.nameOf(name);
  const named = vocabulary.attributes().filter(({ path, category }) => path === today || category === today);
  if (named.length === 0) {
    const detail = `is neither an attribute nor a category of ccx-core ${vocabulary.version}: /v1/vocabularies/ccx-core lists them`;
    throw new InvalidRequestError([{ pointer: 'query/attribute', detail }]);
  }
  return named;
}

function choiceOf(
  attribute: Attribute,
  { effective, explain, sharing }: Preview,
  { touchpoint }: ChoicesQuestion,
  declared: Declared | null,
): Choice {
  const isAboutIt = (one: { readonly attribute: string }) => one.attribute === attribute.path;
  const places = touchpoint ? [touchpoint] : touchpoints;
  return {
    attribute,
    now: effective.filter(isAboutIt),
    why: explain.filter(isAboutIt),
    notSharedBecause: sharing && (sharing.attributes.find(isAboutIt)?.because ?? []),
    does: places.flatMap((place) => {
      const words = declared && doesAt(declared.menu, place, attribute.path);
      return words ? [{ touchpoint: place, words }] : [];
    }),
    acknowledged: (declared?.acknowledged ?? []).filter(
      (said) => isAboutIt(said) && (touchpoint === undefined || said.touchpoint === touchpoint),
    ),
  };
}
