import { join } from 'node:path';

import type { Config } from '../platform/config/config.js';
import type { StaffRole } from '../staff/staff-member.entity.js';
import { type Caller, expecting, TokenCaller } from './api/http-api.js';
import { CliError } from './errors.js';
import { readPrivateJson, writePrivateJson } from './private-files.js';
import type { Call } from './retailer-client.js';
import { staffEmail, type StaffCredentials, staffCredentials } from './staff-credentials.js';

/** Signs a member of the staff in and answers the token of the session, or undefined when the service refuses. */
export async function signInAsStaff(anybody: Caller, credentials: StaffCredentials): Promise<string | undefined> {
  const { email, password } = credentials;
  const body = { email, password, code: await credentials.nextCode() };
  const request = { method: 'POST', path: '/v1/staff/sessions', body } as const;
  const reply = await expecting<{ token: string }>(anybody, request, 201, 401);
  return reply.status === 201 ? reply.body.token : undefined;
}

interface KeptSession {
  readonly issuer: string;
  readonly email: string;
  readonly token: string;
}

/** Calls the API as an operator or auditor, and keeps the session for the next call. */
export class StaffClient {
  private readonly path: string;

  constructor(
    private readonly role: StaffRole,
    private readonly config: Config,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    this.path = join(config.DATA_FOLDER, 'tokens', `staff-${role}.json`);
  }

  async call(url: URL, call: Call): Promise<Response> {
    const kept = readPrivateJson(this.path) as KeptSession | undefined;
    // It goes to the service that gave it alone, and acts for nobody but who is meant now.
    const isMeant = kept?.issuer === this.config.issuer && kept.email === staffEmail(this.role, this.env);
    const response = isMeant ? await send(kept.token, url, call) : undefined;
    // The session may have ended, or the service begun anew.
    return response && response.status !== 401 ? response : send(await this.signIn(), url, call);
  }

  private async signIn(): Promise<string> {
    const credentials = await staffCredentials(this.role, this.config, this.env);
    const { email } = credentials;
    const { issuer } = this.config;
    const token = await signInAsStaff(new TokenCaller(issuer), credentials);
    if (token === undefined) throw new CliError(`The service at ${issuer} does not let ${email} in.`);
    writePrivateJson(this.path, { issuer, email, token } satisfies KeptSession);
    return token;
  }
}

function send(token: string, url: URL, { method, headers, body }: Call): Promise<Response> {
  const text = typeof body === 'object' ? new TextDecoder().decode(body) : body;
  return fetch(url, {
    method,
    headers: { ...headers, authorization: `Bearer ${token}` },
    ...(text !== undefined && { body: text }),
  });
}
