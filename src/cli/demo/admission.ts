import type { Caller } from '../api/http-api.js';
import { type ClientProfile, OperatorApi, type RetailerProfile } from '../api/operator-api.js';
import { menuOfGrocers } from '../seed/menu.js';
import { retailerScopes } from '../../retailers/scopes.js';
import type { StaffCredentials } from '../staff-credentials.js';
import type { Grocer } from './cast.js';
import { OAuthClient } from './oauth-client.js';
import type { Stage } from './stage.js';

const touchpoints = ['till', 'web', 'call_centre', 'returns'];

/** The operator lets two grocers take part, and invites an auditor. */
export async function admitEverybody(
  stage: Stage,
  operator: StaffCredentials,
): Promise<{ albatross: Grocer; thistle: Grocer; invitation: string }> {
  stage.chapter('An operator lets two grocers take part');
  stage.says('The operator signs in.'); // with a code, too: the password alone lets nobody in
  const { token } = await stage.expect<{ token: string }>(stage.caller('Operator'), 201, {
    method: 'POST',
    path: '/v1/staff/sessions',
    body: { email: operator.email, password: operator.password, code: await operator.nextCode() },
  });
  const api = stage.caller('Operator', token);
  const albatross = await admit(stage, new OperatorApi(api), 'Albatross Groceries', 'albatross');
  const thistle = await admit(stage, new OperatorApi(api), 'Thistle Market', 'thistle');

  stage.says('The operator invites an auditor, for the time to come.');
  const invited = await stage.expect<{ invitation_token: string }>(api, 201, {
    method: 'POST',
    path: '/v1/admin/auditors',
    body: { email: auditorEmail(stage), name: 'Demo auditor' },
  });
  return { albatross, thistle, invitation: invited.invitation_token };
}

export function auditorEmail({ run }: Stage): string {
  return `auditor-${run}@example.net`;
}

async function admit(stage: Stage, operator: OperatorApi, name: string, domain: string): Promise<Grocer> {
  stage.says(`${name} is registered and approved; its client brings its public key.`);
  const profile = profileOf(`${name} (demo ${stage.run})`, domain);
  const id = await operator.admit(profile);
  const credentials = await operator.addClient({ id, name: profile.name }, clientOf(domain));

  const who = name.split(' ')[0] as string;
  const client = await OAuthClient.discover(stage.url, credentials, stage.fetchOf(who));
  const scope = 'preferences.read interactions.write consents.read consents.request retailer.manage';
  const own = client.with(await client.ownTokens(scope));
  await publishMenu(stage, who, own);
  return { id, name: profile.name, client, own };
}

async function publishMenu(stage: Stage, who: string, own: Caller): Promise<void> {
  stage.says(`${who} publishes what its tills can honour, and what they do with it.`);
  const path = '/v1/retailer/touchpoints';
  const { headers } = await stage.reply<unknown>(own, 200, { method: 'GET', path });
  const menu = await stage.expect<{ touchpoints: { touchpoint: string; published: boolean }[] }>(own, 200, {
    method: 'PUT',
    path,
    headers: { 'if-match': headers.get('etag') ?? '' },
    body: { touchpoints: menuOfGrocers },
  });
  stage.check(
    'its other touchpoints have what such a touchpoint usually needs',
    menu.touchpoints.filter(({ published }) => published).map(({ touchpoint }) => touchpoint),
    ['till'],
  );
}

function profileOf(name: string, domain: string): RetailerProfile {
  const website = `https://${domain}.example`;
  return {
    name,
    legal_name: `${name} Ltd`,
    country: 'GB',
    website,
    privacy_url: `${website}/privacy`,
    sectors: ['grocery'],
    touchpoints,
  };
}

function clientOf(domain: string): ClientProfile {
  return {
    client_name: 'Stores and call centre',
    scopes: retailerScopes,
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    redirect_uris: [`https://${domain}.example/ccx/callback`],
  };
}
