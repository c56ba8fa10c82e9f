// A file of events of which some lines are wrong, in ten ways in turn, and what has to become of each line. For the
// bench and, smaller, for the tests.

/** What a line that is wrong in this way has to be called; the first is that of the lines that are right. */
export const outcomes = [
  { outcome: 'stored' },
  { outcome: 'rejected', code: 'invalid-event' }, // no JSON
  { outcome: 'rejected', code: 'invalid-event' }, // no UTF-8
  { outcome: 'rejected', code: 'invalid-event' }, // a member that is missing
  { outcome: 'rejected', code: 'invalid-event' }, // no such kind of event
  { outcome: 'rejected', code: 'invalid-event' }, // a member that does not belong there
  { outcome: 'rejected', code: 'event-in-future' },
  { outcome: 'rejected', code: 'event-too-old' },
  { outcome: 'rejected', code: 'no-consent-at-time' }, // a customer that nobody has
  { outcome: 'rejected', code: 'outside-consent' }, // a touchpoint that was not agreed to
  { outcome: 'conflict', code: 'event-conflict' }, // the id of the line before
];

const DAY_MS = 86_400_000;

/**
 * The lines of such a file, as bytes, one after the other.
 *
 * @param {{lines: number, wrongEach: number, subjects: readonly string[], now: Date}} plan
 */
export function* bulkLines({ lines, wrongEach, subjects, now }) {
  for (let line = 1; line <= lines; line++) {
    const event = eventOf(line, subjects, now);
    if (line % wrongEach !== 0) yield bytesOf(event);
    else yield wrong(wayOf(line, wrongEach), event, { before: eventOf(line - 1, subjects, now), now });
  }
}

/** What has to become of a line. */
export function expectedOf(line, wrongEach) {
  return line % wrongEach === 0 ? outcomes[wayOf(line, wrongEach)] : outcomes[0];
}

/** In which of the ten ways a line is wrong, from 1. */
function wayOf(line, wrongEach) {
  return ((line / wrongEach - 1) % (outcomes.length - 1)) + 1;
}

function eventOf(line, subjects, now) {
  return {
    specversion: '1.0',
    id: `sale-${line}`,
    source: `/tills/${line % 40}`,
    type: 'org.ccx.interaction.transaction.completed.v1',
    subject: subjects[line % subjects.length],
    time: new Date(now.getTime() - 60_000 - (line % 1_000)).toISOString(),
    ccxtouchpoint: 'till',
    data: {
      currency: 'EUR',
      total: line,
      lines: [
        { product: { scheme: 'retailer', code: '85123A', category: 'DAIRY' }, quantity: '6', unit_price: 255 },
        { product: { scheme: 'retailer', code: `${20_000 + (line % 5_000)}` }, quantity: '1', unit_price: 1_275 },
      ],
    },
  };
}

function wrong(way, event, { before, now }) {
  switch (way) {
    case 1:
      return Buffer.from('{"specversion": "1.0", "id":\n');
    case 2:
      return Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}\n')]);
    case 3:
      return bytesOf({ ...event, source: undefined });
    case 4:
      return bytesOf({ ...event, type: 'org.ccx.interaction.transaction.imagined.v1' });
    case 5:
      return bytesOf({ ...event, data: { ...event.data, cashier: 'Jones' } });
    case 6:
      return bytesOf({ ...event, time: new Date(now.getTime() + DAY_MS).toISOString() });
    case 7:
      return bytesOf({ ...event, time: new Date(now.getTime() - 401 * DAY_MS).toISOString() });
    case 8:
      return bytesOf({ ...event, subject: 'p1Zk3vQy0mBq9cJ2hT5xWnLg' });
    case 9:
      return bytesOf({ ...event, ccxtouchpoint: 'app' });
    default:
      return bytesOf({ ...before, data: { ...before.data, total: 0 } });
  }
}

function bytesOf(event) {
  return Buffer.from(`${JSON.stringify(event)}\n`);
}
