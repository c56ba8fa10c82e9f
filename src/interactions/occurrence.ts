import type { ReportedEvent } from './cloud-event.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A clock that is off by less is left alone: networks and queues take that long. */
const TOLERATED_SKEW_MS = 2 * MINUTE_MS;
/** A clock that is off by more than any time zone was never set, or has lost its battery. */
const LARGEST_SKEW_MS = DAY_MS;
const LATEST_FUTURE_MS = 5 * MINUTE_MS;
/** How far back an event may have happened. */
export const OLDEST_DAYS = 400;

/** `corrected`: moved by what the sender's clock was off. `suspect`: not to be relied on, moved or not. */
export const clockDoubts = ['corrected', 'suspect'] as const;
export type ClockDoubt = (typeof clockDoubts)[number];

/** When an event happened by our clock, and whether there is reason to doubt that. */
export interface Occurred {
  readonly at: Date;
  readonly clock: ClockDoubt | null;
}

export interface OutOfTime {
  readonly refused: 'event-in-future' | 'event-too-old';
}

/**
 * When an event happened by our clock. A sender that does not say what its own clock showed on sending (`ccxsenttime`)
 * is believed. Where it says so, the event is moved by the difference, which makes up for what tills get wrong: local
 * time sent as UTC, summer time forgotten, a drift of minutes, a clock that began at 1970 or in the wrong year after it
 * lost its battery. The result is suspect where that may not be the whole story:
 *
 * - the clock is off by more than a day: who knows since when, and a message that was made days ago and is sent again
 *   as it was looks the same;
 * - the event was sent before it happened: the clock was set in between, and we know only one of its two faults.
 */
export function occurrenceOf(
  { time, sentTime }: Pick<ReportedEvent, 'time' | 'sentTime'>,
  now: Date,
): Occurred | OutOfTime {
  const skew = sentTime ? now.getTime() - sentTime.getTime() : 0;
  const isOff = Math.abs(skew) > TOLERATED_SKEW_MS;
  const at = new Date(time.getTime() + (isOff ? skew : 0));
  if (at.getTime() > now.getTime() + LATEST_FUTURE_MS) return { refused: 'event-in-future' };
  if (at.getTime() < now.getTime() - OLDEST_DAYS * DAY_MS) return { refused: 'event-too-old' };

  const wasSet = sentTime !== undefined && time.getTime() > sentTime.getTime() + TOLERATED_SKEW_MS;
  if (wasSet || Math.abs(skew) > LARGEST_SKEW_MS) return { at, clock: 'suspect' };
  return { at, clock: isOff ? 'corrected' : null };
}

/** What the sender is told of the clock that it should look at. */
export function clockWarning({ at, clock }: Occurred): string[] {
  switch (clock) {
    case 'corrected':
      return [`the clock of the sender is off: the time was corrected to ${at.toISOString()}`];
    case 'suspect':
      return [`the clock of the sender cannot be right: the time was taken to be ${at.toISOString()}, with doubt`];
    case null:
      return [];
  }
}
