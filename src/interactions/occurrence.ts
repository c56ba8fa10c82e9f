import type { ReportedEvent } from './cloud-event.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A clock that is off by less is left alone: networks and queues take that long. */
const TOLERATED_SKEW_MS = 2 * MINUTE_MS;
const LATEST_FUTURE_MS = 5 * MINUTE_MS;
/** How far back an event may have happened. */
export const OLDEST_DAYS = 400;

export type Occurrence = { at: Date } | { refused: 'event-in-future' | 'event-too-old' };

/**
 * When an event happened by our clock. Where the sender says what its own clock showed on sending, the event is moved
 * by the difference; a sender that stays silent is believed.
 */
export function occurrenceOf({ time, sentTime }: Pick<ReportedEvent, 'time' | 'sentTime'>, now: Date): Occurrence {
  const skew = sentTime ? now.getTime() - sentTime.getTime() : 0;
  const at = new Date(time.getTime() + (Math.abs(skew) > TOLERATED_SKEW_MS ? skew : 0));
  if (at.getTime() > now.getTime() + LATEST_FUTURE_MS) return { refused: 'event-in-future' };
  if (at.getTime() < now.getTime() - OLDEST_DAYS * DAY_MS) return { refused: 'event-too-old' };
  return { at };
}
