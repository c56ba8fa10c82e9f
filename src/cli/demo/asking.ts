import { Browser, formsOf, type PageAnswer } from './browser.js';
import type { Connection, Customer, Grocer } from './cast.js';
import type { Tokens } from './oauth-client.js';
import type { Stage } from './stage.js';

const UNTICKED = 'contact.marketing';

/** One line for the till, one for the call centre, one for what is reported back. */
const asked = [
  {
    type: 'ccx_preferences',
    attributes: ['size.footwear', 'receipt.delivery', UNTICKED],
    purposes: ['dpv:ServicePersonalisation'],
    touchpoints: ['till'],
    stages: ['shopping'],
    retention: 'P30D',
  },
  {
    type: 'ccx_preferences',
    attributes: ['contact.service', 'fulfilment.substitution'],
    purposes: ['dpv:CustomerCare'],
    touchpoints: ['call_centre'],
    retention: 'P30D',
  },
  {
    type: 'ccx_interactions',
    event_types: ['transaction.completed'],
    purposes: ['dpv:ServicePersonalisation'],
    touchpoints: ['till'],
  },
];

/** A grocer asks by standard OAuth, and Mira decides on a page in her browser. */
export async function askByOAuth(stage: Stage, { client }: Grocer, mira: Customer): Promise<Connection> {
  stage.chapter('Albatross asks, and Mira gives less than it asks for');
  stage.says('Albatross pushes what it asks for (PAR, RAR, PKCE, private_key_jwt) and sends Mira to the broker.');
  const { address, redeem } = await client.push('openid offline_access preferences.read interactions.write', asked);

  stage.says('Mira signs in there, reads who asks for what, and unticks marketing.');
  const returned = await decide(stage, mira, address);

  stage.says('Albatross redeems the code and learns what was given.');
  const tokens = await redeem(returned);
  stage.check('marketing is not among it', attributesOf(tokens), [
    'contact.service',
    'fulfilment.substitution',
    'receipt.delivery',
    'size.footwear',
  ]);

  stage.says('Mira sees the consent.');
  const { items } = await stage.expect<{ items: { id: string; status: string; version: number }[] }>(mira.api, 200, {
    method: 'GET',
    path: '/v1/me/consents',
  });
  stage.check(
    'it is active, in its first version',
    items.map(({ status, version }) => ({ status, version })),
    [{ status: 'active', version: 1 }],
  );
  return {
    consentId: items[0]?.id ?? '',
    api: client.with(tokens),
    refresh: async () => {
      const answer = await client.refresh(tokens.refresh_token ?? '');
      return 'error' in answer ? answer : {};
    },
  };
}

/** Walks the pages as a browser would, and answers the address to which it is sent back. */
async function decide(stage: Stage, { email, password }: Customer, address: string): Promise<string> {
  const browser = new Browser(stage.url, { 'accept-language': 'en' }, stage.fetchOf('Mira'));
  const signIn = await browser.follow(await browser.get(address));
  const consent = await browser.follow(await browser.submit(signIn, 'sign-in', { email, password }));
  const kept = boxesOf(consent).filter((box) => !box.endsWith(` ${UNTICKED}`));
  stage.check('the page asks for each item on its own', boxesOf(consent).length - kept.length, 1);
  const decided = await browser.follow(await browser.submit(consent, 'decision', { item: kept, decision: 'approve' }));
  return decided.location ?? '';
}

/** What is ticked for attributes and events. */
function boxesOf(page: PageAnswer): readonly string[] {
  const form = formsOf(page.body).find(({ action }) => action.endsWith('/decision'));
  return form?.fields.find(([name]) => name === 'item')?.[1] ?? [];
}

function attributesOf({ authorization_details: details = [] }: Tokens): string[] {
  return details.flatMap(({ attributes }) => (attributes as string[] | undefined) ?? []).sort();
}
