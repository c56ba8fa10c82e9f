import { type ConsentDetail, isReporting, productsOf, recipientsOf } from './detail.js';
import { checkedDurationMs } from './duration.js';

/**
 * The lines of a consent after more has been given: what was given stays, as far as the new lines do not say the same
 * or more. Lines are kept apart, so that together they allow exactly what either allowed and not one thing more.
 */
export function widen(given: readonly ConsentDetail[], added: readonly ConsentDetail[], now: Date): ConsentDetail[] {
  return added.reduce<ConsentDetail[]>(
    (lines, line) =>
      lines.some((held) => contains(held, line)) ? lines : [...lines.filter((held) => !contains(line, held)), line],
    given.filter((line) => stillMatters(line, now)),
  );
}

/** Whether everything that `inner` allows is allowed by `outer`, for at least as long. */
export function contains(outer: ConsentDetail, inner: ConsentDetail): boolean {
  const reaches =
    includes(outer.purposes, inner.purposes) &&
    includes(outer.touchpoints, inner.touchpoints) &&
    Date.parse(outer.expires_at) >= Date.parse(inner.expires_at);
  if (!reaches) return false;
  if (inner.type !== outer.type) return false;
  if (!isReporting(outer) && !isReporting(inner)) {
    return (
      includes(outer.attributes, inner.attributes) &&
      includes(outer.stages, inner.stages) &&
      includes(outer.delivery, inner.delivery) &&
      lasts(outer.retention, inner.retention) &&
      includes(recipientsOf(outer), recipientsOf(inner))
    );
  }
  if (isReporting(outer) && isReporting(inner)) {
    return (
      includes(outer.event_types, inner.event_types) &&
      includes(productsOf(outer), productsOf(inner)) &&
      Date.parse(outer.since) <= Date.parse(inner.since) &&
      lasts(outer.late_reporting, inner.late_reporting)
    );
  }
  return false;
}

/** A line that is over still lets late reports in for a while. */
function stillMatters(line: ConsentDetail, now: Date): boolean {
  const late = isReporting(line) ? checkedDurationMs(line.late_reporting) : 0;
  return now.getTime() < Date.parse(line.expires_at) + late;
}

function includes(outer: readonly string[], inner: readonly string[]): boolean {
  return inner.every((member) => outer.includes(member));
}

function lasts(outer: string, inner: string): boolean {
  return checkedDurationMs(outer) >= checkedDurationMs(inner);
}
