import type { AskedDetail } from '../../consents/detail.js';
import { choiceOf, leftOf } from './choice.js';

const now = new Date('2026-11-22T12:00:00Z');
const details = [
  { id: 'a', type: 'ccx_preferences', attributes: ['size.footwear', 'contact.service'], touchpoints: ['till', 'web'] },
  { id: 'b', type: 'ccx_interactions', event_types: ['transaction.completed'], touchpoints: ['till'] },
] as unknown as AskedDetail[];
const request = { details, lifetimeDays: 90 };

describe('what the form of the consent page says', () => {
  it('is a refusal unless it is the button that allows', () => {
    for (const form of [{}, { decision: 'refuse' }, { decision: ['approve', 'refuse'] }, { decision: 'Approve' }]) {
      expect(choiceOf(form, request, now)).toEqual({ decision: 'refuse' });
    }
  });

  it('keeps what is ticked, line by line', () => {
    const form = { decision: 'approve', item: ['a size.footwear', 'b transaction.completed'], touchpoint: 'a till' };
    expect(choiceOf(form, request, now)).toEqual({
      decision: 'approve',
      items: [
        { id: 'a', attributes: ['size.footwear'], touchpoints: ['till'] },
        { id: 'b', event_types: ['transaction.completed'], touchpoints: [] },
      ],
    });
  });

  it('leaves nothing in any line of what was unticked, where a box speaks for all of them', () => {
    const lines = [...details, { ...details[0]!, id: 'c', touchpoints: ['till', 'app'] }] as AskedDetail[];
    const form = {
      item: ['ccx_preferences contact.service'],
      touchpoint: ['ccx_preferences till', 'ccx_preferences app'],
    };
    expect(leftOf(form, lines)).toEqual([
      { id: 'a', attributes: ['contact.service'], touchpoints: ['till'] },
      { id: 'b', event_types: [], touchpoints: [] },
      { id: 'c', attributes: ['contact.service'], touchpoints: ['till', 'app'] },
    ]);
  });

  it('ends earlier when a shorter time is chosen, and never later', () => {
    const expiry = (days: string) => {
      const choice = choiceOf({ decision: 'approve', days }, request, now);
      return 'expiresAt' in choice ? choice.expiresAt : undefined;
    };
    expect(expiry('7')).toEqual(new Date('2026-11-29T12:00:00Z'));
    for (const days of ['90', '400', '0', '-1', 'x', '']) expect(expiry(days)).toBeUndefined();
  });
});
