import type { Purpose, Stage, Touchpoint } from '../vocabulary/code-lists.js';
import type { EventType } from './event-types.js';

/** The types of authorization details (RFC 9396) that can be asked for. */
export const detailTypes = ['ccx_preferences', 'ccx_interactions'] as const;

/**
 * How a retailer gets what it may read: asking per customer while it serves them (`live`), for many customers ahead of
 * time (`bulk`), or as a copy for a till without a connection (`offline`).
 */
export const deliveries = ['live', 'bulk', 'offline'] as const;
export type Delivery = (typeof deliveries)[number];

/** What every line of a request or a consent says. */
interface Line {
  id: string;
  purposes: Purpose[];
  touchpoints: Touchpoint[];
}

interface PreferencesLine extends Line {
  type: 'ccx_preferences';
  /** Attributes by their paths; never categories, which are expanded when they are asked for. */
  attributes: string[];
  stages: Stage[];
  delivery: Delivery[];
  /** For how long the retailer may keep what it read, as an ISO 8601 duration. */
  retention: string;
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
  /** `since`: how far back history may reach; an ISO 8601 duration before the decision, or a date. */
  | (InteractionsLine & { since?: string });

/** One line of what a customer has given. Lines are never combined: each read or report is covered by one of them. */
export type ConsentDetail =
  | (PreferencesLine & { expires_at: string })
  /** `since`: events that happened before it are not covered. It is the decision unless history was asked for. */
  | (InteractionsLine & { since: string; expires_at: string });

export type AskedPreferences = Extract<AskedDetail, { type: 'ccx_preferences' }>;
export type AskedInteractions = Extract<AskedDetail, { type: 'ccx_interactions' }>;
export type PreferencesDetail = Extract<ConsentDetail, { type: 'ccx_preferences' }>;
export type InteractionsDetail = Extract<ConsentDetail, { type: 'ccx_interactions' }>;

/** What a line is about, one by one: its attributes or its event types. Each is a box that the customer may untick. */
export function itemsOf(detail: AskedDetail): readonly string[] {
  return detail.type === 'ccx_preferences' ? detail.attributes : detail.event_types;
}

/** Every purpose that the lines name, once. */
export function purposesOf(details: readonly AskedDetail[]): Purpose[] {
  return [...new Set(details.flatMap(({ purposes }) => purposes))].toSorted();
}

/** Every attribute that the lines name, once. */
export function attributesOf(details: readonly AskedDetail[]): string[] {
  return [
    ...new Set(details.flatMap((detail) => (detail.type === 'ccx_preferences' ? detail.attributes : []))),
  ].toSorted();
}
