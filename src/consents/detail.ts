import type { Purpose, Stage, Touchpoint } from '../vocabulary/code-lists.js';
import type { EventType } from './event-types.js';

/** The types of authorization details (RFC 9396) that can be asked for. */
export const detailTypes = ['ccx_preferences', 'ccx_preferences_special', 'ccx_interactions'] as const;

/** A special attribute is given for this long at most; then it has to be asked for again. */
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

interface InteractionsLine extends Line {
  type: 'ccx_interactions';
  event_types: EventType[];
  /** For how long after the end events from before the end may still arrive, as an ISO 8601 duration. */
  late_reporting: string;
}

/** One line of what a retailer asks for. */
export type AskedDetail =
  | PreferencesLine
  | SpecialLine
  /** `since`: how far back history may reach; an ISO 8601 duration before the decision, or a date. */
  | (InteractionsLine & { since?: string });

/** One line of what a customer has given. Lines are never combined: each read or report is covered by one of them. */
export type ConsentDetail =
  | (PreferencesLine & { expires_at: string })
  /** `statement`: the hash of the words in which the customer has consented to just this. */
  | (SpecialLine & { expires_at: string; statement: string })
  /** `since`: events that happened before it are not covered. It is the decision unless history was asked for. */
  | (InteractionsLine & { since: string; expires_at: string });

type Typed<Detail, Type> = Extract<Detail, { type: Type }>;
export type AskedPreferences = Typed<AskedDetail, 'ccx_preferences'>;
export type AskedSpecial = Typed<AskedDetail, 'ccx_preferences_special'>;
export type AskedInteractions = Typed<AskedDetail, 'ccx_interactions'>;
export type PreferencesDetail = Typed<ConsentDetail, 'ccx_preferences'>;
export type SpecialDetail = Typed<ConsentDetail, 'ccx_preferences_special'>;
export type InteractionsDetail = Typed<ConsentDetail, 'ccx_interactions'>;
/** A line that lets preferences be read, special or not. */
export type ReadingDetail = PreferencesDetail | SpecialDetail;

export function isSpecialDetail<Detail extends AskedDetail>(
  detail: Detail,
): detail is Typed<Detail, 'ccx_preferences_special'> {
  return detail.type === 'ccx_preferences_special';
}

/** An attribute or an event type, and the type of the lines that have it. */
export interface Item {
  readonly type: DetailType;
  readonly code: string;
}

/** What a line is about, one by one: its attributes or its event types. Each is a box that the customer may untick. */
export function itemsOf(detail: AskedDetail): readonly string[] {
  return detail.type === 'ccx_interactions' ? detail.event_types : detail.attributes;
}

/** For how many days these lines can be given at most, whatever is asked for. */
export function longestLifeDays(details: readonly AskedDetail[]): number {
  return details.some(isSpecialDetail) ? LONGEST_SPECIAL_DAYS : Infinity;
}

/** To whom what is read may be passed on. */
export function recipientsOf(detail: AskedDetail): readonly string[] {
  return (detail.type === 'ccx_preferences' && detail.recipients) || [];
}

/** Every purpose that the lines name, once. */
export function purposesOf(details: readonly AskedDetail[]): Purpose[] {
  return [...new Set(details.flatMap(({ purposes }) => purposes))].toSorted();
}

/** Every attribute that the lines name, once. */
export function attributesOf(details: readonly AskedDetail[]): string[] {
  return [
    ...new Set(details.flatMap((detail) => (detail.type === 'ccx_interactions' ? [] : detail.attributes))),
  ].toSorted();
}
