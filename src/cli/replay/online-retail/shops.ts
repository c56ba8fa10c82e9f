import type { ReplayRetailer } from '../dataset.js';

/** The two shops. Customers are shared out between them. */
export type Shop = 'A' | 'T';

export function shopOf(customer: string): Shop {
  return Number(customer) % 2 === 0 ? 'A' : 'T';
}

export const retailers: Readonly<Record<Shop, ReplayRetailer>> = {
  A: shop('Albatross Gifts', 'albatross-gifts'),
  T: shop('Thistle Gifts', 'thistle-gifts'),
};

/** Which of a shop's systems reports. */
export function sourceOf(of: Shop): string {
  return `${retailers[of].profile.website}/shop`;
}

function shop(name: string, domain: string): ReplayRetailer {
  return {
    profile: {
      name: `${name} (replay)`,
      legal_name: `${name} Ltd`,
      country: 'GB',
      website: `https://${domain}.example`,
      privacy_url: `https://${domain}.example/privacy`,
      sectors: ['home'],
      touchpoints: ['web', 'returns'],
    },
    client: {
      client_name: 'Web shop (replay)',
      scopes: ['interactions.write', 'consents.read', 'consents.request'],
    },
    // That a year of history is reported, and a little to read in the shop.
    asked: [
      {
        type: 'ccx_interactions',
        event_types: ['transaction.completed', 'return.completed'],
        purposes: ['dpv:ServicePersonalisation'],
        touchpoints: ['web', 'returns'],
        since: 'P400D',
      },
      {
        type: 'ccx_preferences',
        attributes: ['category.interest', 'fulfilment.delivery'],
        purposes: ['dpv:ServicePersonalisation'],
        touchpoints: ['web'],
        stages: ['exploring', 'shopping'],
        retention: 'P30D',
      },
    ],
  };
}
