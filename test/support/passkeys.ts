import type { TestCustomer } from './actors.js';
import type { TestApp } from './app.js';
import { Authenticator } from './authenticator.js';

export interface TestPasskey {
  readonly id: string;
  readonly authenticator: Authenticator;
}

/** Adds a passkey of a new authenticator to the account. */
export async function aPasskey(app: TestApp, { api }: Pick<TestCustomer, 'api'>, counts = false): Promise<TestPasskey> {
  const authenticator = new Authenticator(app.url, counts);
  const { body: options } = await api.post('/v1/me/passkeys/options').expect(201);
  const credential = authenticator.make(options);
  const { body } = await api.post('/v1/me/passkeys').send({ name: 'Phone', credential }).expect(201);
  return { id: body.id, authenticator };
}

/** What a browser needs to use a passkey. */
export async function challengeOf(app: TestApp): Promise<{ challenge: string }> {
  return (await app.http.post('/v1/passkeys/options').expect(201)).body;
}
