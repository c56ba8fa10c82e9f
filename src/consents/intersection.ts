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

/** The lists of a line that say together what it covers. */
const lists = ['attributes', 'products', 'event_types', 'purposes', 'touchpoints', 'stages', 'delivery'] as const;
type Lists = Partial<Readonly<Record<(typeof lists)[number], readonly string[]>>>;

function commonOf(line: ConsentDetail, limit: AskedDetail): ConsentDetail[] {
  if (limit.type !== line.type) return [];
  const [given, limits]: [Lists, Lists] = [line, limit];
  const common = lists.flatMap((name) => (given[name] ? [[name, both(given[name], limits[name] ?? [])] as const] : []));
  return common.some(([, codes]) => codes.length === 0) ? [] : [{ ...line, ...Object.fromEntries(common) }];
}

function both(some: readonly string[], others: readonly string[]): string[] {
  return some.filter((code) => others.includes(code));
}
