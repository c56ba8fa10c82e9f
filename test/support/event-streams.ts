import fc from 'fast-check';

import { cloudEventType } from '../../src/interactions/event-types.js';
import type { JsonObject } from '../../src/platform/json.js';
import type { NaiveEvent } from '../naive/standing.js';

const HOUR = 3_600_000;

/** Ids of events. The order of their bytes is neither that of their lengths nor that of their UTF-16. */
const names = ['a', 'b', 'Z', '10', '9', 'é', '\uffff', '😀', 'aa', 'a ', 'ß', '0'] as const;
const sources = ['/tills/1', '/tills/2'] as const;
const kinds = ['sale', 'medicine', 'return', 'offer', 'void', 'void elsewhere', 'correction', 'corrected'] as const;
/** Hours ago: on three days, and often at the same instant. */
const times = [1, 1, 2, 30, 30, 60] as const;

/** What happened to one of two customers, without its place in a stream. */
interface Happening {
  readonly customer: 0 | 1;
  readonly source: 0 | 1;
  readonly kind: (typeof kinds)[number];
  readonly hoursAgo: number;
  /** Which event a void or a correction is about; it may not be there. */
  readonly target: number;
}

/** Happenings, each of which gets an id of its own. */
export const streams: fc.Arbitrary<Happening[]> = fc.array(
  fc.record({
    customer: fc.constantFrom<(0 | 1)[]>(0, 0, 1),
    source: fc.constantFrom<(0 | 1)[]>(0, 0, 0, 1),
    kind: fc.constantFrom(...kinds),
    hoursAgo: fc.constantFrom(...times),
    target: fc.nat(names.length - 1),
  }),
  { minLength: 1, maxLength: names.length },
);

/** In which order, how often and in what parts a stream is sent. */
export interface Delivery {
  readonly copies: readonly number[];
  readonly order: readonly number[];
  readonly parts: readonly { readonly size: number; readonly form: 'batch' | 'lines' | 'single' }[];
}

const MOST = 2 * names.length;
export const deliveries: fc.Arbitrary<Delivery> = fc.record({
  copies: fc.array(fc.nat(names.length - 1), { maxLength: names.length }),
  order: fc.array(fc.nat(1_000), { minLength: MOST, maxLength: MOST }),
  parts: fc.array(
    fc.record({ size: fc.integer({ min: 1, max: 6 }), form: fc.constantFrom('batch', 'lines', 'single') }),
    { minLength: MOST, maxLength: MOST },
  ),
});

/** An event of a stream, as it is sent, and as much of it as decides how it stands. */
export interface Streamed {
  readonly customer: 0 | 1;
  readonly event: JsonObject;
  readonly naive: NaiveEvent;
  readonly isVoid: boolean;
  readonly data: JsonObject;
}

const sale = (product: JsonObject): JsonObject => ({ currency: 'GBP', lines: [{ product, quantity: '1' }] });
const milk = { scheme: 'retailer', code: '85123A' };
const pills: JsonObject = { scheme: 'retailer', code: '999', label: 'Pills', special: 'pharmacy' };

/** The events of a stream, whose ids begin with a prefix. */
export function eventsOf(stream: readonly Happening[], subjects: readonly string[], prefix: string, now: Date) {
  return stream.map(({ customer, source, kind, hoursAgo, target }, index): Streamed => {
    const id = prefix + (names[index] as string);
    const time = new Date(now.getTime() - hoursAgo * HOUR);
    const about = prefix + (names[target] as string);
    const isVoid = kind.startsWith('void');
    const elsewhere = kind === 'void elsewhere';
    // An event that would correct itself is no correction.
    const corrects = kind.startsWith('correct') && about !== id ? about : undefined;
    const type = { return: 'return.completed', offer: 'promotion.offered' }[kind as string] ?? 'transaction.completed';
    const voids = { source: sources[elsewhere ? 1 - source : source] as string, id: about };
    const sent = isVoid
      ? { id: about, ...(elsewhere && { source: voids.source }) }
      : kind === 'offer'
        ? { campaign: 'spring' }
        : sale(kind === 'medicine' ? pills : { ...milk, code: `p${index}` });
    const isWrapped = kind === 'corrected' && corrects !== undefined;
    return {
      customer,
      isVoid,
      naive: {
        id,
        source: sources[source],
        time,
        ...(isVoid && { voids }),
        ...(corrects !== undefined && { corrects }),
      },
      data: kind === 'medicine' ? sale({ category: 'withheld' }) : sent,
      event: {
        specversion: '1.0',
        id,
        source: sources[source],
        type: cloudEventType(isVoid ? 'event.voided' : isWrapped ? 'event.corrected' : type),
        subject: subjects[customer] as string,
        time: time.toISOString(),
        ccxtouchpoint: kind === 'offer' ? 'email' : 'till',
        ...(corrects !== undefined && { ccxcorrects: corrects }),
        data: isWrapped ? { type, data: sent } : sent,
      },
    };
  });
}

/** The parts in which events are sent: in another order, some of them again. */
export function partsOf(events: readonly Streamed[], { copies, order, parts }: Delivery) {
  const again = copies.flatMap((index) => events[index] ?? []);
  const left = [...events, ...again]
    .map((event, index) => ({ event, at: order[index] as number }))
    .sort((a, b) => a.at - b.at)
    .map(({ event }) => event);
  return parts.flatMap(({ size, form }) => {
    const part = left.splice(0, form === 'single' ? 1 : size);
    return part.length > 0 ? [{ form, part }] : [];
  });
}
