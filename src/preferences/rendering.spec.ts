import * as fc from 'fast-check';

import { effectivePreferences } from '../../test/support/arbitrary-effective.js';
import { refusedBy } from '../../test/support/target-schemas.js';
import type { JsonObject, JsonValue } from '../platform/json.js';
import { type Rendered, render, type RenderedFormat, renderedFormats } from './rendering.js';

const at = new Date('2026-11-22T09:30:00.412Z');
const source = 'https://ccx.example';

type Stated = Pick<Rendered['preferences'][number], 'attribute' | 'value'> & Partial<Rendered['preferences'][number]>;

function rendering(format: RenderedFormat, ...preferences: Stated[]): JsonObject {
  const rendered = render(format, {
    preferences: preferences.map((one) => ({ key: null, strength: 'want', ...one })),
    at,
    source,
  });
  expect(refusedBy(format, rendered)).toEqual([]);
  return rendered;
}

const marketing = (value: JsonObject): Stated => ({ attribute: 'contact.marketing', value });
const noAdvertising = { email: false, sms: false, phone: false, post: false, push: false };
const allAdvertising = { email: true, sms: true, phone: true, post: true, push: true };
const platform = (granted: boolean) => ({ granted, source: 'platform' });

describe('a rendering for UCP', () => {
  it('gives each channel as a segment, and grants the purpose only when every channel is open', () => {
    expect(rendering('ucp', marketing({ email: true, sms: false }))).toEqual({
      buyer: {
        consent: {
          'dev.ucp.consent.marketing': {
            ...platform(false),
            segments: {
              'dev.ucp.consent.marketing.email': platform(true),
              'dev.ucp.consent.marketing.sms': platform(false),
            },
          },
        },
      },
    });
    expect(rendering('ucp', marketing(allAdvertising))).toMatchObject({
      buyer: { consent: { 'dev.ucp.consent.marketing': platform(true) } },
    });
  });

  it('has personal recommendations as preferences, and nothing of what was not stated', () => {
    expect(rendering('ucp', { attribute: 'recommendations.personalised', value: { allowed: false } })).toEqual({
      buyer: { consent: { 'dev.ucp.consent.preferences': platform(false) } },
    });
    expect(rendering('ucp')).toEqual({ buyer: { consent: {} } });
  });

  it('is one boolean in the earlier versions, left out when it would say too much', () => {
    const marketingOf = (value: JsonObject) => rendering('ucp_2026_04_08', marketing(value));
    expect(marketingOf(allAdvertising)).toEqual({ buyer: { consent: { marketing: true } } });
    expect(marketingOf({ email: true, sms: false })).toEqual({ buyer: { consent: { marketing: false } } });
    expect(marketingOf({ email: true })).toEqual({ buyer: { consent: {} } });
    expect(marketingOf({ max_per_week: 0 })).toEqual({ buyer: { consent: { marketing: false } } });
  });
});

describe('a rendering for XDM', () => {
  it('says y or n of the channels that were spoken of', () => {
    expect(rendering('xdm', marketing({ email: true, push: false, phone: true }))).toEqual({
      consents: {
        marketing: { email: { val: 'y' }, push: { val: 'n' } },
        metadata: { time: '2026-11-22T09:30:00.412Z' },
      },
    });
  });

  it('says it of any channel when all are open or none is', () => {
    expect(rendering('xdm', marketing(noAdvertising))).toMatchObject({
      consents: { marketing: { any: { val: 'n' } } },
    });
    expect(rendering('xdm', marketing(allAdvertising))).toMatchObject({
      consents: { marketing: { any: { val: 'y' } } },
    });
    expect(rendering('xdm', marketing({ email: false, topics: [] }))).toMatchObject({
      consents: { marketing: { any: { val: 'n' }, sms: { val: 'n' } } },
    });
  });

  it('has the topics as subscriptions of what is open', () => {
    const { consents } = rendering('xdm', marketing({ email: true, sms: false, topics: ['offers'] }));
    expect(consents).toMatchObject({
      marketing: { email: { subscriptions: { offers: { val: 'y' }, surveys: { val: 'n' } } }, sms: { val: 'n' } },
    });
    expect(consents).not.toHaveProperty('marketing.sms.subscriptions');
  });

  it('names the language that is wanted most, unless two are wanted alike', () => {
    const spoken = (language: string, more: Partial<Stated> = {}): Stated => ({
      attribute: 'language.spoken',
      key: language,
      value: { language },
      ...more,
    });
    expect(rendering('xdm', spoken('de'), spoken('en', { strength: 'must' }))).toEqual({ preferredLanguage: 'en' });
    expect(rendering('xdm', spoken('de', { weight: 80 }), spoken('en'))).toEqual({ preferredLanguage: 'de' });
    expect(rendering('xdm', spoken('de'), spoken('en'))).toEqual({});
    expect(rendering('xdm', spoken('de', { strength: 'avoid' }))).toEqual({});
  });
});

