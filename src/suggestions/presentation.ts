import type { Candidate } from './candidates.js';
import { dayOf } from './evidence.js';
import type { SuggestionStatus } from './suggestion.entity.js';

/** How many suggestions wait for an answer at most: who is asked more than that answers nothing. */
export const MOST_OPEN = 3;
const DAY_MS = 86_400_000;

/** What may be suggested, under the name by which the same is known again. */
export interface Conclusion {
  readonly name: string;
  readonly attribute: string;
  readonly candidate: Candidate;
  /** Whether there is nothing to ask: the customer has stated it or something else about the same, or said never. */
  readonly isSettled: boolean;
}

/** Something that was suggested before. */
export interface Held {
  readonly id: string;
  readonly name: string;
  readonly attribute: string;
  readonly status: SuggestionStatus;
  readonly restsUntil: Date | null;
}

/** What becomes of what is held, and what is new. */
export interface Presentation {
  /** Of the open ones, those that stay, with what they say now. */
  readonly kept: ReadonlyMap<string, Conclusion>;
  /** Of the open ones, those that hold no longer. */
  readonly withdrawn: readonly string[];
  /** Of the refused ones, those that have rested. */
  readonly forgotten: readonly string[];
  /** Of the accepted ones, those that the events still say. */
  readonly confirmed: ReadonlySet<string>;
  readonly opened: Conclusion | null;
  /** When time alone may change something; null when it does not. */
  readonly nextAt: Date | null;
}

/**
 * What a customer is shown: at most three open ones, one new a day, and nothing again that they decided about within
 * 180 days. Of several that wait, one about something else than those that are open comes first, then the more probable.
 */
export function present(
  held: readonly Held[],
  conclusions: ReadonlyMap<string, Conclusion>,
  { openedOn, now }: { readonly openedOn: string | null; readonly now: Date },
): Presentation {
  const kept = new Map<string, Conclusion>();
  for (const { id, name, status } of held) {
    const conclusion = conclusions.get(name);
    if (status === 'open' && conclusion && !conclusion.isSettled) kept.set(id, conclusion);
  }
  const isResting = ({ restsUntil }: Held) => restsUntil !== null && now < restsUntil;
  const taken = new Set(held.filter((one) => kept.has(one.id) || isResting(one)).map(({ name }) => name));
  const openAttributes = [...kept.values()].map(({ attribute }) => attribute);
  const waiting = [...conclusions.values()]
    .filter(({ name, isSettled }) => !isSettled && !taken.has(name))
    .toSorted(byPrecedence(openAttributes));

  const hasRoom = kept.size < MOST_OPEN;
  const opened = hasRoom && openedOn !== dayOf(now) ? (waiting[0] ?? null) : null;
  const hasRoomTomorrow = kept.size + Number(opened !== null) < MOST_OPEN && waiting.length > Number(opened !== null);
  const rests = held.filter(isResting).map(({ restsUntil }) => restsUntil!.getTime());
  const next = Math.min(...rests, ...(hasRoomTomorrow ? [startOfTomorrow(now)] : []));
  return {
    kept,
    withdrawn: idsOf(held, (one) => one.status === 'open' && !kept.has(one.id)),
    forgotten: idsOf(held, (one) => one.status === 'refused' && !isResting(one)),
    confirmed: new Set(idsOf(held, ({ status, name }) => status === 'accepted' && conclusions.has(name))),
    opened,
    nextAt: Number.isFinite(next) ? new Date(next) : null,
  };
}

function startOfTomorrow(now: Date): number {
  return (Math.floor(now.getTime() / DAY_MS) + 1) * DAY_MS;
}

function byPrecedence(openAttributes: readonly string[]): (a: Conclusion, b: Conclusion) => number {
  const isOpen = ({ attribute }: Conclusion) => Number(openAttributes.includes(attribute));
  return (a, b) =>
    isOpen(a) - isOpen(b) ||
    b.candidate.assessment.probability - a.candidate.assessment.probability ||
    b.candidate.k - a.candidate.k ||
    (a.name < b.name ? -1 : 1);
}

function idsOf(held: readonly Held[], is: (one: Held) => boolean): string[] {
  return held.filter(is).map(({ id }) => id);
}
