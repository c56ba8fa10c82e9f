import * as fc from 'fast-check';

import type { Circumstances } from '../../src/consents/covers.js';
import {
  type AskedDetail,
  type AskedSpecial,
  type AskedSpecialProducts,
  type ConsentDetail,
  deliveries,
  type Delivery,
  isReporting,
  isSpecialDetail,
  longestLifeDays,
  type PreferencesDetail,
} from '../../src/consents/detail.js';
import { eventTypes } from '../../src/consents/event-types.js';
import type { Approval, Kept } from '../../src/consents/narrowing.js';
import { specialClasses } from '../../src/consents/special-products.js';
import { purposes, stages, touchpoints } from '../../src/vocabulary/code-lists.js';

// Few of each, so that lines often overlap.
const attributes = ['contact.marketing', 'contact.service', 'size.apparel', 'size.footwear'];
const specialAttributes = ['food.allergen', 'food.diet'];
const organisations = ['Parcel Service', 'Review House'];
const places = touchpoints.slice(0, 3);
const reasons = purposes.slice(0, 3);
const events = eventTypes.slice(0, 3);

/** The moment at which things are decided. */
export const NOW = new Date('2026-11-21T09:30:00.000Z');
const daysFromNow = (days: number) => new Date(NOW.getTime() + days * 86_400_000).toISOString();

const some = <T>(from: readonly T[]) => fc.subarray([...from], { minLength: 1 });
const common = { id: fc.uuid(), purposes: some(reasons), touchpoints: some(places) };

const preferences = {
  ...common,
  type: fc.constant('ccx_preferences' as const),
  attributes: some(attributes),
  stages: some(stages),
  delivery: some(deliveries),
  retention: fc.constantFrom('P1D', 'P30D', 'P90D'),
  recipients: fc.subarray(organisations),
};
const { recipients: _, ...withoutRecipients } = preferences;
const special = {
  ...withoutRecipients,
  type: fc.constant('ccx_preferences_special' as const),
  attributes: fc.constantFrom(...specialAttributes).map((path) => [path]),
  purposes: fc.constantFrom(...reasons).map((purpose) => [purpose]),
  delivery: fc.constant<Delivery[]>(['live']),
};
const interactions = {
  ...common,
  type: fc.constant('ccx_interactions' as const),
  event_types: some(events),
  late_reporting: fc.constantFrom('P1D', 'P3D'),
};
const specialProducts = {
  ...interactions,
  type: fc.constant('ccx_interactions_special' as const),
  products: fc.constantFrom(...specialClasses.slice(0, 2)).map((product) => [product]),
  purposes: special.purposes,
};

/** A line of those that are asked for together. */
export const askedDetail: fc.Arbitrary<AskedDetail> = fc.oneof(
  fc.record(preferences),
  fc.record(
    { ...interactions, since: fc.constantFrom('P30D', 'P400D', '2026-11-01') },
    { requiredKeys: ['id', 'type', 'purposes', 'touchpoints', 'event_types', 'late_reporting'] },
  ),
);

const askedSpecial: fc.Arbitrary<AskedSpecial | AskedSpecialProducts> = fc.oneof(
  fc.record(special),
  fc.record(specialProducts),
);

const expires_at = fc.constantFrom(-5, 1, 30, 365).map(daysFromNow);

export const preferencesDetail: fc.Arbitrary<PreferencesDetail> = fc.record({ ...preferences, expires_at });

export const consentDetail: fc.Arbitrary<ConsentDetail> = fc.oneof(
  preferencesDetail,
  fc.record({ ...special, expires_at, statement: fc.constant<string>('the hash of a statement') }),
  fc.record({ ...interactions, since: fc.constantFrom(-400, -30, 0).map(daysFromNow), expires_at }),
  fc.record({
    ...specialProducts,
    since: fc.constantFrom(-30, 0).map(daysFromNow),
    expires_at,
    statement: fc.constant<string>('the hash of a statement'),
  }),
);

/** Several lines, each with an id of its own. */
export const linesOf = <T extends { id: string }>(line: fc.Arbitrary<T>, maxLength = 4): fc.Arbitrary<T[]> =>
  fc.uniqueArray(line, { minLength: 1, maxLength, selector: ({ id }) => id });

/** All that one request may ask for: ordinary lines together, or a special one alone. */
export const askedDetails: fc.Arbitrary<AskedDetail[]> = fc.oneof(
  linesOf(askedDetail),
  askedSpecial.map((line) => [line]),
);

/** The hash of the statement that is shown with these lines. */
export const statementOf = (asked: readonly AskedDetail[]): string | undefined =>
  asked.some(isSpecialDetail) ? 'the hash of the statement' : undefined;

export const attribute = fc.constantFrom(...attributes, ...specialAttributes);

export const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  purpose: fc.constantFrom(...reasons),
  touchpoint: fc.constantFrom(...places),
  stage: fc.constantFrom(null, ...stages),
  delivery: fc.constantFrom(...deliveries),
});

export const report = fc.record({
  eventType: fc.constantFrom(...events),
  touchpoint: fc.constantFrom(...places),
  occurredAt: fc.integer({ min: -410, max: 400 }).map((days) => new Date(daysFromNow(days))),
  arrivedAt: fc.integer({ min: 0, max: 400 }).map((days) => new Date(daysFromNow(days))),
});

/** What a customer may keep of these lines: any of them, any part of each, for any shorter time. */
export const approvalOf = (asked: readonly AskedDetail[], lifetimeDays: number): fc.Arbitrary<Approval> =>
  fc.record(
    {
      decision: fc.constant('approve' as const),
      items: fc
        .tuple(...asked.map((detail) => fc.option(keptOf(detail), { nil: undefined })))
        .map((kept) => kept.filter((item) => item !== undefined)),
      expiresAt: fc
        .integer({ min: 1, max: Math.min(lifetimeDays, longestLifeDays(asked)) })
        .map((days) => new Date(daysFromNow(days))),
      statement: fc.constant(statementOf(asked)),
    },
    { requiredKeys: ['decision', 'statement'] },
  );

/** Any part of a line. */
export function keptOf(detail: AskedDetail): fc.Arbitrary<Kept> {
  const id = fc.constant(detail.id);
  const touchpointsKept = fc.subarray<string>(detail.touchpoints);
  return isReporting(detail)
    ? fc.record(
        { id, touchpoints: touchpointsKept, event_types: fc.subarray<string>(detail.event_types) },
        { requiredKeys: ['id'] },
      )
    : fc.record(
        {
          id,
          touchpoints: touchpointsKept,
          attributes: fc.subarray(detail.attributes),
          stages: fc.subarray<string>(detail.stages),
        },
        { requiredKeys: ['id'] },
      );
}
