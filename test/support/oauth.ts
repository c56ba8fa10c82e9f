import { createHash, randomBytes, randomUUID } from 'node:crypto';

import { SignJWT } from 'jose';

import type { TestCustomer } from './actors.js';
import type { TestApp } from './app.js';
import { Browser, type PageAnswer } from './browser.js';
import type { TestClient, TestKey, TestRetailer } from './retailers.js';

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  // What an answer holds is for each test to say.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

/** An access token of a retailer's client, with what is needed to use it. */
export interface RetailerAccess {
  readonly accessToken: string;
  readonly tokenType: 'DPoP' | 'Bearer';
  readonly key: TestKey;
  readonly client: TestClient;
  /** A call with the token and, if it is bound, a fresh proof. */
  fetch(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<JsonAnswer>;
}

/** The tokens that a customer's consent led to. */
export interface ConsentAccess extends RetailerAccess {
  readonly refreshToken: string | undefined;
  readonly consentId: string;
  readonly subject: string;
  /** What was given, as the token answer says it. */
  readonly details: readonly Record<string, unknown>[];
}

const shoeSize = {
  type: 'ccx_preferences',
  attributes: ['size.footwear'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
};

/** A token for the retailer itself, without any customer: `await retailerToken(app, grocer, { scope: 'preferences.read' })`. */
export async function retailerToken(
  app: TestApp,
  { client }: Pick<TestRetailer, 'client'>,
  { scope = 'preferences.read interactions.write consents.read consents.request' }: { scope?: string } = {},
): Promise<RetailerAccess> {
  const answer = await tokenRequest(app, client, { grant_type: 'client_credentials', scope });
  if (answer.status !== 200) throw new Error(`No token: ${JSON.stringify(answer.body)}`);
  return accessOf(app, client, answer.body);
}

export interface ConsentOptions {
  readonly details?: readonly object[];
  readonly scope?: string;
  readonly use?: 'standing' | 'once';
  readonly lifetimeDays?: number;
  /** Other values for fields of the consent page's form. */
  readonly choice?: Readonly<Record<string, string | readonly string[]>>;
}

/** The whole way: the request is pushed, the customer signs in and allows it, the code is redeemed. */
export async function consentToken(
  app: TestApp,
  retailer: Pick<TestRetailer, 'client'>,
  customer: Pick<TestCustomer, 'email' | 'password'>,
  options: ConsentOptions = {},
): Promise<ConsentAccess> {
  const { code, verifier } = await authorizationCode(app, retailer.client, customer, options);
  const answer = await redeem(app, retailer.client, code, verifier);
  if (answer.status !== 200) throw new Error(`No token: ${JSON.stringify(answer.body)}`);
  return consentAccessOf(app, retailer.client, answer.body);
}

/** A code that has not been redeemed. */
export async function authorizationCode(
  app: TestApp,
  client: TestClient,
  customer: Pick<TestCustomer, 'email' | 'password'>,
  { choice = {}, ...options }: ConsentOptions = {},
): Promise<{ code: string; verifier: string; browser: Browser }> {
  const { address, verifier } = await pushRequest(app, client, options);
  const browser = new Browser(app.url, { 'accept-language': 'en' });
  const page = await signIn(browser, await browser.follow(await browser.get(address)), customer);
  const answer = await browser.follow(
    page.location ? page : await browser.submit(page, 'decision', { decision: 'approve', ...choice }),
  );
  return { code: codeOf(answer, client), verifier, browser };
}

/** From the sign-in page to whatever comes after it. */
export async function signIn(
  browser: Browser,
  page: PageAnswer,
  { email, password }: Pick<TestCustomer, 'email' | 'password'>,
): Promise<PageAnswer> {
  return browser.follow(await browser.submit(page, 'sign-in', { email, password }));
}

/** The code that the browser is sent back with. */
export function codeOf(answer: PageAnswer, { redirectUri }: TestClient): string {
  const code = answer.location?.startsWith(redirectUri) && new URL(answer.location).searchParams.get('code');
  if (!code) throw new Error(`There is no code: ${answer.status} ${answer.location ?? answer.body}`);
  return code;
}

export interface AuthorizationOptions extends Omit<ConsentOptions, 'choice'> {
  readonly params?: Readonly<Record<string, string | undefined>>;
}

/** Pushes an authorization request and answers where to send the customer. */
export async function pushRequest(
  app: TestApp,
  client: TestClient,
  options: AuthorizationOptions = {},
): Promise<{ address: string; verifier: string }> {
  const verifier = randomBytes(32).toString('base64url');
  const answer = await post(app, client, '/oauth/par', authorizationParams(client, verifier, options), false);
  if (answer.status !== 201) throw new Error(`Not pushed: ${JSON.stringify(answer.body)}`);
  const query = new URLSearchParams({ client_id: client.id, request_uri: answer.body.request_uri });
  return { address: `${app.url}/oauth/authorize?${query.toString()}`, verifier };
}

export function authorizationParams(
  client: TestClient,
  verifier: string,
  { details = [shoeSize], scope = 'preferences.read', use, lifetimeDays, params = {} }: AuthorizationOptions = {},
): Record<string, string> {
  const all = {
    response_type: 'code',
    client_id: client.id,
    redirect_uri: client.redirectUri,
    scope,
    state: randomUUID(),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    authorization_details: JSON.stringify(details),
    ccx_use: use,
    ccx_lifetime_days: lifetimeDays?.toString(),
    ...params,
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

export function redeem(
  app: TestApp,
  client: TestClient,
  code: string,
  verifier: string,
  more: TokenOptions = {},
): Promise<JsonAnswer> {
  const params = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: client.redirectUri };
  return tokenRequest(app, client, params, more);
}

export function refresh(
  app: TestApp,
  client: TestClient,
  refreshToken: string,
  more: TokenOptions = {},
): Promise<JsonAnswer> {
  return tokenRequest(app, client, { grant_type: 'refresh_token', refresh_token: refreshToken }, more);
}

export interface TokenOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly assertion?: string;
  readonly proof?: string;
  readonly key?: TestKey;
  /** Another process of the service than the one that the test runs in. */
  readonly origin?: string;
}

/** A request to the token endpoint, authenticated and with a proof as the client is registered. */
export function tokenRequest(
  app: Pick<TestApp, 'url'>,
  client: TestClient,
  params: Readonly<Record<string, string>>,
  { params: more = {}, ...options }: TokenOptions = {},
): Promise<JsonAnswer> {
  return post(app, client, '/oauth/token', { ...params, ...more }, !client.settings.bearer, options);
}

/** A request of a client to one of the OAuth endpoints. */
export async function post(
  app: Pick<TestApp, 'url'>,
  client: TestClient,
  path: string,
  params: Readonly<Record<string, string>>,
  withProof: boolean,
  { assertion, proof, key = client.dpopKey, origin = app.url }: Omit<TokenOptions, 'params'> = {},
): Promise<JsonAnswer> {
  const headers: Record<string, string> = { accept: 'application/json' };
  const body = new URLSearchParams(params);
  if (client.secret !== undefined) {
    headers['authorization'] = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
  } else if (client.settings.authMethod === 'private_key_jwt') {
    body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    body.set('client_assertion', assertion ?? (await clientAssertion(client, { aud: app.url })));
  } else body.set('client_id', client.id);
  if (withProof) headers['dpop'] = proof ?? (await dpopProof(key, { htm: 'POST', htu: app.url + path }));
  return answerOf(await fetch(origin + path, { method: 'POST', headers, body }));
}

export function clientAssertion(client: TestClient, claims: Readonly<Record<string, unknown>>): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: client.id, sub: client.id, jti: randomUUID(), iat: now, exp: now + 60, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: client.key.thumbprint })
    .sign(client.key.privateKey);
}

