import { isDeepStrictEqual } from 'node:util';

import { type ConsentDetail, isReporting, isSpecialDetail } from './detail.js';

export function lastExpiry(details: readonly ConsentDetail[]): Date {
  return new Date(Math.max(...details.map(({ expires_at }) => Date.parse(expires_at))));
}

/** The line with an end that is no later than this. */
export function endingBy(line: ConsentDetail, end: Date): ConsentDetail {
  return Date.parse(line.expires_at) <= end.getTime() ? line : { ...line, expires_at: end.toISOString() };
}

/** The lines that a renewal is about: what is over stays over, and what is special has to be asked for again. */
export function renewable(details: readonly ConsentDetail[], now: Date): ConsentDetail[] {
  return details.filter((line) => !isSpecialDetail(line) && holds(line, now));
}

/** All lines of a consent that is renewed until then. None of them ends earlier than before. */
export function renew(details: readonly ConsentDetail[], until: Date, now: Date): ConsentDetail[] {
  const renewed = renewable(details, now);
  return details.map((line) =>
    renewed.includes(line) && Date.parse(line.expires_at) < until.getTime()
      ? { ...line, expires_at: until.toISOString() }
      : line,
  );
}

/**
 * A new line as the continuation of the one that says the same and has not ended: what happened under that one may be
 * reported as long as the new one holds.
 */
export function carriedOn(given: readonly ConsentDetail[], line: ConsentDetail, now: Date): ConsentDetail {
  if (!isReporting(line)) return line;
  const since = given
    .filter(isReporting)
    .filter((held) => holds(held, now) && isDeepStrictEqual(reach(held), reach(line)))
    .map((held) => held.since);
  return { ...line, since: [line.since, ...since].toSorted()[0]! };
}

/** Whether nothing but the end of lines has moved, and only to later. */
export function isRenewal(before: readonly ConsentDetail[], after: readonly ConsentDetail[]): boolean {
  const held = after.map((line) => before.find((one) => isDeepStrictEqual(essence(one), essence(line))));
  const moves = after.map((line, index) => Date.parse(line.expires_at) - Date.parse(held[index]?.expires_at ?? ''));
  return before.length === after.length && moves.every((move) => move >= 0) && moves.some((move) => move > 0);
}

/** Whether the line has not ended. */
export function holds({ expires_at }: ConsentDetail, now: Date): boolean {
  return now.getTime() < Date.parse(expires_at);
}

/** What a line says apart from how long it holds. */
function essence(line: ConsentDetail): object {
  return { ...line, id: undefined, expires_at: undefined };
}

/** The same apart from how far it reaches back. */
function reach(line: ConsentDetail): object {
  return { ...essence(line), since: undefined };
}
