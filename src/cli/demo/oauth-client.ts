import * as oauth from 'openid-client';

import { type Caller, type Reply, replyOf, type Request, callOf } from '../api/http-api.js';
import type { ClientCredentials } from '../client-credentials.js';
import { authentication, keyPair } from '../retailer-client.js';
import type { Fetch } from './traced-fetch.js';

/** What the token endpoint answered. */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly authorization_details?: readonly Readonly<Record<string, unknown>>[];
}

/** A standard OAuth client. All that it knows of CCX it reads from the discovery document. */
export class OAuthClient {
  private constructor(
    private readonly url: string,
    private readonly configuration: oauth.Configuration,
    private readonly dpop: oauth.DPoPHandle,
    readonly redirectUri: string,
  ) {}

  static async discover(url: string, credentials: ClientCredentials, fetcher: Fetch): Promise<OAuthClient> {
    const configuration = await oauth.discovery(
      new URL(url),
      credentials.client_id,
      { dpop_bound_access_tokens: true },
      await authentication(credentials),
      {
        [oauth.customFetch]: fetcher,
        // The library asks for https everywhere; a service under development is on plain http on the same machine.
        execute: url.startsWith('http:') ? [oauth.allowInsecureRequests] : [],
      },
    );
    const { dpop_key: dpopKey, redirect_uris: redirectUris } = credentials;
    if (!dpopKey) throw new Error(`${credentials.client_id} has no key for its tokens.`);
    const dpop = oauth.getDPoPHandle(configuration, await keyPair(dpopKey));
    return new OAuthClient(url, configuration, dpop, redirectUris[0] ?? '');
  }

  /** Pushes a request (RFC 9126) for these details (RFC 9396), and answers where to send the customer. */
  async push(
    scope: string,
    details: readonly object[],
  ): Promise<{ address: string; redeem(returned: string): Promise<Tokens> }> {
    const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
    const expectedState = oauth.randomState();
    const address = await oauth.buildAuthorizationUrlWithPAR(
      this.configuration,
      {
        redirect_uri: this.redirectUri,
        scope,
        state: expectedState,
        code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        authorization_details: JSON.stringify(details),
      },
      { DPoP: this.dpop },
    );
    const redeem = (returned: string) =>
      oauth.authorizationCodeGrant(
        this.configuration,
        new URL(returned),
        { pkceCodeVerifier, expectedState },
        {},
        { DPoP: this.dpop },
      ) as Promise<Tokens>;
    return { address: address.href, redeem };
  }

  /** Tokens for the retailer itself. */
  ownTokens(scope: string): Promise<Tokens> {
    return oauth.clientCredentialsGrant(this.configuration, { scope }, { DPoP: this.dpop });
  }

  /** New tokens, or the code of the error with which they were refused. */
  async refresh(refreshToken: string): Promise<Tokens | { error: string }> {
    try {
      return await oauth.refreshTokenGrant(this.configuration, refreshToken, {}, { DPoP: this.dpop });
    } catch (error) {
      if (error instanceof oauth.ResponseBodyError) return { error: error.error };
      throw error;
    }
  }

  /** Calls the API with a token, and with a fresh proof for every call (RFC 9449). */
  with({ access_token: token }: Tokens): Caller {
    return {
      send: async <T>(request: Request): Promise<Reply<T>> => {
        const { url, method, headers, body } = callOf(this.url, request);
        try {
          return await replyOf<T>(
            await oauth.fetchProtectedResource(
              this.configuration,
              token,
              url,
              method,
              body ?? null,
              new Headers(headers),
              { DPoP: this.dpop },
            ),
          );
        } catch (error) {
          if (error instanceof oauth.WWWAuthenticateChallengeError) return replyOf<T>(error.response);
          throw error;
        }
      },
    };
  }
}
