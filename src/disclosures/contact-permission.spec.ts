import * as fc from 'fast-check';

import { documentsOf, vocabulary } from '../../test/support/arbitrary-preferences.js';
import type { JsonValue } from '../platform/json.js';
import type { Preference } from '../preferences/preference.js';
import { resolve } from '../preferences/resolve.js';
import { contactPermission, type ContactTerms, contactTerms } from './contact-permission.js';

const question = { channel: 'email', topic: 'offers' } as const;
const none = { own: 0, others: 0, ownFewerAt: null };
const may = (terms: ContactTerms, contacts: object = {}, forEveryone: ContactTerms = terms) =>
  contactPermission(terms, forEveryone, { ...none, ...contacts }, question).mayContact;

describe('whether a customer may be contacted', () => {
  it('takes a clear yes to the channel, and to the topic where some are named', () => {
    expect(may({ email: true })).toBe(true);
    expect(may({ email: true, topics: ['events', 'offers'] })).toBe(true);
    expect(may({ email: true, topics: ['events'] })).toBe(false);
    expect(may({ email: true, topics: [] })).toBe(false);
    for (const terms of [{}, { email: false }, { sms: true }]) expect(may(terms)).toBe(false);
  });

  it('is a no once as many contacts were made as the retailer, or all of them, may make', () => {
    expect(may({ email: true, max_per_week: 2 }, { own: 1 })).toBe(true);
    expect(may({ email: true, max_per_week: 2 }, { own: 2 })).toBe(false);
    expect(may({ email: true, max_per_week: 2 }, { own: 1, others: 1 })).toBe(false);
    expect(may({ email: true, max_per_week: 1 }, { own: 0, others: 3 }, { max_per_week: 4 })).toBe(true);
    expect(may({ email: true, max_per_week: 1 }, { own: 0, others: 4 }, { max_per_week: 4 })).toBe(false);
    expect(may({ email: true, max_per_week: 0 })).toBe(false);
  });

  it('is not limited by what others do for a retailer that is excepted', () => {
    expect(may({ email: true, max_per_week: 9 }, { own: 3, others: 9 }, { max_per_week: 2 })).toBe(true);
    expect(may({ email: true }, { own: 3, others: 9 }, { max_per_week: 2 })).toBe(true);
    expect(may({ email: true, max_per_week: 9 }, { own: 9 }, { max_per_week: 2 })).toBe(false);
  });

  it('is a bare yes or no where nothing else is told, whatever the topic is, and still no more often than allowed', () => {
    const asked = (terms: ContactTerms, own = 0) =>
      contactPermission(terms, terms, { ...none, own }, question, 'yes_or_no');
    const [yes, no] = [true, false].map((mayContact) => ({ mayContact, maxPerWeek: null, remaining: null }));
    expect(asked({ email: true, topics: ['events'], max_per_week: 2 })).toEqual(yes);
    expect(asked({ email: true, max_per_week: 2 }, 2)).toEqual(no);
    expect(asked({ email: false, max_per_week: 2 })).toEqual(no);
  });

  it('shows of what others do nothing but the no', () => {
    const limit = fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined });
    const terms = fc.record({ email: fc.boolean(), max_per_week: limit });
    const count = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(terms, terms, count, count, (own, everyone, made, others) => {
        const alone = contactPermission(own, everyone, { ...none, own: made }, question);
        const among = contactPermission(own, everyone, { ...none, own: made, others }, question);
        expect({ ...among, mayContact: alone.mayContact }).toEqual(alone);
        if (among.mayContact) expect(alone.mayContact).toBe(true);
      }),
    );
  });
});

describe('quiet hours', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const says = (id: string, value: JsonValue, context?: Preference['context']): Preference => ({
    id,
    attribute: 'contact.marketing',
    key: null,
    value,
    strength: 'must',
    applies_to: { level: 'everyone' },
    ...(context && { context }),
    provenance: { kind: 'stated', source: 'customer', at },
    status: 'active',
    version: 1,
    recorded_at: at,
    updated_at: at,
  });
  const documents = documentsOf([
    says('open', { email: true }),
    says('quiet', { email: false }, { time: { time_zone: 'Europe/Berlin', from: '21:00', to: '08:00' } }),
  ]);
  const questionAt = (instant: string) => ({
    retailer: 'a0000000-0000-7000-8000-00000000000a',
    sectors: ['grocery'],
    touchpoint: 'email',
    stage: null,
    place: null,
    occasion: null,
    at: new Date(instant),
  });

  it.each([
    ['before they begin', '2026-07-06T18:59:59Z', true, '2026-07-06T19:00:00Z'],
    ['in the evening', '2026-07-06T19:00:00Z', false, '2026-07-07T06:00:00Z'],
    ['after midnight', '2026-07-06T23:30:00Z', false, '2026-07-07T06:00:00Z'],
    ['when they are over', '2026-07-07T06:00:00Z', true, '2026-07-07T19:00:00Z'],
    ['in the night that is an hour shorter', '2026-03-28T20:00:00Z', false, '2026-03-29T06:00:00Z'],
    ['in the night that is an hour longer', '2026-10-24T19:00:00Z', false, '2026-10-25T07:00:00Z'],
  ])('%s (%s) mean that contact is allowed: %s, until %s', (_, instant, allowed, until) => {
    expect(may(contactTerms(documents, vocabulary, questionAt(instant)))).toBe(allowed);
    expect(resolve(documents, vocabulary, questionAt(instant)).valid_until).toEqual(new Date(until));
  });
});
