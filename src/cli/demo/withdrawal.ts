import type { Connection, Customer, Grocer } from './cast.js';
import { atTheTill } from './reading.js';
import type { Stage } from './stage.js';

/** Ending is as easy as giving, and works at once. */
export async function withdraw(
  stage: Stage,
  mira: Customer,
  albatross: Connection,
  thistle: Grocer,
  subject: string,
): Promise<void> {
  stage.chapter('Mira withdraws, and that is that');
  stage.says('Mira withdraws from Albatross.');
  const path = `/v1/me/consents/${albatross.consentId}/withdraw`;
  const consent = await stage.expect<{ status: string }>(mira.api, 200, { method: 'POST', path, body: {} });
  stage.check('the consent has ended', consent.status, 'withdrawn');

  stage.says('The very next call of Albatross comes with a token that is valid for minutes yet.');
  const { headers } = await stage.reply(albatross.api, 401, { method: 'GET', path: atTheTill });
  const challenge = headers.get('www-authenticate') ?? '';
  stage.check('it is refused as RFC 6750 says', challenge.includes('error="invalid_token"'), true);

  stage.says('Albatross tries its refresh token.');
  stage.check('there is nothing more to get', (await albatross.refresh()).error, 'invalid_grant');

  stage.says('Thistle, which still has her consent, goes on.');
  const { results } = await stage.expect<{ results: { subject: string; consent?: { status: string } }[] }>(
    thistle.own,
    200,
    {
      method: 'POST',
      path: '/v1/preferences/lookup',
      body: { subjects: [subject], touchpoint: 'till', purpose: 'dpv:ServicePersonalisation', stage: 'shopping' },
    },
  );
  stage.check('its consent stands', results[0]?.consent?.status, 'active');
}