describe('a rendering for Salesforce', () => {
  const statuses = (rendered: JsonObject) =>
    Object.fromEntries(
      (rendered.records as JsonObject[]).map(({ Name, PrivacyConsentStatus }) => [Name, PrivacyConsentStatus]),
    );

  it('has a consent for each subscription and channel, captured where and when it was read', () => {
    const rendered = rendering('salesforce', marketing({ email: true, sms: false }), {
      attribute: 'contact.service',
      value: { post: true },
    });
    expect(statuses(rendered)).toEqual({
      'contact.marketing email': 'OptIn',
      'contact.marketing sms': 'OptOut',
      'contact.service post': 'OptIn',
    });
    expect((rendered.records as JsonValue[])[0]).toEqual({
      attributes: { type: 'CommSubscriptionConsent' },
      Name: 'contact.marketing email',
      CommSubscriptionChannelType: {
        Name: 'contact.marketing email',
        CommunicationSubscription: { Name: 'contact.marketing' },
        EngagementChannelType: { Name: 'Email', ContactPointType: 'Email' },
      },
      PrivacyConsentStatus: 'OptIn',
      ConsentCapturedDateTime: '2026-11-22T09:30:00.412Z',
      ConsentCapturedSource: source,
      EffectiveFromDate: '2026-11-22',
    });
  });

  it('tells the topics of an open channel apart, once some were chosen', () => {
    expect(
      statuses(rendering('salesforce', marketing({ email: true, push: false, topics: ['offers'] }))),
    ).toMatchObject({
      'contact.marketing.offers email': 'OptIn',
      'contact.marketing.surveys email': 'OptOut',
      'contact.marketing push': 'OptOut',
    });
  });
});

describe('a rendering for schema.org', () => {
  it('is a person, with what they speak, belong to and look for', () => {
    const rendered = rendering(
      'schema_org',
      { attribute: 'language.spoken', key: 'de', value: { language: 'de', level: 'native' } },
      { attribute: 'loyalty.membership', key: 'green points', value: { programme: 'Green Points', member_id: '4711' } },
      { attribute: 'size.footwear', key: 'EUROPE', value: { system: 'EUROPE', size: '42.5' } },
      { attribute: 'payment.preference', key: 'cash', value: { method: 'cash' } },
      { attribute: 'fulfilment.delivery', value: { method: 'pickup' } },
    );
    expect(rendered).toEqual({
      '@context': 'https://schema.org',
      '@type': 'Person',
      knowsLanguage: ['de'],
      memberOf: [{ '@type': 'ProgramMembership', programName: 'Green Points', membershipNumber: '4711' }],
      seeks: [
        {
          '@type': 'Demand',
          itemOffered: {
            '@type': 'Product',
            category: 'footwear',
            size: {
              '@type': 'SizeSpecification',
              name: '42.5',
              sizeSystem: 'https://schema.org/WearableSizeSystemEurope',
            },
          },
        },
        {
          '@type': 'Demand',
          acceptedPaymentMethod: { '@type': 'PaymentMethod', paymentMethodType: 'https://schema.org/Cash' },
        },
        { '@type': 'Demand', availableDeliveryMethod: 'https://schema.org/OnSitePickup' },
      ],
    });
  });

  it('leaves out what is avoided, and what schema.org has no word for', () => {
    const rendered = rendering(
      'schema_org',
      { attribute: 'brand.affinity', key: 'acme', value: { brand: 'Acme' }, strength: 'avoid' },
      { attribute: 'food.allergen', key: 'AP', value: { code: 'AP' }, strength: 'never' },
      { attribute: 'food.diet', key: 'WITHOUT_BEEF', value: { code: 'WITHOUT_BEEF' }, strength: 'must' },
      { attribute: 'loyalty.membership', key: 'green points', value: { programme: 'Green Points' } },
      marketing({ email: true }),
    );
    expect(rendered).toEqual({ '@context': 'https://schema.org', '@type': 'Person' });
  });
});

