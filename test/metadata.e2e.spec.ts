import { detailTypes } from '../src/consents/detail.js';
import { startApp, type TestApp } from './support/app.js';
import { retailerToken } from './support/oauth.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
beforeAll(async () => {
  app = await startApp({ config: { OAUTH_PROFILE: 'strict' } });
  grocer = await aRetailer(app);
});
afterAll(() => app.stop());

const metadataOf = async (where: TestApp, name: string) => {
  const answer = await fetch(`${where.url}/.well-known/${name}`);
  return { answer, body: (await answer.json()) as Record<string, unknown> };
};

describe('the metadata of the authorization server', () => {
  it('name the endpoints of every way to a token, and of grants', async () => {
    const { body } = await metadataOf(app, 'oauth-authorization-server');
    expect(body).toMatchObject({
      issuer: app.url,
      pushed_authorization_request_endpoint: `${app.url}/oauth/par`,
      device_authorization_endpoint: `${app.url}/oauth/device_authorization`,
      introspection_endpoint: `${app.url}/oauth/introspect`,
      revocation_endpoint: `${app.url}/oauth/revoke`,
      grant_management_endpoint: `${app.url}/oauth/grants`,
      grant_management_actions_supported: ['create', 'merge', 'replace', 'query', 'revoke'],
      grant_management_action_required: false,
      protected_resources: [app.url],
      authorization_details_types_supported: [...detailTypes],
      require_pushed_authorization_requests: true,
      authorization_response_iss_parameter_supported: true,
      dpop_signing_alg_values_supported: ['ES256'],
    });
    expect(body['grant_types_supported']).toEqual(
      expect.arrayContaining(['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code']),
    );
  });

  it('say the same to clients of OpenID Connect', async () => {
    const [oauth, openid] = await Promise.all(
      ['oauth-authorization-server', 'openid-configuration'].map((name) => metadataOf(app, name)),
    );
    expect(openid?.body).toEqual(oauth?.body);
  });
});

describe('the metadata of the protected resource', () => {
  it('say what tokens it takes, and from whom', async () => {
    const { answer, body } = await metadataOf(app, 'oauth-protected-resource');
    expect(body).toMatchObject({
      resource: app.url,
      authorization_servers: [app.url],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: ['ES256'],
      dpop_bound_access_tokens_required: true,
      authorization_details_types_supported: [...detailTypes],
      resource_documentation: `${app.url}/docs`,
    });
    expect(body['scopes_supported']).toEqual(expect.arrayContaining(['preferences.read', 'grant_management_query']));
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('say that a development service takes bearer tokens, too', async () => {
    const development = await startApp({ config: { OAUTH_PROFILE: 'development' } });
    const { body } = await metadataOf(development, 'oauth-protected-resource');
    expect(body['dpop_bound_access_tokens_required']).toBe(false);
    await development.stop();
  });

  it.each([
    ['without a token', undefined],
    ['with a token that is none', 'DPoP made-up'],
  ])('are where a retailer’s call %s is sent', async (_, authorization) => {
    const answer = await fetch(`${app.url}/v1/preferences`, { headers: authorization ? { authorization } : {} });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain(
      `resource_metadata="${app.url}/.well-known/oauth-protected-resource"`,
    );
  });

  it('are where a call is sent whose token lacks a scope', async () => {
    const access = await retailerToken(app, grocer, { scope: 'consents.read' });
    const { status, headers } = await access.fetch('POST', '/v1/preferences/lookup', { subjects: ['x'] });
    expect(status).toBe(403);
    expect(headers.get('www-authenticate')).toContain('resource_metadata=');
  });

  it('are none of a customer’s calls', async () => {
    const answer = await fetch(`${app.url}/v1/me`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).not.toContain('resource_metadata');
  });

  it('name the host that the service is configured with, whatever a request calls it', async () => {
    const answer = await fetch(`${app.url}/.well-known/oauth-protected-resource`, {
      headers: { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' },
    });
    expect(((await answer.json()) as { resource: string }).resource).toBe(app.url);
  });
});
