/** A stretch of time during which a zone keeps one offset from UTC. It ends after a day at most. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** Milliseconds to add to UTC for the clock on the wall. */
  readonly offset: number;
}

const DAY_MS = 86_400_000;
const SECOND_MS = 1000;
const CACHED_ZONES = 600;
const CACHED_DAYS = 400;

const formats = new Map<string, Intl.DateTimeFormat | null>();
const spans = new Map<string, Map<number, readonly Span[]>>();

/** Whether this is a zone of the IANA time zone database. */
export function isTimeZone(zone: string): boolean {
  return formatOf(zone) !== null;
}

/** The span of constant offset around an instant, or null where there is no such zone. */
export function spanAt(zone: string, instant: number): Span | null {
  const format = formatOf(zone);
  if (!format) return null;
  const day = Math.floor(instant / DAY_MS);
  let byDay = spans.get(zone);
  if (!byDay) {
    if (spans.size >= CACHED_ZONES) spans.clear();
    spans.set(zone, (byDay = new Map()));
  }
  let ofDay = byDay.get(day);
  if (!ofDay) {
    if (byDay.size >= CACHED_DAYS) byDay.clear();
    byDay.set(day, (ofDay = spansOf(format, day * DAY_MS)));
  }
  return ofDay.find(({ end }) => instant < end) ?? null;
}

/**
 * The instant at which a clock on the wall in the zone showed this; `local` is an ISO 8601 time without an offset. Of an
 * hour that clocks show twice the later one is meant; an hour that they skip is counted on from the one before. NaN when
 * there is no such time or zone.
 */
export function instantIn(zone: string, local: string): number {
  const wall = Date.parse(`${local}Z`);
  if (Number.isNaN(wall)) return NaN;
  const offset = (instant: number) => spanAt(zone, instant)?.offset ?? NaN;
  const [before, after] = [wall - offset(wall - DAY_MS), wall - offset(wall + DAY_MS)] as const;
  const shown = [before, after].filter((instant) => instant + offset(instant) === wall);
  return shown.length > 0 ? Math.max(...shown) : before;
}

/** The one span of a UTC day, or the two around its change of the clocks. No zone has ever changed twice in a day. */
function spansOf(format: Intl.DateTimeFormat, start: number): Span[] {
  const end = start + DAY_MS;
  const before = offsetAt(format, start);
  const after = offsetAt(format, end);
  if (before === after) return [{ start, end, offset: before }];

  let last = start;
  let first = end;
  while (first - last > SECOND_MS) {
    const middle = last + Math.floor((first - last) / 2 / SECOND_MS) * SECOND_MS;
    if (offsetAt(format, middle) === before) last = middle;
    else first = middle;
  }
  if (first === end) return [{ start, end, offset: before }];
  return [
    { start, end: first, offset: before },
    { start: first, end, offset: after },
  ];
}

function offsetAt(format: Intl.DateTimeFormat, instant: number): number {
  const wall = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of format.formatToParts(instant)) {
    if (type in wall) wall[type as keyof typeof wall] = Number(value);
  }
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second) - instant;
}

function formatOf(zone: string): Intl.DateTimeFormat | null {
  let format = formats.get(zone);
  if (format === undefined) {
    if (formats.size >= CACHED_ZONES) formats.clear();
    formats.set(zone, (format = makeFormat(zone)));
  }
  return format;
}

function makeFormat(zone: string): Intl.DateTimeFormat | null {
  // Node also takes bare offsets such as +02:00, which no change of the clocks would ever reach.
  if (!/^[A-Za-z]/.test(zone)) return null;
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  } catch {
    return null;
  }
}
