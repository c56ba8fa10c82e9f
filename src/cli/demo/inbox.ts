import type { Customer, Grocer } from './cast.js';
import { valuesOf } from './reading.js';
import type { Stage } from './stage.js';

const asked = [
  {
    type: 'ccx_preferences',
    attributes: ['receipt.delivery', 'fulfilment.substitution'],
    purposes: ['dpv:ServicePersonalisation'],
    touchpoints: ['web', 'till'],
    retention: 'P30D',
  },
  {
    type: 'ccx_interactions',
    event_types: ['transaction.completed', 'return.completed'],
    purposes: ['dpv:ServicePersonalisation'],
    touchpoints: ['web', 'returns'],
    since: 'P90D',
  },
];

interface Open {
  readonly items: readonly { id: string; retailer: { name: string } }[];
}
interface Stands {
  readonly status: string;
  readonly consent: { subject: string } | null;
}

/** The other grocer asks while Mira is not there; she finds the request and approves it through the API. */
export async function askInTheInbox(stage: Stage, { own, name }: Grocer, mira: Customer): Promise<string> {
  stage.chapter('Thistle asks by a request that waits for her');
  stage.says('Thistle asks for consent by her address.');
  const { id } = await stage.expect<{ id: string }>(own, 201, {
    method: 'POST',
    path: '/v1/consent-requests',
    body: { customer: { email: mira.email }, authorization_details: asked, message: 'For your first order.' },
  });

  stage.says('Mira finds it and approves it.');
  const open = await stage.expect<Open>(mira.api, 200, { method: 'GET', path: '/v1/me/consent-requests?status=open' });
  stage.check(
    'it is from Thistle',
    open.items.map((item) => [item.id, item.retailer.name]),
    [[id, name]],
  );
  await stage.expect(mira.api, 200, { method: 'POST', path: `/v1/me/consent-requests/${id}/approve`, body: {} });

  stage.says('Thistle learns by which name it knows her, and looks her up with a token of its own.');
  const stands = await stage.expect<Stands>(own, 200, { method: 'GET', path: `/v1/consent-requests/${id}` });
  stage.check('the request is approved', stands.status, 'approved');
  const subject = stands.consent?.subject ?? '';
  const { results } = await stage.expect<{ results: Parameters<typeof valuesOf>[0][] }>(own, 200, {
    method: 'POST',
    path: '/v1/preferences/lookup',
    body: { subjects: [subject], touchpoint: 'till', purpose: 'dpv:ServicePersonalisation', stage: 'shopping' },
  });
  stage.check('the receipt, on paper at Albatross, comes by e-mail here', valuesOf(results[0]!), {
    'receipt.delivery': { form: 'email' },
  });
  return subject;
}
