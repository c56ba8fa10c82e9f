import { stages } from '../vocabulary/code-lists.js';
import type { Outside } from './consents.errors.js';
import { type ConsentDetail, type Delivery, isReporting, type ReadingDetail } from './detail.js';

/** The circumstances of a read: all of them are matched by one line, or the read is not allowed. */
export interface Circumstances {
  purpose: string;
  touchpoint: string;
  /** Null at no particular one: only a line for every stage covers that. */
  stage: string | null;
  delivery: Delivery;
}

/** Whether this one line lets the attribute be read. Lines are never combined. */
export function covers(detail: ConsentDetail, attribute: string, asked: Circumstances, now: Date): boolean {
  return applies(detail, asked, now) && detail.attributes.includes(attribute);
}

/** Every attribute that may be read in these circumstances, once. */
export function coveredAttributes(details: readonly ConsentDetail[], asked: Circumstances, now: Date): string[] {
  const covered = details.flatMap((detail) => (applies(detail, asked, now) ? detail.attributes : []));
  return [...new Set(covered)].toSorted();
}

/**
 * Names what no line covers; null when everything is covered. Purpose, touchpoint, stage and delivery are named when
 * no line has them at all; otherwise the attributes that are not given in these circumstances are.
 */
export function outsideOf(
  details: readonly ConsentDetail[],
  attributes: readonly string[],
  asked: Circumstances,
  now: Date,
): Outside | null {
  const covered = coveredAttributes(details, asked, now);
  const missing = attributes.filter((attribute) => !covered.includes(attribute));
  if (covered.length > 0 && missing.length === 0) return null;

  const lines = details.filter((detail) => isCurrent(detail, now));
  const nowhere = {
    ...(!lines.some((line) => has(line.purposes, asked.purpose)) && { purpose: asked.purpose }),
    ...(!lines.some((line) => has(line.touchpoints, asked.touchpoint)) && { touchpoint: asked.touchpoint }),
    ...(asked.stage !== null && !lines.some((line) => hasStage(line, asked.stage)) && { stage: asked.stage }),
    ...(!lines.some((line) => has(line.delivery, asked.delivery)) && { delivery: asked.delivery }),
  };
  return { ...(missing.length > 0 && { attributes: missing }), ...nowhere };
}

/** In what a line differs from these circumstances; what is left out of them is not looked at. */
export function mismatches(line: ReadingDetail, asked: Partial<Circumstances>): (keyof Circumstances)[] {
  const { purpose, touchpoint, stage, delivery } = asked;
  const differing: (keyof Circumstances)[] = [];
  if (purpose !== undefined && !has(line.purposes, purpose)) differing.push('purpose');
  if (touchpoint !== undefined && !has(line.touchpoints, touchpoint)) differing.push('touchpoint');
  if (stage !== undefined && !hasStage(line, stage)) differing.push('stage');
  if (delivery !== undefined && !has(line.delivery, delivery)) differing.push('delivery');
  return differing;
}

function applies(detail: ConsentDetail, asked: Circumstances, now: Date): detail is ReadingDetail {
  return isCurrent(detail, now) && mismatches(detail, asked).length === 0;
}

/** Whether the line lets something be read and its time is not up. */
export function isCurrent(detail: ConsentDetail, now: Date): detail is ReadingDetail {
  return !isReporting(detail) && now.getTime() < Date.parse(detail.expires_at);
}

function hasStage(line: ReadingDetail, stage: string | null): boolean {
  return stage === null ? stages.every((every) => has(line.stages, every)) : has(line.stages, stage);
}

function has(codes: readonly string[], code: string): boolean {
  return codes.includes(code);
}
