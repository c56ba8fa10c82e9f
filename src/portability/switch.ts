import {
  type AskedDetail,
  type ConsentDetail,
  type InteractionsDetail,
  isSpecialDetail,
  itemsOf,
  type PreferencesDetail,
  recipientsOf,
} from '../consents/detail.js';
import { holds } from '../consents/renewal.js';
import type { RuleRef } from '../consents/rule.js';

/** A line as the other retailer would be given it, under the id that it has where it is taken from. */
export type TakenLine = Extract<AskedDetail, { type: 'ccx_preferences' | 'ccx_interactions' }> & {
  readonly expires_at: string;
};

/**
 * Why something is not taken along: the other retailer is not at that touchpoint; the first retailer has named it, or it
 * is that one's own; it would hand over what was reported so far; a rule of the customer's refuses it; its time is up.
 */
export const cutReasons = ['touchpoint', 'recipient', 'attribute', 'history', 'rule', 'over'] as const;
export type CutReason = (typeof cutReasons)[number];

/** The line as the other retailer would ask for it. */
export function askedOf(line: TakenLine): AskedDetail {
  const { expires_at: _, ...asked } = line;
  return asked;
}

/** What of a line is not taken along. */
export interface Cut {
  readonly line: string;
  readonly reason: CutReason;
  /** Touchpoints, recipients, attributes or event types; of history, up to when. */
  readonly codes: readonly string[];
  /** The rule that refuses it. */
  readonly rule?: RuleRef;
}

/** What is special: the other retailer has to ask for it itself, and the customer expressly consents, or does not. */
export interface ToAskAnew {
  readonly line: string;
  /** An attribute, or a class of special products. */
  readonly attribute: string;
}

/** What of a consent is taken along, and what is not. */
export interface Taken {
  readonly lines: readonly TakenLine[];
  readonly cut: readonly Cut[];
  readonly askAnew: readonly ToAskAnew[];
}

/** Where it is taken. */
export interface Destination {
  /** Where the retailer serves customers who can be asked in a browser. */
  readonly touchpoints: readonly string[];
  /** How it sees an attribute: as one that it may be given, as a special one, or not at all. */
  readonly sees: (attribute: string) => 'ordinary' | 'special' | 'nothing';
}

/**
 * The lines of a consent for another retailer: in nothing more than they are, for no longer, and without what is the
 * first retailer's own. What is special is never among them, and they reach back to nothing.
 */
export function takeAlong(details: readonly ConsentDetail[], to: Destination, now: Date): Taken {
  return joined(details.map((detail) => ofLine(detail, to, now)));
}

/** What is left of it once the customer's rules have refused some lines. */
export function withoutStruck(
  { lines, cut, askAnew }: Taken,
  struck: readonly { readonly detail: { readonly id: string }; readonly rule: RuleRef }[],
): Taken {
  const rules = new Map(struck.map(({ detail, rule }) => [detail.id, rule]));
  const refused = lines.flatMap((line): Cut[] => {
    const rule = rules.get(line.id);
    return rule ? [{ line: line.id, reason: 'rule', codes: itemsOf(line), rule }] : [];
  });
  return { lines: lines.filter(({ id }) => !rules.has(id)), cut: [...cut, ...refused], askAnew };
}

function ofLine(detail: ConsentDetail, to: Destination, now: Date): Taken {
  const { id: line } = detail;
  if (!holds(detail, now)) return { lines: [], cut: [{ line, reason: 'over', codes: itemsOf(detail) }], askAnew: [] };
  if (isSpecialDetail(detail)) return { lines: [], cut: [], askAnew: toAskAnew(line, itemsOf(detail)) };

  const touchpoints = detail.touchpoints.filter((code) => to.touchpoints.includes(code));
  const elsewhere = detail.touchpoints.filter((code) => !to.touchpoints.includes(code));
  const parts = detail.type === 'ccx_interactions' ? reportingPart(detail, now) : readingPart(detail, to);
  const left = itemsOf(parts.line).length > 0 && touchpoints.length > 0;
  return {
    lines: left ? [{ ...parts.line, touchpoints }] : [],
    cut: [...cutOf(line, 'touchpoint', elsewhere), ...parts.cut],
    askAnew: parts.askAnew,
  };
}

type Part = Omit<Taken, 'lines'> & { readonly line: TakenLine };

/** What happens from the other retailer's own decision on, and nothing of before. */
function reportingPart(detail: InteractionsDetail, now: Date): Part {
  const { since: _, ...line } = detail;
  return { line, cut: cutOf(line.id, 'history', [now.toISOString()]), askAnew: [] };
}

function readingPart(detail: PreferencesDetail, { sees }: Destination): Part {
  const { recipients: _, ...line } = detail;
  const seen = (how: ReturnType<typeof sees>) => detail.attributes.filter((attribute) => sees(attribute) === how);
  return {
    line: { ...line, attributes: seen('ordinary') },
    cut: [
      ...cutOf(detail.id, 'attribute', seen('nothing')),
      // To whom something is passed on is the first retailer's own business.
      ...cutOf(detail.id, 'recipient', recipientsOf(detail)),
    ],
    // What was ordinary when it was given may have become special since.
    askAnew: toAskAnew(detail.id, seen('special')),
  };
}

function cutOf(line: string, reason: CutReason, codes: readonly string[]): Cut[] {
  return codes.length > 0 ? [{ line, reason, codes }] : [];
}

function toAskAnew(line: string, attributes: readonly string[]): ToAskAnew[] {
  return attributes.map((attribute) => ({ line, attribute }));
}

function joined(parts: readonly Taken[]): Taken {
  return {
    lines: parts.flatMap(({ lines }) => lines),
    cut: parts.flatMap(({ cut }) => cut),
    askAnew: parts.flatMap(({ askAnew }) => askAnew),
  };
}