describe('every rendering', () => {
  const runs = { numRuns: 1_000 };
  const all = (preferences: Rendered['preferences']) =>
    renderedFormats.map((format) => ({ format, rendered: render(format, { preferences, at, source }) }));

  it('is as its target demands, whatever holds', () => {
    fc.assert(
      fc.property(effectivePreferences, (preferences) => {
        for (const { format, rendered } of all(preferences)) expect(refusedBy(format, rendered)).toEqual([]);
      }),
      runs,
    );
  });

  it('is the rendering of each attribute by itself: none shows through another', () => {
    fc.assert(
      fc.property(effectivePreferences, (preferences) => {
        for (const { format, rendered } of all(preferences)) {
          const told = leaves(rendered);
          const apart = new Set(
            [...new Set(preferences.map(({ attribute }) => attribute))].flatMap((attribute) =>
              leaves(
                render(format, { preferences: preferences.filter((one) => one.attribute === attribute), at, source }),
              ),
            ),
          );
          const nothing = leaves(render(format, { preferences: [], at, source }));
          expect(told.filter((leaf) => !apart.has(leaf) && !nothing.includes(leaf))).toEqual([]);
        }
      }),
      runs,
    );
  });

  it('says yes of a channel only where that was stated, and contact is not closed altogether', () => {
    fc.assert(
      fc.property(effectivePreferences, (preferences) => {
        const value = preferences.find(({ attribute }) => attribute === 'contact.marketing')?.value as
          JsonObject | undefined;
        const closed = value?.max_per_week === 0 || (value?.topics as string[] | undefined)?.length === 0;
        const open = Object.entries(value ?? {}).flatMap(([channel, said]) =>
          said === true && !closed ? channel : [],
        );
        for (const { format, rendered } of all(preferences)) {
          expect(open).toEqual(expect.arrayContaining(yesIn(format, rendered)));
        }
      }),
      runs,
    );
  });
});

/** Every value in a document, with its place less the numbers of list items. */
function leaves(value: JsonValue, place = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => leaves(item, `${place}/*`));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, item]) => leaves(item, `${place}/${name}`));
  }
  return [`${place} ${JSON.stringify(value)}`];
}

const everyChannel = ['email', 'sms', 'phone', 'post', 'push'];

/** The channels of marketing of which a rendering says yes. */
function yesIn(format: RenderedFormat, rendered: JsonObject): string[] {
  switch (format) {
    case 'schema_org':
      return [];
    case 'ucp_2026_04_08': {
      const { consent } = rendered.buyer as { consent: JsonObject };
      return consent.marketing === true ? everyChannel : [];
    }
    case 'ucp': {
      const { consent } = rendered.buyer as { consent: Record<string, { granted: boolean; segments?: JsonObject }> };
      const { granted, segments = {} } = consent['dev.ucp.consent.marketing'] ?? { granted: false };
      const inSegments = Object.entries(segments as Record<string, { granted: boolean }>).flatMap(([name, one]) =>
        one.granted ? name.split('.').at(-1)! : [],
      );
      return granted ? everyChannel : inSegments;
    }
    case 'xdm': {
      const { marketing: said = {} } = (rendered.consents ?? {}) as { marketing?: Record<string, { val: string }> };
      return Object.entries(said).flatMap(([name, { val }]) =>
        val !== 'y' ? [] : name === 'any' ? everyChannel : name,
      );
    }
    case 'salesforce':
      return (rendered.records as { Name: string; PrivacyConsentStatus: string }[]).flatMap((record) =>
        record.PrivacyConsentStatus === 'OptIn' && record.Name.startsWith('contact.marketing')
          ? record.Name.split(' ')[1]!
          : [],
      );
  }
}
