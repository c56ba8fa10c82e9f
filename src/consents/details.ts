import { type Purpose, purposes, type Stage, stages, type Touchpoint } from '../vocabulary/code-lists.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import {
  type AskedDetail,
  type AskedInteractions,
  type AskedPreferences,
  type AskedSpecial,
  type AskedSpecialProducts,
  deliveries,
  type Delivery,
  isSpecialDetail,
} from './detail.js';
import { DetailReader, Faults } from './detail-reader.js';
import { type EventType, eventTypes } from './event-types.js';
import { type SpecialClass, specialClasses } from './special-products.js';

export const MOST_DETAILS = 10;
export const MOST_SPECIAL_DETAILS = 3;
const DEFAULT_RETENTION = 'P30D';
const LONGEST_RETENTION_DAYS = 366;
const DEFAULT_LATE_REPORTING = 'P3D';
const LONGEST_LATE_REPORTING_DAYS = 30;

export interface ParseContext {
  /** The release whose attributes a category stands for; later ones never join. */
  vocabulary: Vocabulary;
  /** Where the client may ask for anything at all. */
  touchpoints: readonly string[];
  now: Date;
  newId: () => string;
}

/**
 * Reads `authorization_details` as a retailer sent them: checks every member, expands categories, fills in what was
 * left out. Faults are named all at once, by JSON pointers that begin with `pointer`.
 *
 * @throws InvalidAuthorizationDetailsError
 * @throws SpecialAttributesError when special attributes are asked for in an ordinary line
 */
export function parseDetails(value: unknown, context: ParseContext, pointer = '/authorization_details'): AskedDetail[] {
  const faults = new Faults();
  const details: AskedDetail[] = [];
  if (!Array.isArray(value) || value.length === 0) {
    faults.add(pointer, 'must be a list with at least one detail');
  } else if (value.length > MOST_DETAILS) {
    faults.add(pointer, `must not have more than ${MOST_DETAILS} details`);
  } else {
    value.forEach((detail, index) => {
      const parsed = parseDetail(new DetailReader(detail, `${pointer}/${index}`, faults), context);
      if (parsed) details.push(parsed);
    });
    if (details.filter(isSpecialDetail).length > MOST_SPECIAL_DETAILS) {
      faults.add(pointer, `must not have more than ${MOST_SPECIAL_DETAILS} special details`);
    }
  }
  faults.throwIfAny();
  return details;
}

/**
 * The parts of a request that are decided one by one, each on a screen of its own: all ordinary lines together, then
 * every special line by itself.
 */
export function splitForDecision(details: readonly AskedDetail[]): AskedDetail[][] {
  const ordinary = details.filter((detail) => !isSpecialDetail(detail));
  const special = details.filter(isSpecialDetail);
  return [...(ordinary.length > 0 ? [ordinary] : []), ...special.map((detail) => [detail])];
}

/**
 * For requests that are one decision: a special line is asked for alone.
 *
 * @throws InvalidAuthorizationDetailsError
 */
export function assertOnePart(details: readonly AskedDetail[], pointer = '/authorization_details'): void {
  if (splitForDecision(details).length <= 1) return;
  const faults = new Faults();
  details.forEach((detail, index) => {
    if (isSpecialDetail(detail))
      faults.add(`${pointer}/${index}`, 'must be asked for separately, in a request of its own');
  });
  faults.throwIfAny();
}

function parseDetail(reader: DetailReader, context: ParseContext): AskedDetail | undefined {
  switch (reader.type()) {
    case 'ccx_preferences':
      return parsePreferences(reader, context);
    case 'ccx_interactions':
      return parseInteractions(reader, context);
    case 'ccx_preferences_special':
      return parseSpecial(reader, context);
    case 'ccx_interactions_special':
      return parseSpecialProducts(reader, context);
    default:
      return undefined;
  }
}

function parsePreferences(reader: DetailReader, context: ParseContext): AskedPreferences {
  reader.knowOnly('attributes', 'purposes', 'touchpoints', 'stages', 'delivery', 'retention', 'recipients');
  const recipients = reader.recipients();
  return {
    id: context.newId(),
    type: 'ccx_preferences',
    attributes: reader.attributes(context.vocabulary),
    ...common(reader, context),
    ...readingTerms(reader, deliveries),
    ...(recipients.length > 0 && { recipients }),
  };
}

/** One attribute, one purpose, asked live, passed on to nobody. */
function parseSpecial(reader: DetailReader, context: ParseContext): AskedSpecial {
  reader.knowOnly('attributes', 'purposes', 'touchpoints', 'stages', 'delivery', 'retention');
  reader.exactlyOne('purposes', 'must be exactly one: a special attribute is given for one purpose');
  return {
    id: context.newId(),
    type: 'ccx_preferences_special',
    attributes: reader.specialAttribute(context.vocabulary),
    ...common(reader, context),
    ...readingTerms(reader, ['live']),
  };
}

function parseInteractions(reader: DetailReader, context: ParseContext): AskedInteractions {
  reader.knowOnly('event_types', 'purposes', 'touchpoints', 'since', 'late_reporting');
  const since = reader.since(context.now);
  return {
    id: context.newId(),
    type: 'ccx_interactions',
    ...reportingTerms(reader),
    ...common(reader, context),
    ...(since !== undefined && { since }),
  };
}

/** One class, one purpose. What happened before was withheld: there is no history to ask for. */
function parseSpecialProducts(reader: DetailReader, context: ParseContext): AskedSpecialProducts {
  reader.knowOnly('products', 'event_types', 'purposes', 'touchpoints', 'late_reporting');
  reader.exactlyOne('products', 'must be exactly one: each class of special products is given by itself');
  reader.exactlyOne('purposes', 'must be exactly one: special products are named for one purpose');
  return {
    id: context.newId(),
    type: 'ccx_interactions_special',
    products: reader.codes<SpecialClass>('products', specialClasses),
    ...reportingTerms(reader),
    ...common(reader, context),
  };
}

function reportingTerms(reader: DetailReader): Pick<AskedInteractions, 'event_types' | 'late_reporting'> {
  return {
    event_types: reader.codes<EventType>('event_types', eventTypes),
    late_reporting: reader.duration('late_reporting', LONGEST_LATE_REPORTING_DAYS, DEFAULT_LATE_REPORTING),
  };
}

function readingTerms(
  reader: DetailReader,
  possible: readonly Delivery[],
): Pick<AskedPreferences, 'stages' | 'delivery' | 'retention'> {
  return {
    stages: reader.codes<Stage>('stages', stages, stages),
    delivery: reader.codes<Delivery>('delivery', possible, ['live']),
    retention: reader.duration('retention', LONGEST_RETENTION_DAYS, DEFAULT_RETENTION),
  };
}

function common(reader: DetailReader, context: ParseContext): { purposes: Purpose[]; touchpoints: Touchpoint[] } {
  return {
    purposes: reader.codes<Purpose>('purposes', purposes),
    touchpoints: reader.touchpoints(context.touchpoints),
  };
}
