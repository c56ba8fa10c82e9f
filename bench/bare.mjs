// The floor of token requests: bare `oidc-provider`, with the service's own adapter, keys and clients, and nothing of what
// stands around it there: no transaction, no audit log, no limits, no log. Since it has the service's parts at hand, it
// also prepares who there is in a bench, so that the service's memory is its own.
import { createServer } from 'node:http';
import { once } from 'node:events';

import { Provider } from 'oidc-provider';

import { built } from './built.mjs';
import { answering } from './process.mjs';
import { settingsOf } from './service.mjs';
import { prepare, world } from './world.mjs';

async function providerOf(app, issuer) {
  const get = async (path, name) => app.get((await built(`src/${path}`))[name], { strict: false });
  const { adapterFactory } = await built('src/authorization/engine-adapter');
  const { engineRoutes } = await built('src/authorization/engine-routes');
  const { retailerScopes } = await built('src/retailers/scopes');
  const keys = (await get('platform/crypto/signing-keys', 'SigningKeys')).tokenKeys();
  const parts = {
    artifacts: await get('authorization/artifact-store', 'ArtifactStore'),
    clients: await get('authorization/engine-clients', 'EngineClients'),
    devices: await get('authorization/device-codes', 'DeviceCodes'),
    grants: await get('authorization/grants', 'Grants'),
    context: await get('authorization/engine-context', 'EngineContext'),
  };
  const provider = new Provider(issuer, {
    adapter: adapterFactory(parts),
    jwks: { keys },
    routes: engineRoutes,
    scopes: [...retailerScopes],
    responseTypes: ['code'],
    subjectTypes: ['pairwise'],
    clientAuthMethods: ['private_key_jwt'],
    clientDefaults: { id_token_signed_response_alg: 'ES256', token_endpoint_auth_method: 'private_key_jwt' },
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256'],
      idTokenSigningAlgValues: ['ES256'],
      dPoPSigningAlgValues: ['ES256'],
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => issuer,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, _resource, client) => ({
          audience: issuer,
          scope: client.scope,
          accessTokenTTL: 300,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256', kid: keys[0].kid } },
        }),
      },
    },
    ttl: { AccessToken: 300, ClientCredentials: 300 },
    rotateRefreshToken: false,
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    pairwiseIdentifier: (_ctx, id) => id,
    sectorIdentifierUriValidate: () => false,
  });
  provider.ReplayDetection.unique = (client, id, exp) => parts.artifacts.isFirstUse(client, id, new Date(exp * 1_000));
  return provider;
}

/** The service's own parts in this process, without its background work. */
let app;

async function begin({ url, databaseUrl, folder }) {
  const { withServices } = await built('src/cli/service-context');
  const { Jobs } = await built('src/platform/jobs/jobs');
  return new Promise((resolve, reject) => {
    const work = async (context) => {
      ({ app } = context);
      await app.get(Jobs, { strict: false }).onModuleDestroy();
      const provider = await providerOf(app, url);
      const handle = provider.callback();
      const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
      await once(server, 'listening');
      resolve({ port: server.address().port });
      await new Promise(() => undefined); // until it is killed
    };
    withServices({ ...settingsOf(folder, new URL(url).port), DATABASE_URL: databaseUrl }, work).catch(reject);
  });
}

answering({ begin, prepare: () => prepare(app), world: (order) => world(app, order) });
