import { isCurrent, mismatches } from '../consents/covers.js';
import type { ConsentDetail, ReadingDetail } from '../consents/detail.js';
import type { PreparedDocument } from '../preferences/prepared.js';
import { type Effective, type Question, resolve } from '../preferences/resolve.js';
import { type Attribute, isSpecial } from '../vocabulary/attribute.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';

/** Why a retailer does not get an attribute, in words for the customer. */
export const notSharedReasons = {
  no_consent: 'You have given this retailer no consent for it.',
  special: 'It is special: it is given only by a consent of its own, never along with others.',
  private: 'It is never shown to any retailer.',
  purpose: 'Your consent is for another purpose.',
  touchpoint: 'It is not for this touchpoint.',
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
  /** What withholds everything at the moment, whatever the lines say. */
  readonly withheld: readonly ('paused' | 'retailer_suspended')[];
}

/** For what and where it is looked. What is left out may be anything; no stage (null) is covered by a line for all. */
export interface Asked {
  readonly purpose?: string;
  readonly touchpoint?: string;
  readonly stage?: string | null;
}

/** What a retailer gets. */
export interface View {
  /** The attributes that it may know of here, whether or not anything is stated about them. */
  readonly attributes: readonly string[];
  readonly preferences: readonly Effective[];
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
  asked: Asked,
  question: Question,
): View {
  const { at, attributes: wanted } = question;
  const shared = vocabulary
    .attributes()
    .filter((attribute) => !wanted || wanted.has(attribute.path))
    .filter((attribute) => whyNotShared(attribute, permission, asked, at).length === 0)
    .map(({ path }) => path);
  const { effective, valid_until } = resolve(documents, vocabulary, { ...question, attributes: new Set(shared) });
  return {
    attributes: shared,
    preferences: effective,
    validUntil: earliest(valid_until, nextExpiry(permission.details, at)),
  };
}

/** Why the attribute is not shared; empty exactly when it is. */
export function whyNotShared(attribute: Attribute, permission: Permission, asked: Asked, at: Date): NotSharedReason[] {
  if (attribute.touchpoints.length === 0) return ['private'];
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
  const { touchpoint, ...others } = asked;
  const reachable = line.touchpoints.some(
    (place) =>
      (touchpoint === undefined || place === touchpoint) &&
      attribute.touchpoints.includes(place) &&
      permission.touchpoints.includes(place),
  );
  const faults: NotSharedReason[] = mismatches(line, { ...others, delivery: 'live' });
  return reachable ? faults : [...faults, 'touchpoint'];
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
