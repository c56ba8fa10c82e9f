import type { JsonValue } from '../platform/json.js';
import type { Strength } from '../vocabulary/attribute.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { merge } from './merge.js';
import type { Context, Place } from './preference.js';
import { byPrecedence, type Prepared, type PreparedDocument } from './prepared.js';
import { isOpen, nextEdge } from './time-window.js';
import { type Reason, type Verdict, verdict } from './verdict.js';

/** Where, when and for whom the customer's preferences are asked for. What is null matches no predicate. */
export interface Question {
  readonly retailer: string | null;
  readonly sectors: readonly string[];
  readonly touchpoint: string | null;
  readonly stage: string | null;
  readonly place: Place | null;
  readonly occasion: string | null;
  readonly at: Date;
  /**
   * The attributes asked for; left out, all. Nothing of the others shows in the answer, not even in `valid_until`.
   */
  readonly attributes?: ReadonlySet<string>;
}

/** What holds of one attribute and, where it has many values, key. */
export interface Effective {
  readonly attribute: string;
  readonly key: string | null;
  readonly value: JsonValue;
  readonly strength: Strength;
  readonly weight?: number;
  /** The ids of the preferences that it rests on, from the most general to the most specific. For the customer only. */
  readonly sources: readonly string[];
}

export interface Resolution {
  readonly effective: readonly Effective[];
  /** What became of every candidate, and why. For the customer only. */
  readonly explain: readonly Verdict[];
  /** Until then the same question has the same answer, if nothing is recorded: an input predicate flips there. */
  readonly valid_until: Date | null;
}

/**
 * What holds, of all that a customer has stated, for one retailer, touchpoint, stage, place, occasion and instant.
 *
 * Pure, total and deterministic: the order of documents and preferences plays no part.
 */
export function resolve(
  documents: readonly PreparedDocument[],
  vocabulary: Vocabulary,
  question: Question,
): Resolution {
  const at = question.at.getTime();
  const effective: Effective[] = [];
  const explain: Verdict[] = [];
  let validUntil = Infinity;

  for (const [path, prepared] of byAttribute(documents, question.attributes)) {
    const attribute = vocabulary.attribute(path);
    const candidates = new Map<string | null, [Prepared, ...Prepared[]]>();
    for (const candidate of prepared) {
      const mismatch = attribute ? elsewhere(candidate, question) : 'unknown_attribute';
      const reason = mismatch ?? anotherTime(candidate, at);
      if (!mismatch) validUntil = Math.min(validUntil, nextFlip(candidate, at));
      if (reason) {
        explain.push(verdict(candidate, 'lost', reason));
        continue;
      }
      const { key } = candidate.preference;
      const rivals = candidates.get(key);
      if (rivals) rivals.push(candidate);
      else candidates.set(key, [candidate]);
    }
    if (!attribute) continue;
    for (const [key, rivals] of candidates) {
      const { verdicts, sources, ...merged } = merge(attribute.merge, rivals);
      effective.push({ attribute: path, key, ...merged, sources: sources.map(({ preference }) => preference.id) });
      explain.push(...verdicts);
    }
  }

  return {
    effective: effective.toSorted(byAttributeAndKey),
    explain: explain.toSorted((a, b) => byAttributeAndKey(a, b) || compare(a.preference_id, b.preference_id)),
    valid_until: validUntil === Infinity ? null : new Date(validUntil),
  };
}

/** All preferences about each attribute asked for, the most general first. */
function byAttribute(
  documents: readonly PreparedDocument[],
  asked: ReadonlySet<string> | undefined,
): Map<string, Prepared[]> {
  const all = new Map<string, Prepared[]>();
  for (const document of documents) {
    for (const [attribute, prepared] of document.byAttribute) {
      if (asked && !asked.has(attribute)) continue;
      all.set(attribute, [...(all.get(attribute) ?? []), ...prepared].toSorted(byPrecedence));
    }
  }
  return all;
}

/** Why a preference does not apply here, whatever the time; null when it does. */
function elsewhere({ preference }: Prepared, question: Question): Reason | null {
  const { status, applies_to, context } = preference;
  if (status === 'pending') return 'pending';
  if (applies_to.level === 'sector' && !question.sectors.includes(applies_to.sector)) return 'other_sector';
  if (applies_to.level === 'retailer' && applies_to.retailer_id !== question.retailer) return 'other_retailer';
  return context ? outOfContext(context, question) : null;
}

function outOfContext({ stage, touchpoint, place, occasion }: Context, question: Question): Reason | null {
  if (stage && !includes(stage, question.stage)) return 'other_stage';
  if (touchpoint && !includes(touchpoint, question.touchpoint)) return 'other_touchpoint';
  if (place && !within(place, question.place)) return 'other_place';
  if (occasion !== undefined && occasion !== question.occasion) return 'other_occasion';
  return null;
}

function anotherTime({ from, until, window }: Prepared, at: number): Reason | null {
  if (at >= until) return 'no_longer_valid';
  if (at < from) return 'not_yet_valid';
  return window && !isOpen(window, at) ? 'other_time' : null;
}

/** The next instant at which time alone decides anew about a preference. */
function nextFlip({ from, until, window }: Prepared, at: number): number {
  if (at >= until) return Infinity;
  if (at < from) return Math.min(from, until);
  const edge = window ? nextEdge(window, at) : null;
  return edge === null ? until : Math.min(until, edge);
}

function includes(named: readonly string[], asked: string | null): boolean {
  return asked !== null && named.includes(asked);
}

function within(place: Place, asked: Place | null): boolean {
  return (['country', 'region', 'store'] as const).every(
    (member) => place[member] === undefined || place[member] === asked?.[member],
  );
}

function byAttributeAndKey(a: { attribute: string; key: string | null }, b: typeof a): number {
  return compare(a.attribute, b.attribute) || compare(a.key ?? '', b.key ?? '');
}

// By code unit: the same everywhere, unlike a comparison by locale.
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
