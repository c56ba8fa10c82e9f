import { type Circumstances, isCurrent, mismatches } from '../consents/covers.js';
import type { ConsentDetail, Delivery, ReadingDetail } from '../consents/detail.js';
import type { JsonObject } from '../platform/json.js';
import type { PreparedDocument } from '../preferences/prepared.js';
import { type Effective, type Question, resolve } from '../preferences/resolve.js';
import type { MenuAttributes } from '../retailers/menu.js';
import { ADDRESSING, addressedBy, isInView } from '../retailers/touchpoint-view.js';
import { type Attribute, isSpecial } from '../vocabulary/attribute.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';

/** Why a retailer does not get an attribute, in words for the customer. */
export const notSharedReasons = {
  no_consent: 'You have given this retailer no consent for it.',
  special: 'It is special: it is given only by a consent of its own, never along with others.',
  private: 'It is never shown to any retailer.',
  purpose: 'Your consent is for another purpose.',
  touchpoint: 'It is not for this touchpoint.',
  view: 'The retailer has no use for it at this touchpoint.',
  stage: 'Your consent is for another stage.',
  delivery: 'Your consent does not let the retailer ask while it serves you.',
  paused: 'You have paused the consent.',
  retailer_suspended: 'The retailer is not active at the moment.',
} as const;
export type NotSharedReason = keyof typeof notSharedReasons;

/** By what right somebody looks, and how far they reach. */
export interface Permission {
  /** The lines of the consent; none when there is no consent. */
  readonly details: readonly ConsentDetail[];
  /** The touchpoints that the client serves. */
  readonly touchpoints: readonly string[];
  /** What the retailer can honour at its touchpoints, where it has published that. */
  readonly menu: MenuAttributes;
  /** What withholds everything at the moment, whatever the lines say. */
  readonly withheld: readonly ('paused' | 'retailer_suspended')[];
}

/** For what and where it is looked. What is left out may be anything; no stage (null) is covered by a line for all. */
export interface Asked {
  readonly purpose?: string;
  readonly touchpoint?: string;
  readonly stage?: string | null;
  /** How; live where left out. */
  readonly delivery?: Delivery;
}

/** What a retailer gets. */
export interface View {
  /** The attributes that it may know of here, whether or not anything is stated about them. */
  readonly attributes: readonly string[];
  /** Those that it is not told here only because the touchpoint has no use for them. */
  readonly outOfView: readonly string[];
  readonly preferences: readonly Effective[];
  /** Whether the customer may be addressed now, where that alone is answered; null where preferences are. */
  readonly mayAddress: boolean | null;
  /** The attributes of which the answer tells something. */
  readonly told: readonly string[];
  /** Until then the same question has the same answer, if nothing is recorded and the consent is not changed. */
  readonly validUntil: Date | null;
}

/**
 * What a retailer gets of a customer's preferences: what is effective, cut to the attributes that are shared with it.
 * The others are left out before anything is resolved, so that nothing of them shows, not even the time of a change.
 */
export function view(
  documents: readonly PreparedDocument[],
  vocabulary: Vocabulary,
  permission: Permission,
  asked: Circumstances,
  question: Question,
): View {
  const { at, attributes: wanted } = question;
  const shared: string[] = [];
  const outOfView: string[] = [];
  for (const attribute of vocabulary.attributes()) {
    if (wanted && !wanted.has(attribute.path)) continue;
    const because = whyNotShared(attribute, permission, asked, at);
    if (because.length === 0) shared.push(attribute.path);
    else if (because.length === 1 && because[0] === 'view') outOfView.push(attribute.path);
  }
  const { effective, valid_until } = resolve(documents, vocabulary, { ...question, attributes: new Set(shared) });
  const addressed = addressedBy(asked.touchpoint);
  return {
    attributes: shared,
    outOfView,
    ...(addressed
      ? { preferences: [], mayAddress: mayAddress(effective, addressed), told: shared }
      : { preferences: effective, mayAddress: null, told: [...new Set(effective.map(({ attribute }) => attribute))] }),
    validUntil: earliest(valid_until, nextExpiry(permission.details, at)),
  };
}

/** Only a clear yes lets a customer be addressed: one who has said nothing has not said yes. */
function mayAddress(effective: readonly Effective[], by: 'in_person' | 'social'): boolean {
  const value = effective.find(({ attribute }) => attribute === ADDRESSING)?.value as JsonObject | undefined;
  return value?.[by] === true && value['max_per_week'] !== 0;
}

/** Why the attribute is not shared; empty exactly when it is. */
export function whyNotShared(attribute: Attribute, permission: Permission, asked: Asked, at: Date): NotSharedReason[] {
  if (attribute.touchpoints.length === 0) return ['private'];
  // What tells of health or belief is asked for while the customer is served, and kept in no copy.
  if (isSpecial(attribute) && (asked.delivery ?? 'live') !== 'live') return ['special'];
  const lines = currentLines(permission.details, at).filter((line) => gives(line, attribute));
  if (lines.length === 0) return isSpecial(attribute) ? ['no_consent', 'special'] : ['no_consent'];
  // Lines are never combined: what is told are the faults of the line that comes nearest.
  const faults = lines.map((line) => faultsOf(line, attribute, permission, asked));
  const fewest = faults.reduce((nearest, other) => (other.length < nearest.length ? other : nearest));
  return [...fewest, ...permission.withheld];
}

/** The lines of a consent that let anything be read at this time. */
export function currentLines(details: readonly ConsentDetail[], at: Date): ReadingDetail[] {
  return details.filter((detail) => isCurrent(detail, at));
}

function faultsOf(line: ReadingDetail, attribute: Attribute, permission: Permission, asked: Asked): NotSharedReason[] {
  const { touchpoint, delivery = 'live', ...others } = asked;
  const reachable = line.touchpoints.filter(
    (place) =>
      (touchpoint === undefined || place === touchpoint) &&
      attribute.touchpoints.includes(place) &&
      permission.touchpoints.includes(place),
  );
  const faults: NotSharedReason[] = mismatches(line, { ...others, delivery });
  if (reachable.length === 0) return [...faults, 'touchpoint'];
  return reachable.some((place) => isInView(attribute, place, permission.menu)) ? faults : [...faults, 'view'];
}

/** Special attributes are given by lines of a type of their own, which give nothing else. */
function gives(line: ReadingDetail, attribute: Attribute): boolean {
  const type = isSpecial(attribute) ? 'ccx_preferences_special' : 'ccx_preferences';
  return line.type === type && line.attributes.includes(attribute.path);
}

/** When the first of the lines that let anything be read at this time ends; null when there are none. */
export function nextExpiry(details: readonly ConsentDetail[], at: Date): Date | null {
  return earliest(...currentLines(details, at).map(({ expires_at }) => new Date(expires_at)));
}

export function earliest(...times: readonly (Date | null)[]): Date | null {
  return times.reduce((first, time) => (!first || (time && time < first) ? time : first), null);
}
