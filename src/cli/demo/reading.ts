import type { Caller } from '../api/http-api.js';
import type { Connection } from './cast.js';
import type { Stage } from './stage.js';

interface Answer {
  readonly preferences: readonly { attribute: string; value: unknown }[];
}

export const atTheTill = '/v1/preferences?touchpoint=till&purpose=dpv:ServicePersonalisation&stage=shopping';
const atTheCallCentre = '/v1/preferences?touchpoint=call_centre&purpose=dpv:CustomerCare&stage=post_shopping';

/** The same retailer with the same token: each touchpoint gets what it needs and nothing else. */
export async function readAtTouchpoints(stage: Stage, { api }: Connection): Promise<void> {
  stage.chapter('Every touchpoint reads what it needs, and no more');
  stage.says('The till reads.');
  const { headers, body } = await stage.reply<Answer>(api, 200, { method: 'GET', path: atTheTill });
  stage.check('it learns the shoe size, and that the receipt is on paper here', valuesOf(body), {
    'receipt.delivery': { form: 'paper' },
    'size.footwear': { system: 'EUROPE', size: '39', width: 'wide' },
  });

  stage.says('The till reads again and says what it holds.');
  await stage.expect(api, 304, {
    method: 'GET',
    path: atTheTill,
    headers: { 'if-none-match': headers.get('etag') ?? '' },
  });

  stage.says('The call centre reads with the same token.');
  const care = await stage.expect<Answer>(api, 200, { method: 'GET', path: atTheCallCentre });
  stage.check('it learns other things', Object.keys(valuesOf(care)), ['contact.service', 'fulfilment.substitution']);

  await readOutside(stage, api, 'contact.marketing', 'The till asks for what Mira unticked.');
  await readOutside(stage, api, 'fulfilment.substitution', 'The till asks for what the call centre may know.');
  await readOutside(stage, api, 'food.allergen', 'The till asks for her allergies.');
}

async function readOutside(stage: Stage, api: Caller, attribute: string, words: string): Promise<void> {
  stage.says(words);
  const path = `${atTheTill}&attributes=${attribute}`;
  const problem = await stage.expect<{ type: string; outside?: unknown }>(api, 403, { method: 'GET', path });
  stage.check(
    'the answer names what is outside the consent',
    [problem.type.split('/').at(-1), problem.outside],
    ['outside-consent', { attributes: [attribute] }],
  );
}

export function valuesOf({ preferences }: Answer): Record<string, unknown> {
  const byName = [...preferences].sort((a, b) => (a.attribute < b.attribute ? -1 : 1));
  return Object.fromEntries(byName.map(({ attribute, value }) => [attribute, value]));
}
