/** What a clock on the wall of a time zone shows. */
export interface WallTime {
  readonly day: string;
  /** Minutes since midnight, as the clock shows them. */
  readonly minutes: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const seen = new Map<string, Map<number, WallTime>>();

/** Asks the runtime what the clock shows, minute by minute, and remembers the answer. */
export function wallTime(timeZone: string, at: number): WallTime {
  const minute = Math.floor(at / 60_000);
  let ofZone = seen.get(timeZone);
  if (!ofZone) seen.set(timeZone, (ofZone = new Map()));
  let shown = ofZone.get(minute);
  if (!shown) ofZone.set(minute, (shown = look(timeZone, minute)));
  return shown;
}

function look(timeZone: string, minute: number): WallTime {
  let format = formats.get(timeZone);
  if (!format) {
    const parts = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    formats.set(timeZone, (format = new Intl.DateTimeFormat('en-GB', { timeZone, ...parts })));
  }
  // "Sun 02:30"
  const [day = '', hours = '', minutes = ''] = format.format(minute * 60_000).split(/[ ,:]+/);
  return { day: day.toLowerCase(), minutes: Number(hours) * 60 + Number(minutes) };
}
