import type { TestCustomer } from './actors.js';

/** Any grocer may read what is to replace something that is sold out, to deliver goods. */
export const substitution = {
  type: 'ccx_preferences',
  attributes: ['fulfilment.substitution'],
  purposes: ['dpv:DeliveryOfGoods'],
  touchpoints: ['web', 'app'],
  stages: ['shopping'],
  retention: 'P30D',
};

export const allowSubstitution = {
  name: 'Substitutions for grocers',
  effect: 'allow',
  when: { sectors: ['grocery'], attributes: ['fulfilment.substitution'], purposes: ['dpv:DeliveryOfGoods'] },
  enabled: true,
};

/** What the customer calls it is nobody else's business. */
export const refuseSizes = {
  name: 'Nobody needs to know how tall I am',
  effect: 'refuse',
  when: { attributes: ['size'] },
  enabled: true,
};

export const refuseSharing = {
  name: 'Nothing to third parties',
  effect: 'refuse',
  when: { third_party_sharing: true },
  enabled: true,
};

export interface TestRule {
  readonly id: string;
  readonly name: string;
  readonly etag: string;
}

/** A standing rule of a customer. */
export async function aRule({ api }: TestCustomer, terms: object = allowSubstitution): Promise<TestRule> {
  const { body, headers } = await api.post('/v1/me/rules').send(terms).expect(201);
  return { id: body.id, name: body.name, etag: String(headers['etag']) };
}
