import type { Purpose, Stage, Touchpoint } from '../vocabulary/code-lists.js';
import type { EventType } from './event-types.js';
import type { SpecialClass } from './special-products.js';

/** The types of authorization details (RFC 9396) that can be asked for. */
export const detailTypes = [
  'ccx_preferences',
  'ccx_preferences_special',
  'ccx_interactions',
  'ccx_interactions_special',
] as const;

/** What is special is given for this long at most; then it has to be asked for again. */
const LONGEST_SPECIAL_DAYS = 90;

/**
 * How a retailer gets what it may read: asking per customer while it serves them (`live`), for many customers ahead of
 * time (`bulk`), or as a copy for a till without a connection (`offline`).
 */
export const deliveries = ['live', 'bulk', 'offline'] as const;
export type Delivery = (typeof deliveries)[number];

export type DetailType = (typeof detailTypes)[number];

/** What every line of a request or a consent says. */
interface Line {
  id: string;
  purposes: Purpose[];
  touchpoints: Touchpoint[];
}

/** What the lines that let preferences be read have in common. */
interface ReadingLine extends Line {
  /** Attributes by their paths; never categories, which are expanded when they are asked for. */
  attributes: string[];
  stages: Stage[];
  delivery: Delivery[];
  /** For how long the retailer may keep what it read, as an ISO 8601 duration. */
  retention: string;
}

interface PreferencesLine extends ReadingLine {
  type: 'ccx_preferences';
  /** To whom the retailer may pass on what it read, by name; nobody when left out. */
  recipients?: string[];
}

/** One special attribute for one purpose, asked live: what tells of health or belief is never part of a bundle. */
interface SpecialLine extends ReadingLine {
  type: 'ccx_preferences_special';
}

/** What the lines about reports have in common. */
interface ReportingLine extends Line {
  event_types: EventType[];
  /** For how long after the end events from before the end may still arrive, as an ISO 8601 duration. */
  late_reporting: string;
}

interface InteractionsLine extends ReportingLine {
  type: 'ccx_interactions';
}

/**
 * The products of one special class, for one purpose: they are named in events of these types that another line lets
 * in, where they would be withheld otherwise.
 */
interface SpecialProductsLine extends ReportingLine {
  type: 'ccx_interactions_special';
  products: SpecialClass[];
}

/** One line of what a retailer asks for. */
export type AskedDetail =
  | PreferencesLine
  | SpecialLine
  | SpecialProductsLine
  /** `since`: how far back history may reach; an ISO 8601 duration before the decision, or a date. */
  | (InteractionsLine & { since?: string });

/** One line of what a customer has given. Lines are never combined: each read or report is covered by one of them. */
export type ConsentDetail =
  | (PreferencesLine & { expires_at: string })
  /** `statement`: the hash of the words in which the customer has consented to just this. */
  | (SpecialLine & { expires_at: string; statement: string })
  /** `since`: the decision. What was withheld before is not known any more. */
  | (SpecialProductsLine & { since: string; expires_at: string; statement: string })
  /** `since`: events that happened before it are not covered. It is the decision unless history was asked for. */
  | (InteractionsLine & { since: string; expires_at: string });

type Typed<Detail, Type> = Extract<Detail, { type: Type }>;
export type AskedPreferences = Typed<AskedDetail, 'ccx_preferences'>;
export type AskedSpecial = Typed<AskedDetail, 'ccx_preferences_special'>;
export type AskedInteractions = Typed<AskedDetail, 'ccx_interactions'>;
export type AskedSpecialProducts = Typed<AskedDetail, 'ccx_interactions_special'>;
export type PreferencesDetail = Typed<ConsentDetail, 'ccx_preferences'>;
export type SpecialDetail = Typed<ConsentDetail, 'ccx_preferences_special'>;
export type InteractionsDetail = Typed<ConsentDetail, 'ccx_interactions'>;
export type SpecialProductsDetail = Typed<ConsentDetail, 'ccx_interactions_special'>;

type SpecialType = 'ccx_preferences_special' | 'ccx_interactions_special';
type ReportingType = 'ccx_interactions' | 'ccx_interactions_special';

/** A line that lets preferences be read, special or not. */
export type ReadingDetail = PreferencesDetail | SpecialDetail;
/** A line about what is reported, special or not. */
export type ReportingDetail = InteractionsDetail | SpecialProductsDetail;

/** Whether the line is given by express consent to it alone. */
export function isSpecialDetail<Detail extends AskedDetail>(detail: Detail): detail is Typed<Detail, SpecialType> {
  return isSpecialType(detail.type);
}

export function isSpecialType(type: DetailType): type is SpecialType {
  return type === 'ccx_preferences_special' || type === 'ccx_interactions_special';
}

/** Whether the line is about what is reported, and not about what is read. */
export function isReporting<Detail extends AskedDetail>(detail: Detail): detail is Typed<Detail, ReportingType> {
  return isReportingType(detail.type);
}

export function isReportingType(type: DetailType): type is ReportingType {
  return type === 'ccx_interactions' || type === 'ccx_interactions_special';
}

/** An attribute, an event type or a class of products, and the type of the lines that have it. */
export interface Item {
  readonly type: DetailType;
  readonly code: string;
}

/** What a line is about, one by one. Each is a box that the customer may untick. */
export function itemsOf(detail: AskedDetail): readonly string[] {
  switch (detail.type) {
    case 'ccx_interactions':
      return detail.event_types;
    case 'ccx_interactions_special':
      return detail.products;
    default:
      return detail.attributes;
  }
}

/** For how many days these lines can be given at most, whatever is asked for. */
export function longestLifeDays(details: readonly AskedDetail[]): number {
  return details.some(isSpecialDetail) ? LONGEST_SPECIAL_DAYS : Infinity;
}

/** To whom what is read may be passed on. */
export function recipientsOf(detail: AskedDetail): readonly string[] {
  return (detail.type === 'ccx_preferences' && detail.recipients) || [];
}

/** The special classes of products that the line names. */
export function productsOf(detail: AskedDetail): readonly SpecialClass[] {
  return detail.type === 'ccx_interactions_special' ? detail.products : [];
}

/** Every purpose that the lines name, once. */
export function purposesOf(details: readonly AskedDetail[]): Purpose[] {
  return [...new Set(details.flatMap(({ purposes }) => purposes))].toSorted();
}

/** Every attribute that the lines name, once. */
export function attributesOf(details: readonly AskedDetail[]): string[] {
  return [...new Set(details.flatMap((detail) => (isReporting(detail) ? [] : detail.attributes)))].toSorted();
}
