import type { ClientProfile, RetailerProfile } from '../api/operator-api.js';
import { type Shop, shops } from './plan.js';

/** The two retailers of the replay. */
export const profiles: Readonly<Record<Shop, RetailerProfile>> = {
  A: profile('Albatross Gifts', 'albatross-gifts'),
  T: profile('Thistle Gifts', 'thistle-gifts'),
};

function profile(name: string, domain: string): RetailerProfile {
  return {
    name: `${name} (replay)`,
    legal_name: `${name} Ltd`,
    country: 'GB',
    website: `https://${domain}.example`,
    privacy_url: `https://${domain}.example/privacy`,
    sectors: ['home'],
    touchpoints: ['web', 'returns'],
  };
}

export const client: ClientProfile = {
  client_name: 'Web shop (replay)',
  scopes: ['interactions.write', 'consents.read', 'consents.request'],
};

/** Which of a shop's systems reports. */
export function sourceOf(shop: Shop): string {
  return `${profiles[shop].website}/shop`;
}

export function shopOfSource(source: string): Shop | undefined {
  return shops.find((shop) => sourceOf(shop) === source);
}

/** What every customer is asked for: that a year of history is reported, and a little to read in the shop. */
export const asked = [
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
];
