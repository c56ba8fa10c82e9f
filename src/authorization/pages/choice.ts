import type { ConsentRequest } from '../../consents/consent-request.entity.js';
import { type AskedDetail, isSpecialDetail, itemsOf } from '../../consents/detail.js';
import { days } from '../../consents/duration.js';
import type { Choice, Kept } from '../../consents/narrowing.js';
import type { Form } from './place.js';

/** What the form of the consent page says. Whether it may say that is for the decision to check. */
export function choiceOf(
  form: Form,
  { details, lifetimeDays }: Pick<ConsentRequest, 'details' | 'lifetimeDays'>,
  now: Date,
): Choice {
  // Only the button that allows allows: whatever else comes, nothing is given.
  if (form['decision'] !== 'approve') return { decision: 'refuse' };
  // What is special is given by the statement that was ticked, or not at all: there is nothing to leave out.
  if (details.some(isSpecialDetail)) return { decision: 'approve', ...statementOf(form) };
  const lived = Number(form['days']);
  return {
    decision: 'approve',
    items: keptOf(form, details),
    ...(lived >= 1 && lived < lifetimeDays && { expiresAt: new Date(now.getTime() + days(lived)) }),
    ...readsOf(form),
  };
}

/** What is left ticked of a request, line by line. */
function keptOf(form: Form, details: readonly AskedDetail[]): Kept[] {
  const [items, touchpoints] = [ticked(form['item']), ticked(form['touchpoint'])];
  return details.map((detail) => keptLine(detail, codesOf(detail.id, items), codesOf(detail.id, touchpoints)));
}

/** What is left ticked of a consent, where a box speaks for every line of its type: what is unticked is in none. */
export function leftOf(form: Form, lines: readonly AskedDetail[]): Kept[] {
  const [items, touchpoints] = [ticked(form['item']), ticked(form['touchpoint'])];
  return lines.map((line) => {
    const left = (codes: readonly string[], boxes: readonly Ticked[]) =>
      codes.filter((code) => codesOf(line.type, boxes).includes(code));
    return keptLine(line, left(itemsOf(line), items), left(line.touchpoints, touchpoints));
  });
}

function keptLine({ id, type }: AskedDetail, items: string[], touchpoints: string[]): Kept {
  const kept = {
    ccx_preferences: { attributes: items },
    ccx_preferences_special: { attributes: items },
    ccx_interactions: { event_types: items },
    ccx_interactions_special: { products: items },
  }[type];
  return { id, ...kept, touchpoints };
}

/** How often a day it may be read, where something was chosen. */
export function readsOf(form: Form): { maxReadsPerDay?: number } {
  const reads = Number(form['reads']);
  return Number.isInteger(reads) && reads >= 1 ? { maxReadsPerDay: reads } : {};
}

function statementOf({ statement }: Form): { statement?: string } {
  return typeof statement === 'string' ? { statement } : {};
}

interface Ticked {
  readonly of: string;
  readonly code: string;
}

/** Boxes carry `<id or type of the lines> <code>`. */
function ticked(values: unknown): Ticked[] {
  const boxes = [values].flat().filter((value) => typeof value === 'string');
  return boxes.map((value) => {
    const [of = '', code = ''] = value.split(' ', 2);
    return { of, code };
  });
}

function codesOf(lines: string, boxes: readonly Ticked[]): string[] {
  return boxes.filter(({ of }) => of === lines).map(({ code }) => code);
}
