import type { RetailerPrincipal } from '../platform/http/access.js';
import type { AskedDetail, ConsentDetail } from './detail.js';

/**
 * What two lists of lines have in common: the result covers exactly what one line of each covers. What the lines of
 * `given` say beside (retention, recipients, time) stays as it is.
 */
export function intersectionOf(given: readonly ConsentDetail[], other: readonly AskedDetail[]): ConsentDetail[] {
  return given.flatMap((line) => other.flatMap((limit) => commonOf(line, limit)));
}

/** What of a consent is left to a token that was made for a part of it. */
export function withinToken(
  details: readonly ConsentDetail[],
  { narrowedTo }: Pick<RetailerPrincipal, 'narrowedTo'>,
): readonly ConsentDetail[] {
  // The lines are our own: we have signed them.
  return narrowedTo ? intersectionOf(details, narrowedTo as readonly AskedDetail[]) : details;
}

function commonOf(line: ConsentDetail, limit: AskedDetail): ConsentDetail[] {
  const where = {
    purposes: both(line.purposes, limit.purposes),
    touchpoints: both(line.touchpoints, limit.touchpoints),
  };
  if (line.type === 'ccx_interactions') {
    if (limit.type !== 'ccx_interactions') return [];
    const what = { event_types: both(line.event_types, limit.event_types) };
    return isEmpty(where, what) ? [] : [{ ...line, ...where, ...what }];
  }
  if (limit.type !== line.type) return [];
  const what = {
    attributes: both(line.attributes, limit.attributes),
    stages: both(line.stages, limit.stages),
    delivery: both(line.delivery, limit.delivery),
  };
  return isEmpty(where, what) ? [] : [{ ...line, ...where, ...what }];
}

function both<Code>(some: readonly Code[], others: readonly Code[]): Code[] {
  return some.filter((code) => others.includes(code));
}

function isEmpty(...parts: readonly Readonly<Record<string, readonly unknown[]>>[]): boolean {
  return parts.flatMap((part) => Object.values(part)).some((codes) => codes.length === 0);
}
