import { readEvent } from '../../interactions/cloud-event.js';
import { Batches, toCloudEvent } from './cloud-events.js';
import type { PlannedEvent } from './dataset.js';

const event: PlannedEvent = {
  retailer: 'A',
  customer: '17850',
  source: 'https://albatross-gifts.example/shop',
  id: 'C536379',
  type: 'event.voided',
  touchpoint: 'returns',
  at: Date.parse('2010-12-01T09:41:00Z'),
  data: { id: '536365', reason: 'cancelled' },
};

describe('a planned event', () => {
  it('is sent as an event that the service reads, some days later', () => {
    expect(readEvent(JSON.parse(toCloudEvent(event, 'p1subject', 5_000)))).toMatchObject({
      errors: [],
      warnings: [],
      event: { id: 'C536379', type: 'event.voided', subject: 'p1subject', time: new Date('2024-08-09T09:41:00Z') },
    });
  });
});

describe('batches', () => {
  it('take 500 events', () => {
    const batches = new Batches();
    const full = Array.from({ length: 501 }, (_, index) => batches.add(String(index), '{}')).filter(Boolean);
    expect(full.map((batch) => batch?.ids.length)).toEqual([500]);
    expect(batches.flush()).toEqual({ ids: ['500'], body: '[{}]' });
    expect(batches.flush()).toBeUndefined();
  });

  it('take no more than 1 MiB, to the byte', () => {
    const batches = new Batches();
    const half = 'x'.repeat(524_286);
    expect(batches.add('a', half)).toBeUndefined();
    expect(batches.add('b', half.slice(1))).toBeUndefined();
    expect(Buffer.byteLength(batches.add('c', '{}')?.body ?? '')).toBe(1_048_574);

    batches.flush();
    batches.add('a', half);
    expect(batches.add('b', `${half}x`)).toBeUndefined();
    expect(Buffer.byteLength(batches.flush()?.body ?? '')).toBe(1_048_576);
  });
});
