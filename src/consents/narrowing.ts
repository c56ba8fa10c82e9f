import { type FieldError, InvalidRequestError } from '../platform/errors.js';
import { NothingKeptError } from './consents.errors.js';
import { type AskedDetail, type ConsentDetail, longestLifeDays } from './detail.js';
import { days } from './duration.js';
import { sinceAt } from './since.js';

/** A limit beyond this is none. */
export const MOST_READS_PER_DAY = 10_000;

/** What the customer keeps of one line. A list that is left out is kept whole. */
export interface Kept {
  /** The id of the line. */
  id: string;
  attributes?: readonly string[];
  products?: readonly string[];
  event_types?: readonly string[];
  touchpoints?: readonly string[];
  stages?: readonly string[];
}

/** The lists of a line that the customer may shorten. */
const narrowable = ['attributes', 'products', 'event_types', 'touchpoints', 'stages'] as const satisfies (keyof Kept)[];

export interface Approval {
  decision: 'approve';
  /** The lines that are kept; those not named are not. Left out: everything as it was asked for. */
  items?: readonly Kept[];
  /** An end before the one that was asked for. */
  expiresAt?: Date;
  /** Fewer reads a day than were asked for. */
  maxReadsPerDay?: number;
  /** For what is special: the hash of the statement that was shown, to which the customer consents expressly. */
  statement?: string;
}

export type Choice = Approval | { decision: 'refuse' };

export interface Given {
  details: ConsentDetail[];
  /** How often a day may be read; null when neither the request nor the customer says anything about it. */
  maxReadsPerDay: number | null;
  /** Whether everything was given as it was asked for. */
  whole: boolean;
}

/** A request as far as it can be given. */
export interface Askable {
  details: readonly AskedDetail[];
  lifetimeDays: number;
  maxReadsPerDay?: number | null;
}

/**
 * What becomes of a request that is approved: never more than was asked for, in nothing.
 *
 * @param statement The hash of the statement that was shown; there is one exactly for what is special.
 * @throws InvalidRequestError when the choice reaches beyond the request, or lacks the express consent that it takes
 * @throws NothingKeptError
 */
export function give(asked: Askable, approval: Approval, now: Date, statement?: string): Given {
  const { items, expiresAt, maxReadsPerDay } = approval;
  const latest = latestEndOf(asked, now);
  const faults = [
    ...(items ? faultsOfItems(asked.details, items) : []),
    ...faultsOfExpiry(expiresAt, latest, now),
    ...faultsOfReads(maxReadsPerDay, asked.maxReadsPerDay),
    ...faultsOfStatement(approval.statement, statement),
  ];
  if (faults.length > 0) throw new InvalidRequestError(faults);

  const kept = items ? asked.details.flatMap((detail) => keep(detail, items)) : [...asked.details];
  if (kept.length === 0) throw new NothingKeptError();
  const end = expiresAt ?? latest;
  const reads = maxReadsPerDay ?? asked.maxReadsPerDay ?? null;
  return {
    details: kept.map((detail) => hold(detail, end, now, statement)),
    maxReadsPerDay: reads,
    whole:
      end.getTime() === latest.getTime() &&
      size(kept) === size(asked.details) &&
      reads === (asked.maxReadsPerDay ?? null),
  };
}

/**
 * When a request ends that is approved now, at the latest. Special attributes are given for a short time, however long
 * is asked for.
 */
export function latestEndOf({ details, lifetimeDays }: Askable, now: Date): Date {
  return new Date(now.getTime() + days(Math.min(lifetimeDays, longestLifeDays(details))));
}

/** What is left of a line; nothing when nothing of it was kept. */
export function keep<Line extends AskedDetail>(line: Line, items: readonly Kept[]): Line[] {
  const kept = items.find(({ id }) => id === line.id);
  if (!kept) return [];
  const left = Object.entries(listsOf(line)).map(([name, codes]) => {
    const wanted = kept[name as keyof Kept];
    return [name, codes.filter((code) => !wanted || wanted.includes(code))] as const;
  });
  const isLeft = left.every(([, codes]) => codes.length > 0);
  return isLeft ? [{ ...line, ...Object.fromEntries(left) }] : [];
}

/** What the line has of the lists that may be shortened. */
function listsOf(line: AskedDetail): Readonly<Record<string, readonly string[]>> {
  const lists: Partial<Record<(typeof narrowable)[number], readonly string[]>> = line;
  return Object.fromEntries(narrowable.flatMap((name) => (lists[name] ? [[name, lists[name]]] : [])));
}

/** The line as it is given at this moment: spans become points in time. */
function hold(detail: AskedDetail, end: Date, now: Date, statement: string | undefined): ConsentDetail {
  const expires_at = end.toISOString();
  switch (detail.type) {
    case 'ccx_preferences':
      return { ...detail, expires_at };
    case 'ccx_preferences_special':
      return { ...detail, expires_at, statement: given(statement) };
    case 'ccx_interactions':
      return { ...detail, since: sinceAt(detail.since, now).toISOString(), expires_at };
    case 'ccx_interactions_special':
      return { ...detail, since: now.toISOString(), expires_at, statement: given(statement) };
  }
}

function given(statement: string | undefined): string {
  if (statement === undefined) throw new TypeError('What is special is given by a statement that was shown.');
  return statement;
}

function size(details: readonly AskedDetail[]): number {
  const sizes = details.map((detail) =>
    Object.values(listsOf(detail)).reduce((product, { length }) => product * length, 1),
  );
  return sizes.reduce((sum, one) => sum + one, 0);
}

export function faultsOfItems(asked: readonly AskedDetail[], items: readonly Kept[]): FieldError[] {
  return items.flatMap((kept, index) => {
    const pointer = `/items/${index}`;
    const detail = asked.find(({ id }) => id === kept.id);
    if (!detail) return [{ pointer: `${pointer}/id`, detail: 'is not the id of a line' }];
    if (items.findIndex(({ id }) => id === kept.id) !== index) {
      return [{ pointer: `${pointer}/id`, detail: 'names a line that is named already' }];
    }
    const lists = listsOf(detail);
    return narrowable.flatMap((name) => beyond(`${pointer}/${name}`, kept[name], lists[name] ?? []));
  });
}

function beyond(pointer: string, kept: readonly string[] | undefined, asked: readonly string[]): FieldError[] {
  return (kept ?? []).flatMap((member, index) =>
    asked.includes(member) ? [] : [{ pointer: `${pointer}/${index}`, detail: 'is not part of this line' }],
  );
}

function faultsOfExpiry(expiresAt: Date | undefined, latest: Date, now: Date): FieldError[] {
  if (!expiresAt) return [];
  if (expiresAt <= now) return [{ pointer: '/expires_at', detail: 'must lie in the future' }];
  return expiresAt > latest
    ? [{ pointer: '/expires_at', detail: `must not be later than was asked for, ${latest.toISOString()}` }]
    : [];
}

function faultsOfReads(kept: number | undefined, asked: number | null | undefined): FieldError[] {
  return kept !== undefined && asked != null && kept > asked
    ? [{ pointer: '/max_reads_per_day', detail: `must not be more than was asked for, ${asked}` }]
    : [];
}

/** Nothing stands for express consent but the very statement that was shown. */
function faultsOfStatement(consentedTo: string | undefined, shown: string | undefined): FieldError[] {
  if (consentedTo === shown) return [];
  const detail =
    shown === undefined
      ? 'is for a request of something special alone'
      : 'must be the hash of the statement that was shown: what is special is given by express consent to it';
  return [{ pointer: '/statement', detail }];
}
