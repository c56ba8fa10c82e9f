import type { JsonObject } from '../platform/json.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { Preference } from './preference.js';
import { isTaken, upcastAll } from './understood.js';

/** Something that would happen to what is stored: how often, never to whom and never what they said. */
export interface Finding {
  readonly attribute: string;
  /** What of a statement would be wrong; null where it would mean nothing any more. */
  readonly fault: { readonly pointer: string; readonly detail: string } | null;
  readonly statements: number;
  readonly customers: number;
}

/** What would become of all that is stored. */
export interface Findings {
  /** No longer valid: each of them keeps the release from being published. */
  readonly invalid: readonly Finding[];
  /** Dropped, as the release says. */
  readonly dropped: readonly Finding[];
}

export const noFindings: Findings = { invalid: [], dropped: [] };

/**
 * What a release would make of one stored document, which is of one customer.
 *
 * @param today The release in force: what it has set aside already is no longer anything that could become invalid.
 */
export function findingsIn(
  preferences: readonly Preference[],
  version: string,
  today: Vocabulary,
  candidate: Vocabulary,
): Findings {
  const valid = upcastAll(preferences, version, today).filter((preference) => isTaken(preference, today));
  const becoming = valid.map((preference) => ({
    attribute: preference.attribute,
    understood: upcastAll([preference], today.version, candidate)[0],
  }));
  const invalid = becoming.flatMap(({ attribute, understood }) => {
    const fault = understood && faultOf(understood, candidate);
    return fault ? [once(attribute, fault)] : [];
  });
  const dropped = becoming.flatMap(({ attribute, understood }) => (understood ? [] : [once(attribute, null)]));
  const ofOne = (findings: readonly Finding[]) => added([], findings).map((finding) => ({ ...finding, customers: 1 }));
  return { invalid: ofOne(invalid), dropped: ofOne(dropped) };
}

export function sum(some: Findings, more: Findings): Findings {
  return { invalid: added(some.invalid, more.invalid), dropped: added(some.dropped, more.dropped) };
}

export function findingsOf(result: JsonObject | null): Findings {
  return (result as unknown as Findings | null) ?? noFindings;
}

export function resultOf(findings: Findings): JsonObject {
  return findings as unknown as JsonObject;
}

function once(attribute: string, fault: Finding['fault']): Finding {
  return { attribute, fault, statements: 1, customers: 1 };
}

function added(some: readonly Finding[], more: readonly Finding[]): Finding[] {
  const all = new Map<string, Finding>();
  for (const finding of [...some, ...more]) {
    const name = JSON.stringify([finding.attribute, finding.fault]);
    const { statements = 0, customers = 0 } = all.get(name) ?? {};
    all.set(name, {
      ...finding,
      statements: statements + finding.statements,
      customers: customers + finding.customers,
    });
  }
  return [...all.values()].toSorted((a, b) => (a.attribute < b.attribute ? -1 : Number(a.attribute > b.attribute)));
}

/** The first thing that is wrong with a statement, in words that tell nothing of it. */
function faultOf({ attribute, value, strength }: Preference, candidate: Vocabulary): Finding['fault'] {
  const strengths = candidate.attribute(attribute)?.strengths ?? [];
  const [byValue] = candidate.checkValue(attribute, value);
  if (byValue) return { pointer: `/value${byValue.pointer}`, detail: byValue.detail };
  if (strengths.includes(strength)) return null;
  return { pointer: '/strength', detail: `must be ${strengths.join(' or ')}` };
}
