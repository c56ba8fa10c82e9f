import { eventTypes } from './event-types.js';
import type { ChainDto } from './chain.dto.js';
import type { InteractionDto } from './interaction.dto.js';
import type { JourneyDto } from './journeys.dto.js';
import type { SummaryDto } from './summary.dto.js';
import type { WhyDto } from './why.dto.js';

const [sale] = eventTypes as readonly [(typeof eventTypes)[number]];

export const exampleIds = {
  interaction: '0192f0c1-7a54-7c3e-8f10-3d5f6a7b8c9d',
  retailer: '0192f0c1-1111-7c3e-8f10-3d5f6a7b8c9d',
  consent: '0192f0c1-2222-7c3e-8f10-3d5f6a7b8c9d',
} as const;

export const retailerExample = { id: exampleIds.retailer, name: 'Albatross Groceries' };

export const noteExample = { text: 'A present for Jo.', updated_at: '2026-11-21T08:15:00.000Z' };

export const interactionExample: InteractionDto = {
  id: exampleIds.interaction,
  retailer: retailerExample,
  type: sale.name,
  touchpoint: sale.example.touchpoint,
  stage: sale.stage,
  occurred_at: '2026-11-20T17:42:00.000Z',
  clock: null,
  received_at: '2026-11-20T17:42:03.120Z',
  source: '/tills/17',
  event_id: '536365',
  correlation: null,
  data: sale.example.data,
  withheld: false,
  standing: 'standing',
  voided: false,
  corrects: null,
  corrected_by: null,
  note: noteExample,
  dispute: null,
  consent_id: exampleIds.consent,
  consent_version: 1,
};

const offerStep = {
  id: '0192efc0-7a54-7c3e-8f10-3d5f6a7b8c9d',
  retailer: retailerExample,
  type: 'promotion.offered',
  touchpoint: 'email',
  stage: 'awareness',
  occurred_at: '2026-11-19T08:00:00.000Z',
  correlation: 'spring-26-4711',
};
const saleStep = {
  id: exampleIds.interaction,
  retailer: retailerExample,
  type: sale.name,
  touchpoint: sale.example.touchpoint,
  stage: sale.stage,
  occurred_at: '2026-11-20T17:42:00.000Z',
  correlation: 'spring-26-4711',
};

export const journeyExample: JourneyDto = {
  id: offerStep.id,
  began_at: offerStep.occurred_at,
  ended_at: saleStep.occurred_at,
  retailers: [retailerExample],
  touchpoints: ['email', 'till'],
  stages: ['awareness', 'shopping'],
  purchases: 1,
  interactions: [
    { ...offerStep, joined: 'first' },
    { ...saleStep, joined: 'correlation' },
  ],
};

export const chainExample: ChainDto = {
  interactions: [{ ...offerStep, campaign: 'spring-26', offer: 'milk-10' }, saleStep],
  links: [{ from: offerStep.id, to: saleStep.id, certainty: 'explicit', because: 'correlation' }],
};

export const summaryExample: SummaryDto = {
  items: [
    {
      month: '2026-11',
      retailer: retailerExample,
      type: sale.name,
      touchpoint: sale.example.touchpoint,
      reported: 12,
      standing: 11,
      disputed: 1,
    },
  ],
};

export const whyExample: WhyDto = {
  interaction_id: exampleIds.interaction,
  reported_by: {
    retailer: retailerExample,
    client_id: 'albatross-tills',
    client_name: 'Tills',
    source: '/tills/17',
    received_at: '2026-11-20T17:42:03.120Z',
  },
  let_in_by: {
    consent_id: exampleIds.consent,
    consent_version: 1,
    status: 'active',
    line: {
      id: '0192f0c1-3333-7c3e-8f10-3d5f6a7b8c9d',
      type: 'ccx_interactions',
      event_types: [sale.name],
      purposes: ['dpv:PersonalisedBenefits'],
      touchpoints: ['till', 'web'],
      since: '2026-11-01T09:30:00.000Z',
      late_reporting: 'P3D',
      expires_at: '2027-11-01T09:30:00.000Z',
    },
    given_at: '2026-11-01T09:30:00.000Z',
    how: 'par',
    rule: null,
    notice: '/v1/me/notices/9f2c4e1d7a60b85c3e1f0a97d4b2c6583a1e7f90c5d4b2a8e6f1037c9b5d2e48',
    receipts: `/v1/me/consents/${exampleIds.consent}/receipts`,
  },
  feeds: ['summary', 'journeys', 'chains', 'suggestions'],
};
