// Retailers' clients get access tokens: signed assertions, DPoP-bound tokens, as in FAPI 2.0. The floor is the same
// engine with the same adapter and nothing around it.
import { jwtSigner, now, proofSigner } from '../jwt.mjs';
import { requestOf } from '../load.mjs';

const PATH = '/oauth/token';
const sides = ['service', 'bare'];

export const cases = {
  token: {
    title: 'issue an access token (client credentials)',
    sides,
    aim: { bare: 0.8 },
    expects: [200],
    kind: 'once',
    service: (world) => requests(world, () => ({ grant_type: 'client_credentials', scope: 'preferences.read' })),
  },
  refresh: {
    title: 'refresh an access token',
    sides,
    expects: [200],
    kind: 'once',
    service: (world) => requests(world, ({ value }) => ({ grant_type: 'refresh_token', refresh_token: value })),
  },
};

function* requests({ origin, clientKey, dpopKey, refreshTokens }, grantOf) {
  const proof = proofSigner(dpopKey);
  const assertion = jwtSigner(clientKey, { kid: clientKey.kid });
  for (let place = 0; ; place++) {
    const token = refreshTokens[place % refreshTokens.length];
    const { clientId } = token;
    const body = new URLSearchParams({
      ...grantOf(token),
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion({ iss: clientId, sub: clientId, aud: origin, exp: now() + 120 }),
    });
    const headers = {
      host: new URL(origin).host,
      'content-type': 'application/x-www-form-urlencoded',
      dpop: proof('POST', origin + PATH),
    };
    yield requestOf(`POST ${PATH}`, headers, body.toString());
  }
}
