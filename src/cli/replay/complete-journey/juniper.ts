import type { ReplayRetailer } from '../dataset.js';

const website = 'https://juniper-grocers.example';

export const TILLS = `${website}/tills`;
export const MAILINGS = `${website}/mailings`;

/** The one grocer at whom all households shop. */
export const retailers: Readonly<Record<'J', ReplayRetailer>> = {
  J: {
    profile: {
      name: 'Juniper Grocers (replay)',
      legal_name: 'Juniper Grocers Inc',
      country: 'US',
      website,
      privacy_url: `${website}/privacy`,
      sectors: ['grocery'],
      touchpoints: ['till', 'email'],
    },
    client: {
      client_name: 'Tills and mailings (replay)',
      scopes: ['interactions.write', 'consents.read', 'consents.request'],
    },
    asked: [
      {
        type: 'ccx_interactions',
        event_types: ['transaction.completed', 'promotion.offered', 'promotion.responded', 'loyalty.redeemed'],
        purposes: ['dpv:ServicePersonalisation', 'dpv:PersonalisedBenefits'],
        touchpoints: ['till', 'email'],
        since: 'P400D',
      },
      {
        type: 'ccx_preferences',
        attributes: ['category.interest', 'brand.affinity'],
        purposes: ['dpv:ServicePersonalisation'],
        touchpoints: ['till'],
        stages: ['shopping'],
        retention: 'P30D',
      },
    ],
  },
};
