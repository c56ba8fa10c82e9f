import fc from 'fast-check';

import type { JsonObject } from '../platform/json.js';
import { readEvent } from './cloud-event.js';
import type { EventType } from './event-type.js';
import { cloudEventType, CORRECTED, eventTypeNamed, eventTypes, VOIDED } from './event-types.js';
import { exampleOf } from './interactions.examples.js';

const sale = exampleOf(eventTypes[0] as EventType);
const pointersOf = (event: unknown) => readEvent(event).errors.map(({ pointer }) => pointer);

describe('an event', () => {
  it.each(eventTypes.map((type) => [type.name, type] as const))('of type %s is read from its example', (name, type) => {
    const said = name === CORRECTED ? eventTypeNamed('loyalty.redeemed')! : type;
    expect(readEvent(exampleOf(type))).toMatchObject({
      errors: [],
      warnings: [],
      event: { type: said.name, stage: said.stage },
    });
  });

  it('names the stage of its type unless it says otherwise', () => {
    expect(readEvent({ ...sale, ccxstage: 'exploring' }).event?.stage).toBe('exploring');
  });

  it('ignores what it does not know around the data, and says so', () => {
    expect(readEvent({ ...sale, traceparent: '00-ab-cd-01' })).toMatchObject({
      errors: [],
      warnings: ['traceparent is not known and was ignored'],
    });
  });

  it.each<[string, JsonObject, string[]]>([
    ['an unknown type', { type: cloudEventType('web.hacked') }, ['/type']],
    ['a time without a zone', { time: '2026-11-20T17:42:00' }, ['/time']],
    ['a leap second', { time: '2026-12-31T23:59:60Z' }, ['/time']],
    [
      'half a time zone',
      { time: '2026-11-20T17:42:00+01', ccxsenttime: '2026-11-20T17:42:00+01' },
      ['/time', '/ccxsenttime'],
    ],
    ['an unknown touchpoint', { ccxtouchpoint: 'moon' }, ['/ccxtouchpoint']],
    ['another version of CloudEvents', { specversion: '0.3' }, ['/specversion']],
    ['an id that is empty', { id: '' }, ['/id']],
    ['data in base64', { data_base64: 'AA==', data: 'AA==' }, ['/data']],
  ])('is refused for %s', (_, change, expected) => {
    expect([...new Set(pointersOf({ ...sale, ...change }))]).toEqual(expected);
  });

  it.each<[string, (data: JsonObject) => JsonObject, string]>([
    ['an unknown currency', (data) => ({ ...data, currency: 'XXX' }), '/data/currency'],
    ['money that is no integer', (data) => ({ ...data, total: 1.5 }), '/data/total'],
    ['an unknown member', (data) => ({ ...data, cashier: 'Ann' }), '/data/cashier'],
    ['no lines', (data) => ({ ...data, lines: [] }), '/data/lines'],
    ['an unknown unit', (data) => ({ ...data, lines: [{ ...lineOf(data), unit: 'FURLONG' }] }), '/data/lines/0/unit'],
    [
      'a quantity of zero',
      (data) => ({ ...data, lines: [{ ...lineOf(data), quantity: '0.0' }] }),
      '/data/lines/0/quantity',
    ],
    [
      'a numeric quantity',
      (data) => ({ ...data, lines: [{ ...lineOf(data), quantity: 6 }] }),
      '/data/lines/0/quantity',
    ],
  ])('is refused for %s', (_, change, pointer) => {
    expect(pointersOf({ ...sale, data: change(sale.data as JsonObject) })).toContain(pointer);
  });

  it('is refused for more than 2 000 lines, with few words', () => {
    const line = lineOf(sale.data as JsonObject);
    const data = { ...(sale.data as JsonObject), lines: Array.from({ length: 2_001 }, () => ({ ...line, unit: '?' })) };
    expect(readEvent({ ...sale, data }).errors.length).toBeLessThanOrEqual(40);
  });

  it('is refused beyond 256 KiB, which 2 000 long lines can reach', () => {
    const product = { scheme: 'retailer', code: 'c'.repeat(64), category: 'c'.repeat(64) };
    const lines = Array.from({ length: 2_000 }, () => ({ ...lineOf(sale.data as JsonObject), product }));
    expect(readEvent({ ...sale, data: { ...(sale.data as JsonObject), lines } }).errors).toEqual([
      { pointer: '', detail: 'must not be larger than 262144 bytes' },
    ]);
  });

  it('corrects another under its own type, or as a correction: both say the same', () => {
    const right = { ...sale, id: 'right', ccxcorrects: 'wrong' };
    const correction = {
      ...right,
      type: cloudEventType(CORRECTED),
      data: { type: 'transaction.completed', data: sale.data! },
    };
    expect(readEvent(right).event).toMatchObject({ corrects: 'wrong', type: 'transaction.completed', data: sale.data });
    expect(readEvent(correction).event).toEqual(readEvent(right).event);
  });

  const correcting = (data: JsonObject) => ({ ...sale, type: cloudEventType(CORRECTED), ccxcorrects: 'wrong', data });
  it.each<[string, JsonObject, string[]]>([
    [
      'that names nothing',
      { ...correcting({ type: 'web.viewed', data: { page: 'home' } }), ccxcorrects: undefined! },
      ['/ccxcorrects'],
    ],
    ['of itself', { ...sale, ccxcorrects: sale.id! }, ['/ccxcorrects']],
    [
      'that voids',
      { ...sale, type: cloudEventType(VOIDED), ccxcorrects: 'wrong', data: { id: 'wrong' } },
      ['/ccxcorrects'],
    ],
    ['to a void', correcting({ type: VOIDED, data: { id: 'wrong' } }), ['/data/type']],
    ['to another correction', correcting({ type: CORRECTED, data: {} }), ['/data/type']],
    [
      'to what is not valid',
      correcting({ type: 'web.viewed', data: { page: 'moon', ip: '::1' } }),
      ['/data/data/ip', '/data/data/page'],
    ],
    ['without data', correcting({ type: 'web.viewed' }), ['/data/data']],
    ['of nothing at all', { ...correcting({}), data: null }, ['/data', '/data']],
  ])('is refused as a correction %s', (_, event, pointers) => {
    expect(pointersOf(event).toSorted()).toEqual(pointers);
  });

  it.each<[string, string, boolean]>([
    ['Rye bread, 500 g', 'a name', true],
    ['Wäscheleine “Bora” 20 m (grün)', 'letters and marks', true],
    ['72 SWEETHEART FAIRY CAKE CASES', 'a small number', true],
    ['ann@example.org', 'an address', false],
    ['4111 111111111111', 'a long number', false],
    ['<b>bread</b>', 'markup', false],
    [' bread', 'a space at its end', false],
    ['x'.repeat(61), 'too many letters', false],
  ])('may call a product %s: %s', (label, _, may) => {
    const data = { rating: 3, product: { scheme: 'retailer', code: 'B', label } };
    expect(pointersOf({ ...sale, type: cloudEventType('review.posted'), data })).toEqual(
      may ? [] : ['/data/product/label'],
    );
  });

  it('of any shape is either read or refused with reasons', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.jsonValue().map((data) => ({ ...sale, data })),
        ),
        (value) => {
          const { event, errors } = readEvent(value);
          expect(event === undefined).toBe(errors.length > 0);
        },
      ),
    );
  });
});

function lineOf(data: JsonObject): JsonObject {
  return (data.lines as JsonObject[])[0] as JsonObject;
}
