import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { JsonObject } from '../platform/json.js';
import { ccxCore100 } from '../vocabulary/ccx-core/1.0.0.js';
import { purposes } from '../vocabulary/code-lists.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';
import type { ConsentDetail } from './detail.js';
import { eventTypes } from './event-types.js';
import { specialClasses } from './special-products.js';
import { receiptFor, type ReceiptFacts } from './receipt.js';
import { RECEIPT_SCHEMA_FILE, receiptSchema } from './receipt-schema.js';
import { receiptEvents } from './stored-receipt.entity.js';

const root = join(__dirname, '..', '..');
const vocabulary = new Vocabulary(ccxCore100);
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });
addFormats.default(ajv);
const validate = ajv.compile(receiptSchema);

/** What is wrong with a receipt; nothing, as a rule. */
const faultsOf = (receipt: JsonObject) => (validate(receipt) ? [] : validate.errors);

const id = (digit: number) => `019aa7c9-0b72-7e18-8c55-00000000000${digit}`;
const at = new Date('2026-11-21T09:30:00.000Z');
const expires_at = '2027-11-21T09:30:00.000Z';

const reading: ConsentDetail = {
  id: id(1),
  type: 'ccx_preferences',
  attributes: ['size.footwear'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till'],
  stages: ['shopping'],
  delivery: ['live'],
  retention: 'P30D',
  recipients: ['Swift Couriers'],
  expires_at,
};
const reporting: ConsentDetail = {
  id: id(2),
  type: 'ccx_interactions',
  event_types: ['transaction.completed'],
  purposes: ['dpv:PersonalisedBenefits'],
  touchpoints: ['till'],
  since: at.toISOString(),
  late_reporting: 'P3D',
  expires_at,
};
const special: ConsentDetail = {
  id: id(3),
  type: 'ccx_preferences_special',
  attributes: ['food.allergen'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till'],
  stages: ['shopping'],
  delivery: ['live'],
  retention: 'PT0S',
  expires_at,
  statement: 'c'.repeat(43),
};

const given: ReceiptFacts = {
  id: id(4),
  issuer: 'https://ccx.example',
  event: 'given',
  happenedAt: at,
  recordedAt: at,
  actor: { kind: 'customer' },
  rule: null,
  retailer: {
    id: id(5),
    legalName: 'Albatross Groceries GmbH',
    website: 'https://albatross.example',
    privacyUrl: 'https://albatross.example/privacy',
    country: 'DE',
  },
  vocabulary,
  details: [reading, reporting],
  notice: { hash: Buffer.alloc(32, 1), language: 'en' },
  audit: { id: id(6), leafHash: Buffer.alloc(32, 2) },
  consent: {
    id: id(7),
    version: 1,
    use: 'standing',
    status: 'active',
    maxReadsPerDay: null,
    givenAt: at,
    expiresAt: new Date(expires_at),
    reportedData: null,
  },
  requestId: id(8),
};
const refusedFacts: ReceiptFacts = { ...given, event: 'refused', consent: null };

const customer = { kind: 'customer', subject: id(9) } as const;
const retailer = { kind: 'retailer', subject: 'p1kJ3mX0sPzv9qYw4bT8uLQA' } as const;

/** The facts of each event, as the consent is after it. */
function factsOf(event: ReceiptFacts['event']): ReceiptFacts {
  if (event === 'refused' || event === 'pre_approved') return { ...refusedFacts, event };
  const statuses = { paused: 'paused', withdrawn: 'withdrawn', expired: 'expired' } as const;
  const status = event in statuses ? statuses[event as keyof typeof statuses] : 'active';
  return { ...given, event, consent: { ...(given.consent as object), status } as ReceiptFacts['consent'] };
}

// What a receipt holds is for each test to say.
// oxlint-disable-next-line typescript/no-explicit-any
const eventIn = (receipt: JsonObject) => (receipt['consent_record'] as any).event;

describe('a receipt', () => {
  it.each(receiptEvents)('of what is %s follows the schema, for both holders', (event) => {
    expect(faultsOf(receiptFor(customer, factsOf(event)))).toEqual([]);
    expect(faultsOf(receiptFor(retailer, factsOf(event)))).toEqual([]);
  });

  it('names the state that each event leads to', () => {
    const states = Object.fromEntries(
      receiptEvents.map((event) => [event, eventIn(receiptFor(customer, factsOf(event))).event_state]),
    );
    expect(states).toEqual({
      given: 'dpv:ConsentGiven',
      amended: 'dpv:ConsentGiven',
      resumed: 'dpv:ConsentGiven',
      renewed: 'dpv:RenewedConsentGiven',
      paused: 'dpv:ConsentStatusInvalidForProcessing',
      refused: 'dpv:ConsentRefused',
      pre_approved: 'dpv:ConsentStatusInvalidForProcessing',
      withdrawn: 'dpv:ConsentWithdrawn',
      expired: 'dpv:ConsentExpired',
    });
  });

  it('does not say that something may be processed which is paused and was amended meanwhile', () => {
    const amended = { ...factsOf('paused'), event: 'amended' } as const;
    expect(eventIn(receiptFor(customer, amended)).event_state).toBe('dpv:ConsentStatusInvalidForProcessing');
  });

  it('tells what the retailer ended from what the customer withdrew', () => {
    const ended = receiptFor(customer, {
      ...factsOf('withdrawn'),
      actor: { kind: 'retailer', id: id(5), client: 'c' },
    });
    expect(eventIn(ended)).toMatchObject({
      event_state: 'dpv:ConsentRevoked',
      entity_id: `https://ccx.example/v1/retailers/${id(5)}`,
    });
  });

  it('says that nobody ended what expired', () => {
    const expired = receiptFor(customer, { ...factsOf('expired'), actor: { kind: 'system' } });
    expect(eventIn(expired)).toMatchObject({ entity_id: 'https://ccx.example', indication_method: 'lapse_of_time' });
  });

  it('says until when it holds and how to end it, as long as there is something to end', () => {
    const record = (event: ReceiptFacts['event']) =>
      JSON.stringify(receiptFor(customer, factsOf(event)).consent_record);
    for (const event of ['given', 'paused'] as const) {
      expect(record(event)).toContain('dpv:UntilTimeDuration');
      expect(record(event)).toContain('dpv:WithdrawConsent');
    }
    for (const event of ['withdrawn', 'expired', 'refused'] as const) {
      expect(record(event)).not.toContain('dpv:UntilTimeDuration');
      expect(record(event)).not.toContain('dpv:WithdrawConsent');
    }
  });

  it('keeps each line together, with what is special in a basis of its own', () => {
    const receipt = receiptFor(customer, { ...given, details: [reading, special] });
    expect(faultsOf(receipt)).toEqual([]);
    expect(receipt).toMatchObject({
      consent_record: {
        pii_processing: {
          purposes: [
            {
              lawful_basis: 'dpv:Consent',
              pii_information: [{ pii_type: 'pd:PhysicalCharacteristic', special_pii_category: false }],
              processing_method: ['dpv:Retrieve', 'dpv:Use', 'dpv:Store', 'dpv:Share'],
              recipient_third_parties: ['Swift Couriers'],
            },
            {
              lawful_basis: 'dpv:ExplicitlyExpressedConsent',
              pii_information: [{ '@type': 'dpv:SpecialCategoryPersonalData', special_pii_category: true }],
              processing_method: ['dpv:Retrieve', 'dpv:Use'],
              statement: special.statement,
            },
          ],
        },
        event: { event_type: 'dpv:ExplicitlyExpressedConsent' },
      },
    });
  });
});

describe("the retailer's receipt", () => {
  const rule = { id: id(1), name: 'what my doctor must not know' };

  it('knows the customer by the subject alone', () => {
    expect(JSON.stringify(receiptFor(retailer, given))).not.toContain(customer.subject);
  });

  it('says that a standing rule gave it, and not which', () => {
    const receipt = receiptFor(retailer, { ...given, rule });
    expect(eventIn(receipt).indication_method).toBe('standing_rule');
    expect(JSON.stringify(receipt)).not.toContain(rule.name);
    expect(JSON.stringify(receiptFor(customer, { ...given, rule }))).toContain(rule.name);
  });

  it('does not say whether somebody refused or a rule did', () => {
    const byRule = receiptFor(retailer, { ...refusedFacts, rule });
    expect(byRule).toEqual(receiptFor(retailer, refusedFacts));
    expect(JSON.stringify(receiptFor(customer, { ...refusedFacts, rule }))).toContain(rule.name);
  });

  it('leads to the notice by the retailer’s own way', () => {
    const hash = '01'.repeat(32);
    expect(JSON.stringify(receiptFor(retailer, given))).toContain(`/v1/consents/${id(7)}/notices/${hash}`);
    expect(JSON.stringify(receiptFor(retailer, given))).not.toContain('/v1/me/');
  });
});

describe('the schema of receipts', () => {
  it('is committed as it is served: `npm run openapi` writes it', () => {
    expect(JSON.parse(readFileSync(join(root, RECEIPT_SCHEMA_FILE), 'utf8'))).toEqual(receiptSchema);
  });

  it('refuses a member that it does not know', () => {
    expect(faultsOf({ ...receiptFor(customer, given), more: 1 })).not.toEqual([]);
  });

  it('refuses a rule in the receipt of a retailer', () => {
    expect(faultsOf({ ...receiptFor(retailer, given), rule: { id: id(1), name: 'x' } })).not.toEqual([]);
  });

  it('demands the consent, except of a refusal', () => {
    const { consent: _, ...without } = receiptFor(customer, given);
    expect(faultsOf(without)).not.toEqual([]);
    expect(
      faultsOf({ ...receiptFor(customer, refusedFacts), consent: receiptFor(customer, given).consent ?? null }),
    ).not.toEqual([]);
  });
});

describe('the terms of receipts', () => {
  const known = JSON.parse(readFileSync(join(root, 'test/fixtures/dpv-2-terms.json'), 'utf8')) as Record<
    'dpv' | 'pd',
    string[]
  >;

  /** Receipts in which everything occurs that can. */
  const everything = [
    ...receiptEvents.map(factsOf),
    { ...factsOf('withdrawn'), actor: { kind: 'retailer' as const } },
    ...ccxCore100.attributes.map(({ path }) => ({ ...given, details: [{ ...special, attributes: [path] }] })),
    {
      ...given,
      details: [
        { ...reading, purposes: [...purposes] },
        { ...reporting, event_types: [...eventTypes] },
        {
          ...reporting,
          type: 'ccx_interactions_special' as const,
          products: [...specialClasses],
          since: '2026-11-21T09:30:00.000Z',
          expires_at: '2027-02-19T09:30:00.000Z',
          statement: 'x'.repeat(43),
        },
      ],
    },
  ].flatMap((facts) => [receiptFor(customer, facts), receiptFor(retailer, facts)]);

  it.each(['dpv', 'pd'] as const)('are terms of DPV 2: %s', (prefix) => {
    const used = new Set(
      [...JSON.stringify(everything).matchAll(new RegExp(`"${prefix}:(\\w+)"`, 'g'))].map(([, term]) => term),
    );
    expect([...used].toSorted()).toEqual(known[prefix].toSorted());
  });

  it('give a meaning to every name that TS 27560 has', () => {
    const record = everything[0]?.['consent_record'] as JsonObject;
    const context = everything[0]?.['@context'] as JsonObject;
    const names = Object.keys({
      ...record,
      ...(record['pii_processing'] as JsonObject),
      ...(record['event'] as JsonObject),
    });
    const own = ['@type', 'change'];
    expect(names.filter((name) => !own.includes(name) && !(name in context))).toEqual([]);
  });
});
