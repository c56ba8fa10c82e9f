/** At which shares of its life, in percent, a customer is reminded of a consent. */
export const reminderPercents = [50, 80, 95] as const;
export type ReminderPercent = (typeof reminderPercents)[number];

/** For how long a consent holds: since it was given or last made to hold for longer. */
export interface Term {
  from: Date;
  until: Date;
}

export interface Reminder {
  percent: ReminderPercent;
  /** When it came due. */
  at: Date;
}

/** The last reminder that is due; null before the first. */
export function lastReminder(term: Term, now: Date): Reminder | null {
  return remindersOf(term).findLast(({ at }) => at <= now) ?? null;
}

/** When the next reminder comes due; null after the last. */
export function nextReminder(term: Term, now: Date): Date | null {
  return remindersOf(term).find(({ at }) => at > now)?.at ?? null;
}

function remindersOf({ from, until }: Term): Reminder[] {
  const life = until.getTime() - from.getTime();
  return reminderPercents.map((percent) => ({ percent, at: new Date(from.getTime() + (life * percent) / 100) }));
}
