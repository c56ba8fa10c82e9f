import type { TestApp } from './app.js';
import type { PageAnswer } from './browser.js';
import type { JsonAnswer } from './oauth.js';

/** All that has been given out so far: requests that were taken, codes, tokens, disclosures, and changes of consents. */
async function givenOut(app: TestApp): Promise<object> {
  const { rows } = await app.db.query<object>(
    `select (select count(*)::int from oauth_artifacts where model not in ('Session', 'Interaction')) as artifacts,
            (select count(*)::int from consent_versions) as changes,
            (select count(*)::int from disclosures where refused is null) as disclosures,
            (select count(*)::int from (select type from audit_pending union all select type from audit_log) as entries
              where type = 'token.issued') as tokens`,
  );
  return rows[0] ?? {};
}

/** Tries something that must be refused, and answers what it was answered. Fails when anything at all was given. */
export async function inVain<A extends JsonAnswer | PageAnswer>(app: TestApp, attempt: () => Promise<A>): Promise<A> {
  const before = await givenOut(app);
  const answer = await attempt();
  expect(await givenOut(app)).toEqual(before);
  const location = answer.headers.get('location');
  if (location !== null) expect([...new URL(location, app.url).searchParams.keys()]).not.toContain('code');
  expect(JSON.stringify(answer.body)).not.toMatch(/"(?:access_token|refresh_token|id_token|request_uri)"/);
  return answer;
}

/** The same with an answer of OAuth, as `400 invalid_grant`. Such answers are never kept by anybody in between. */
export async function refusalOf(app: TestApp, attempt: () => Promise<JsonAnswer>): Promise<string> {
  const { status, body, headers } = await inVain(app, attempt);
  expect(headers.get('cache-control')).toContain('no-store');
  return `${status} ${String(body.error)}`;
}

/** Does something as if it were so many seconds later: for what the engine measures by the clock of the machine. */
export async function secondsLater<T>(seconds: number, act: () => Promise<T>): Promise<T> {
  const { now } = Date;
  const spy = jest.spyOn(Date, 'now').mockImplementation(() => now() + seconds * 1000);
  try {
    return await act();
  } finally {
    spy.mockRestore();
  }
}

/** A request to an endpoint of OAuth with exactly these parts: nobody authenticates, nothing is proved. */
export async function sendForm(
  app: Pick<TestApp, 'url'>,
  path: string,
  params: Readonly<Record<string, string>> | URLSearchParams | null,
  { method = 'POST', headers = {} }: { method?: string; headers?: Readonly<Record<string, string>> } = {},
): Promise<JsonAnswer> {
  const response = await fetch(app.url + path, {
    method,
    redirect: 'manual',
    headers: { accept: 'application/json', ...headers },
    ...(params && { body: new URLSearchParams(params) }),
  });
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text };
}
