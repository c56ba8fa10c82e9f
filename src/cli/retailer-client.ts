import { type CryptoKey, importJWK, type JWK } from 'jose';
import * as oauth from 'openid-client';

import { type ClientCredentials, publicPart } from './client-credentials.js';
import { CliError } from './errors.js';
import type { StoredConsent, StoredToken, TokenStore } from './token-store.js';

/** A token is renewed this long before its end, so that it does not end on the way. */
const SPARE_MS = 15_000;

/** Scopes that mean something only where a customer has signed in. */
const customerScopes = new Set(['openid', 'offline_access', 'preferences.propose']);

export interface Call {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What a customer is asked for, and where they come back to. */
export interface AuthorizationRequest {
  readonly url: URL;
  readonly redirectUri: string;
  /** To finish with, once the browser has come back. */
  finish(returned: URL): Promise<StoredConsent>;
}

/** A retailer's program: gets tokens with a standard OAuth library, which knows nothing of CCX, and calls the API. */
export class RetailerClient {
  private constructor(
    readonly credentials: ClientCredentials,
    private readonly configuration: oauth.Configuration,
    private readonly tokens: TokenStore,
    private readonly dpop: oauth.DPoPHandle | undefined,
  ) {}

  /**
   * Reads what the service says about itself and prepares the client's keys.
   *
   * @param timeout how many seconds an answer may take; the library's own limit unless given
   */
  static async connect(
    issuer: string,
    credentials: ClientCredentials,
    tokens: TokenStore,
    timeout?: number,
  ): Promise<RetailerClient> {
    const configuration = await oauth.discovery(
      new URL(issuer),
      credentials.client_id,
      { dpop_bound_access_tokens: credentials.dpop_key !== undefined },
      await authentication(credentials),
      // The library asks for https everywhere; a service under development is on plain http on the same machine.
      {
        execute: issuer.startsWith('http:') ? [oauth.allowInsecureRequests] : [],
        ...(timeout !== undefined && { timeout }),
      },
    );
    const dpop = credentials.dpop_key && oauth.getDPoPHandle(configuration, await keyPair(credentials.dpop_key));
    return new RetailerClient(credentials, configuration, tokens, dpop);
  }

  /** Calls the API as the client itself. */
  callAsItself(url: URL, call: Call, scope = this.ownScope): Promise<Response> {
    return this.callWith((fresh) => this.ownToken(scope, fresh), url, call);
  }

  /** Calls the API with the consent of a customer, by the subject that the retailer knows them by. */
  callWithConsent(url: URL, call: Call, subject?: string): Promise<Response> {
    return this.callWith((fresh) => this.consentToken(subject, fresh), url, call);
  }

  /**
   * Prepares a consent request (pushed, RFC 9126) that a customer answers in a browser.
   *
   * @param terms what is asked for beside the details, such as `ccx_use`
   */
  async authorize(
    redirectUri: string,
    scope: string,
    details: readonly Readonly<Record<string, unknown>>[],
    terms: Readonly<Record<string, string>> = {},
  ): Promise<AuthorizationRequest> {
    const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
    const expectedState = oauth.randomState();
    const url = await oauth.buildAuthorizationUrlWithPAR(
      this.configuration,
      {
        ...terms,
        redirect_uri: redirectUri,
        scope,
        state: expectedState,
        code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        authorization_details: JSON.stringify(details),
      },
      { DPoP: this.dpop },
    );
    const finish = async (returned: URL) => {
      const checks = { pkceCodeVerifier, expectedState };
      const answer = await oauth.authorizationCodeGrant(this.configuration, returned, checks, {}, { DPoP: this.dpop });
      return this.keepConsent(answer, { scope, details });
    };
    return { url, redirectUri, finish };
  }

  private get ownScope(): string {
    return this.credentials.scopes.filter((scope) => !customerScopes.has(scope)).join(' ');
  }

  private async callWith(token: (fresh: boolean) => Promise<string>, url: URL, call: Call): Promise<Response> {
    const response = await this.send(await token(false), url, call);
    if (response.status !== 401) return response;
    // A token from the store may have been revoked, or the service begun anew: a fresh one tells, if there is one.
    const fresh = await token(true).catch(() => undefined);
    return fresh === undefined ? response : this.send(fresh, url, call);
  }

