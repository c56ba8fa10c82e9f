import { type DocumentedRoute, documentedRoutes } from '../src/openapi/routes.js';
import { Database } from '../src/platform/database/database.js';
import { RateLimitedError } from '../src/platform/errors.js';
import { Drain } from '../src/platform/http/drain.js';
import { Idempotency } from '../src/platform/http/idempotency.js';
import { RequestLimits } from '../src/platform/http/request-limits.js';
import { LARGEST_BODY, PARTIAL_UPLOAD } from '../src/platform/http/route.js';
import type { JsonValue } from '../src/platform/json.js';
import { startApp, type TestApp } from './support/app.js';
import {
  aCaller,
  type Answer,
  type CallBody,
  type CallerKind,
  callerKinds,
  kindsOf,
  nobody,
  type TestCaller,
} from './support/callers.js';
import { type DocumentedOperation, documentedOperations, emptyBody, someAddress } from './support/operations.js';

// They walk every operation.
jest.setTimeout(120_000);

/** Few enough to be reached by calling. */
const DEFAULT_LIMIT = 40;

let app: TestApp;
let routes: Map<string, DocumentedRoute>;
/** Those of our own; the OAuth engine's answer as its standards say. */
let operations: DocumentedOperation[];
const callers = {} as Record<CallerKind | 'public', TestCaller>;

async function start(config: Record<string, string> = {}): Promise<void> {
  app = await startApp({ config });
  routes = documentedRoutes(app.nest);
  operations = documentedOperations(app.document).filter(({ id }) => routes.has(id));
  callers.public = nobody(app);
  for (const kind of callerKinds) callers[kind] = await aCaller(app, kind);
}

const answering = (status: number) => operations.filter(({ statuses }) => statuses.includes(status));
// What answers HEAD has no body that could name the problem.
const all = (some: readonly DocumentedOperation[], answer: string) =>
  some.map(({ id, method }) => `${id}: ${method === 'head' ? `${answer.split(' ')[0]} ` : answer}`);
const rightCaller = (operation: DocumentedOperation) => callers[kindsOf(operation)[0] ?? 'public'];

async function answers(
  some: readonly DocumentedOperation[],
  call: (operation: DocumentedOperation) => Promise<Answer>,
): Promise<string[]> {
  const lines: string[] = [];
  for (const operation of some) {
    const { status, body } = await call(operation);
    lines.push(`${operation.id}: ${status} ${body.type?.split('/').at(-1) ?? ''}`);
  }
  return lines;
}

function send(operation: DocumentedOperation, body?: Partial<CallBody>): Promise<Answer> {
  const sent = body && ({ ...emptyBody(operation), ...body } as CallBody);
  return callers.public.call(operation.method, someAddress(operation), sent);
}

/** A call that gets past everything in front of the operation and is refused there, so that it changes nothing. */
function misspelt(operation: DocumentedOperation): Promise<Answer> {
  const address = `${someAddress(operation)}?no_such_parameter=1`;
  return rightCaller(operation).call(operation.method, address, emptyBody(operation));
}

describe('every operation', () => {
  beforeAll(() => start());
  afterAll(() => app.stop());

  const withBody = () => operations.filter(({ takes }) => takes.length > 0);

  it('refuses a query parameter that it does not know', async () => {
    await expect(answers(operations, misspelt)).resolves.toEqual(all(operations, '400 invalid-request'));
  });

  it('that takes a body refuses one that is malformed', async () => {
    // Bytes as such have no form that they could lack.
    const withText = withBody().filter(({ takes }) => !takes.includes(PARTIAL_UPLOAD));
    await expect(answers(withText, (operation) => send(operation, { text: '{"a":' }))).resolves.toEqual(
      all(withText, '400 malformed-json'),
    );
  });

  it('that takes a body refuses one that is too large', async () => {
    const tooMuch = ({ id }: DocumentedOperation) => ' '.repeat((routes.get(id)?.traits.bodyLimit ?? LARGEST_BODY) + 1);
    await expect(answers(withBody(), (operation) => send(operation, { text: tooMuch(operation) }))).resolves.toEqual(
      all(withBody(), '413 body-too-large'),
    );
  });

  it('that takes a body refuses one of another type', async () => {
    await expect(
      answers(withBody(), (operation) => send(operation, { text: '{}', contentType: 'text/plain' })),
    ).resolves.toEqual(all(withBody(), '415 unsupported-media-type'));
  });

  it('that creates keeps requests with the same idempotency key apart', async () => {
    const changesWithoutAnswer = async () => {
      await app.get(Database).transaction(async () => undefined);
      throw new Error('no answer yet');
    };
    const creating = operations.filter(({ id }) => routes.get(id)?.traits.idempotent);
    const begin = async (operation: DocumentedOperation, key: string, body: JsonValue) => {
      const { key: caller = '', call } = rightCaller(operation);
      const url = someAddress(operation);
      const request = { caller, key, method: operation.method.toUpperCase(), url, body };
      await expect(app.get(Idempotency).run(request, changesWithoutAnswer)).rejects.toThrow('no answer yet');
      return call(operation.method, url, emptyBody(operation), { 'idempotency-key': key });
    };
    const sameRequest = (operation: DocumentedOperation) =>
      begin(operation, `1-${operation.id}`, operation.takes.length > 0 ? {} : null);
    await expect(answers(creating, sameRequest)).resolves.toEqual(all(creating, '409 idempotency-in-progress'));
    const another = (operation: DocumentedOperation) => begin(operation, `2-${operation.id}`, { other: true });
    await expect(answers(creating, another)).resolves.toEqual(all(creating, '422 idempotency-key-reused'));
  });

  it('turns callers away while the service stops, unless it says how the service is', async () => {
    await app.get(Drain).begin(0);
    const stopping = answering(503);
    expect(operations.filter((operation) => !stopping.includes(operation)).map(({ id }) => id)).toEqual([
      'getLiveness',
    ]);
    await expect(answers(stopping, (operation) => send(operation, {}))).resolves.toEqual(
      all(stopping, '503 unavailable'),
    );
  });
});

describe('every operation that has a limit', () => {
  beforeAll(() => start({ RATE_LIMITS: 'on', REQUESTS_PER_MINUTE: String(DEFAULT_LIMIT) }));
  afterAll(() => app.stop());

  /** Uses up a limit of the operation's own that is too high to be reached by calling. */
  function spendOwnLimit(operation: DocumentedOperation): void {
    const limit = routes.get(operation.id)?.traits.limit;
    const { key } = rightCaller(operation);
    if (limit === undefined || limit === 'none' || limit.points <= DEFAULT_LIMIT || !key) return;
    try {
      app.get(RequestLimits).spend(limit, key, limit.points);
    } catch (error) {
      if (!(error instanceof RateLimitedError)) throw error;
    }
  }

  it('refuses calls beyond it', async () => {
    const untilRefused = async (operation: DocumentedOperation) => {
      spendOwnLimit(operation);
      let answer = await misspelt(operation);
      for (let i = 0; i < DEFAULT_LIMIT && answer.status !== 429; i++) answer = await misspelt(operation);
      return answer;
    };
    const limited = answering(429);
    await expect(answers(limited, untilRefused)).resolves.toEqual(all(limited, '429 rate-limited'));
  });
});
