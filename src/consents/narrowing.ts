import { type FieldError, InvalidRequestError } from '../platform/errors.js';
import { NothingKeptError } from './consents.errors.js';
import { type AskedDetail, type ConsentDetail, itemsOf } from './detail.js';
import { days } from './duration.js';
import { sinceAt } from './since.js';

/** What the customer keeps of one line. A list that is left out is kept whole. */
export interface Kept {
  /** The id of the line. */
  id: string;
  attributes?: readonly string[];
  event_types?: readonly string[];
  touchpoints?: readonly string[];
}

export interface Approval {
  decision: 'approve';
  /** The lines that are kept; those not named are not. Left out: everything as it was asked for. */
  items?: readonly Kept[];
  /** An end before the one that was asked for. */
  expiresAt?: Date;
}

export type Choice = Approval | { decision: 'refuse' };

export interface Given {
  details: ConsentDetail[];
  /** Whether everything was given as it was asked for. */
  whole: boolean;
}

/**
 * What becomes of a request that is approved: never more than was asked for, in nothing.
 *
 * @throws InvalidRequestError when the choice reaches beyond the request
 * @throws NothingKeptError
 */
export function give(
  asked: { details: readonly AskedDetail[]; lifetimeDays: number },
  { items, expiresAt }: Approval,
  now: Date,
): Given {
  const latest = new Date(now.getTime() + days(asked.lifetimeDays));
  const faults = [...(items ? faultsOfItems(asked.details, items) : []), ...faultsOfExpiry(expiresAt, latest, now)];
  if (faults.length > 0) throw new InvalidRequestError(faults);

  const kept = items ? asked.details.flatMap((detail) => keep(detail, items)) : [...asked.details];
  if (kept.length === 0) throw new NothingKeptError();
  const end = expiresAt ?? latest;
  return {
    details: kept.map((detail) => hold(detail, end, now)),
    whole: end.getTime() === latest.getTime() && size(kept) === size(asked.details),
  };
}

/** What is left of a line; nothing when nothing of it was kept. */
function keep(detail: AskedDetail, items: readonly Kept[]): AskedDetail[] {
  const kept = items.find(({ id }) => id === detail.id);
  if (!kept) return [];
  const touchpoints = only(detail.touchpoints, kept.touchpoints);
  const narrowed: AskedDetail =
    detail.type === 'ccx_preferences'
      ? { ...detail, touchpoints, attributes: only(detail.attributes, kept.attributes) }
      : { ...detail, touchpoints, event_types: only(detail.event_types, kept.event_types) };
  return touchpoints.length > 0 && itemsOf(narrowed).length > 0 ? [narrowed] : [];
}

function only<T extends string>(asked: readonly T[], kept: readonly string[] | undefined): T[] {
  return asked.filter((member) => !kept || kept.includes(member));
}

/** The line as it is given at this moment: spans become points in time. */
function hold(detail: AskedDetail, end: Date, now: Date): ConsentDetail {
  const expires_at = end.toISOString();
  return detail.type === 'ccx_preferences'
    ? { ...detail, expires_at }
    : { ...detail, since: sinceAt(detail.since, now).toISOString(), expires_at };
}

function size(details: readonly AskedDetail[]): number {
  return details.reduce((sum, detail) => sum + itemsOf(detail).length * detail.touchpoints.length, 0);
}

function faultsOfItems(asked: readonly AskedDetail[], items: readonly Kept[]): FieldError[] {
  return items.flatMap((kept, index) => {
    const pointer = `/items/${index}`;
    const detail = asked.find(({ id }) => id === kept.id);
    if (!detail) return [{ pointer: `${pointer}/id`, detail: 'is not the id of a line of this request' }];
    if (items.findIndex(({ id }) => id === kept.id) !== index) {
      return [{ pointer: `${pointer}/id`, detail: 'names a line that is named already' }];
    }
    const isPreferences = detail.type === 'ccx_preferences';
    return [
      ...beyond(`${pointer}/attributes`, kept.attributes, isPreferences ? detail.attributes : []),
      ...beyond(`${pointer}/event_types`, kept.event_types, isPreferences ? [] : detail.event_types),
      ...beyond(`${pointer}/touchpoints`, kept.touchpoints, detail.touchpoints),
    ];
  });
}

function beyond(pointer: string, kept: readonly string[] | undefined, asked: readonly string[]): FieldError[] {
  return (kept ?? []).flatMap((member, index) =>
    asked.includes(member) ? [] : [{ pointer: `${pointer}/${index}`, detail: 'was not asked for in this line' }],
  );
}

function faultsOfExpiry(expiresAt: Date | undefined, latest: Date, now: Date): FieldError[] {
  if (!expiresAt) return [];
  if (expiresAt <= now) return [{ pointer: '/expires_at', detail: 'must lie in the future' }];
  return expiresAt > latest
    ? [{ pointer: '/expires_at', detail: `must not be later than was asked for, ${latest.toISOString()}` }]
    : [];
}