  private async send(token: string, url: URL, { method, body, headers }: Call): Promise<Response> {
    try {
      const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
      return await oauth.fetchProtectedResource(this.configuration, token, url, method, bytes, new Headers(headers), {
        DPoP: this.dpop,
      });
    } catch (error) {
      if (error instanceof oauth.WWWAuthenticateChallengeError) return error.response;
      throw error;
    }
  }

  private async ownToken(scope: string, fresh: boolean): Promise<string> {
    const known = this.tokens.load().own[scope];
    if (known && !fresh && isGood(known)) return known.access_token;
    const answer = await oauth.clientCredentialsGrant(this.configuration, { scope }, { DPoP: this.dpop });
    const tokens = this.tokens.load();
    this.tokens.save({ ...tokens, own: { ...tokens.own, [scope]: stored(answer) } });
    return answer.access_token;
  }

  private async consentToken(subject: string | undefined, fresh: boolean): Promise<string> {
    const consent = this.consentOf(subject);
    if (!fresh && isGood(consent)) return consent.access_token;
    if (!consent.refresh_token) throw new CliError('The token of this consent has ended and cannot be renewed.');
    const answer = await oauth.refreshTokenGrant(this.configuration, consent.refresh_token, {}, { DPoP: this.dpop });
    return this.keepConsent(answer, { scope: consent.scope, details: consent.authorization_details, before: consent })
      .access_token;
  }

  private consentOf(subject: string | undefined): StoredConsent {
    const { consents } = this.tokens.load();
    const all = Object.values(consents).sort((a, b) => (a.given_at < b.given_at ? 1 : -1));
    const consent = subject === undefined ? all[0] : consents[subject];
    if (consent) return consent;
    const who = this.credentials.client_id;
    throw new CliError(
      all.length === 0
        ? `No customer has consented through ${who} yet: \`ccx authorize --as ${who}\` asks one.`
        : `${who} holds no consent of ${subject}. It holds those of ${Object.keys(consents).join(', ')}.`,
    );
  }

  private keepConsent(
    answer: oauth.TokenEndpointResponse & oauth.TokenEndpointResponseHelpers,
    asked: { scope: string; details: StoredConsent['authorization_details']; before?: StoredConsent },
  ): StoredConsent {
    const subject = answer.claims()?.sub ?? asked.before?.subject ?? subjectOf(answer.access_token);
    const consent: StoredConsent = {
      ...stored(answer),
      subject,
      refresh_token: answer.refresh_token ?? asked.before?.refresh_token,
      scope: answer.scope ?? asked.scope,
      grant_id: answer['grant_id'] as string | undefined,
      authorization_details: (answer.authorization_details as StoredConsent['authorization_details']) ?? asked.details,
      ccx_max_reads_per_day: answer['ccx_max_reads_per_day'] as number | undefined,
      given_at: asked.before?.given_at ?? new Date().toISOString(),
    };
    const tokens = this.tokens.load();
    this.tokens.save({ ...tokens, consents: { ...tokens.consents, [subject]: consent } });
    return consent;
  }
}

/** How the client proves who it is. */
export async function authentication(credentials: ClientCredentials): Promise<oauth.ClientAuth> {
  const { token_endpoint_auth_method: method, key, client_secret: secret } = credentials;
  if (method === 'private_key_jwt' && key) {
    return oauth.PrivateKeyJwt({ key: (await importJWK(key, 'ES256')) as CryptoKey, kid: key.kid ?? '' });
  }
  if (method === 'client_secret_basic' && secret !== undefined) return oauth.ClientSecretBasic(secret);
  return oauth.None();
}

/** What binds its tokens. */
export async function keyPair(jwk: JWK): Promise<{ privateKey: CryptoKey; publicKey: CryptoKey }> {
  return {
    privateKey: (await importJWK(jwk, 'ES256')) as CryptoKey,
    // The proof carries it, so that the library must be able to export it.
    publicKey: (await importJWK(publicPart(jwk), 'ES256', { extractable: true })) as CryptoKey,
  };
}

function stored({ access_token, expires_in = 60 }: oauth.TokenEndpointResponse): StoredToken {
  return { access_token, expires_at: Date.now() + expires_in * 1_000 };
}

function isGood({ expires_at }: StoredToken): boolean {
  return Date.now() < expires_at - SPARE_MS;
}

/** Only to tell consents apart: what the token says is for the service to verify. */
function subjectOf(accessToken: string): string {
  const [, payload = ''] = accessToken.split('.');
  const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub?: unknown };
  return String(sub);
}