/** A DPoP proof; `ath` is made of `token`. */
export function dpopProof(
  key: TestKey,
  { token, now = new Date(), ...claims }: { token?: string; now?: Date } & Readonly<Record<string, unknown>>,
): Promise<string> {
  const ath = token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') };
  return new SignJWT({ jti: randomUUID(), iat: Math.floor(now.getTime() / 1000), ...ath, ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.publicJwk })
    .sign(key.privateKey);
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Another proof than the right one. */
  readonly proof?: string;
  /** Another process of the service than the one that the test runs in. */
  readonly origin?: string;
}

/** A call to the API with an access token of a retailer's client. */
export async function dpopFetch(
  app: TestApp,
  { accessToken, tokenType, key }: Pick<RetailerAccess, 'accessToken' | 'tokenType' | 'key'>,
  method: string,
  path: string,
  { body, headers = {}, proof, origin = app.url }: CallOptions = {},
): Promise<JsonAnswer> {
  const htu = new URL(path, app.url);
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const made =
    proof ??
    (await dpopProof(key, { htm: method, htu: htu.origin + htu.pathname, token: accessToken, now: app.clock.now() }));
  const response = await fetch(new URL(path, origin), {
    method,
    headers: {
      accept: 'application/json',
      authorization: `${tokenType} ${accessToken}`,
      ...(tokenType === 'DPoP' && { dpop: made }),
      ...(body !== undefined && !isRaw && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: isRaw ? body : JSON.stringify(body) }),
  });
  return answerOf(response);
}

async function answerOf(response: Response): Promise<JsonAnswer> {
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text };
}

interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'DPoP' | 'Bearer';
  readonly refresh_token?: string;
  readonly authorization_details?: readonly Record<string, unknown>[];
}

export function accessOf(app: TestApp, client: TestClient, body: TokenAnswer): RetailerAccess {
  const access = { accessToken: body.access_token, tokenType: body.token_type, key: client.dpopKey, client };
  return {
    ...access,
    fetch: (method, path, sent, headers) =>
      dpopFetch(app, access, method, path, { body: sent, ...(headers && { headers }) }),
  };
}

export function consentAccessOf(app: TestApp, client: TestClient, body: TokenAnswer): ConsentAccess {
  const claims = claimsOf(body.access_token);
  return {
    ...accessOf(app, client, body),
    refreshToken: body.refresh_token,
    consentId: String(claims['consent_id']),
    subject: String(claims['sub']),
    details: body.authorization_details ?? [],
  };
}

/** What a JWT says, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}
