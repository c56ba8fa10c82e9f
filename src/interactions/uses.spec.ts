import { usesOf } from './uses.js';

const sale = { type: 'transaction.completed', standing: 'standing', touchpoint: 'till', data: {} } as const;
const offer = { ...sale, type: 'promotion.offered', touchpoint: 'web' } as const;

describe('what an event feeds', () => {
  it('is nothing unless it stands', () => {
    for (const standing of ['voided', 'corrected', 'disputed'] as const) {
      expect(usesOf({ ...sale, standing }, true)).toEqual([]);
    }
    expect(usesOf({ ...sale, type: 'event.voided' }, true)).toEqual([]);
    expect(usesOf(sale, true)).toEqual(['summary', 'journeys', 'chains', 'suggestions', 'demand']);
    expect(usesOf(sale, false)).not.toContain('demand');
    expect(usesOf({ ...sale, type: 'survey.answered' }, true)).not.toContain('chains');
  });

  it('is the limit of contacts when it is an offer that sought the customer out', () => {
    expect(usesOf(offer, true)).not.toContain('contact_limits');
    expect(usesOf({ ...offer, touchpoint: 'email' }, true)).toContain('contact_limits');
    expect(usesOf({ ...offer, data: { channel: 'push' } }, true)).toContain('contact_limits');
    expect(usesOf({ ...sale, data: { channel: 'push' } }, true)).not.toContain('contact_limits');
  });
});
