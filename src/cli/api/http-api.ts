import { ResponseBodyError } from 'openid-client';

import { reasonOf } from '../as-client.js';
import { CliError } from '../errors.js';
import type { Call, RetailerClient } from '../retailer-client.js';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

export interface Request {
  readonly method: Method;
  readonly path: string;
  /** Sent as JSON; a string or bytes as they stand. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply<T = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** Somebody who calls the API. */
export interface Caller {
  send<T = unknown>(request: Request): Promise<Reply<T>>;
}

/** A customer or a member of the staff by the token of their session, or anybody without one. */
export class TokenCaller implements Caller {
  constructor(
    private readonly origin: string,
    private readonly token?: string,
    private readonly fetcher: (url: URL, init: RequestInit) => Promise<Response> = fetch,
  ) {}

  async send<T>(request: Request): Promise<Reply<T>> {
    const { url, method, headers, body } = callOf(this.origin, request);
    return replyOf<T>(
      await this.fetcher(url, {
        method,
        body,
        headers: { ...headers, ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }) },
      }),
    );
  }
}

/** A retailer's back end, with a token of its own for these scopes. */
export class RetailerCaller implements Caller {
  constructor(
    private readonly origin: string,
    private readonly client: RetailerClient,
    private readonly scope?: string,
  ) {}

  async send<T>(request: Request): Promise<Reply<T>> {
    const { url, ...call } = callOf(this.origin, request);
    return replyOf<T>(await this.client.callAsItself(url, call, this.scope).catch(refused));
  }
}

/** A token that is refused is no fault of the program. */
function refused(error: unknown): never {
  if (error instanceof ResponseBodyError && error.status < 500 && error.status !== 429) {
    throw new CliError(`The service refused a token: ${reasonOf(error)}.`);
  }
  throw error;
}

/** The service answered something else than it should have. */
export class UnexpectedReplyError extends CliError {
  constructor(
    readonly request: Request,
    readonly reply: Reply,
    expected: readonly number[],
  ) {
    super(`${request.method} ${request.path} answered ${describe(reply)}, not ${expected.join(' or ')}.`);
  }
}

/** Sends a request whose answer has one of these statuses. @throws UnexpectedReplyError */
export async function expecting<T>(
  caller: Caller,
  request: Request,
  ...statuses: readonly [number, ...number[]]
): Promise<Reply<T>> {
  const reply = await caller.send<T>(request);
  if (!statuses.includes(reply.status)) throw new UnexpectedReplyError(request, reply, statuses);
  return reply;
}

/** Every item of a list, page by page. */
export async function* everyItem<T>(caller: Caller, path: string): AsyncGenerator<T> {
  let cursor: string | null = null;
  do {
    const query = `${path.includes('?') ? '&' : '?'}limit=200${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const page: Reply<{ items: T[]; next_cursor: string | null }> = await expecting(
      caller,
      { method: 'GET', path: path + query },
      200,
    );
    yield* page.body.items;
    cursor = page.body.next_cursor;
  } while (cursor !== null);
}

/** A request as it goes out. */
export function callOf(origin: string, { method, path, body, headers }: Request): Call & { url: URL } {
  return {
    url: new URL(path, origin),
    method,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: isContent(body) ? body : JSON.stringify(body) }),
  };
}

function isContent(body: unknown): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array;
}

/** An answer as it came in. */
export async function replyOf<T>(response: Response): Promise<Reply<T>> {
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: (isJson && text !== '' ? JSON.parse(text) : text) as T,
  };
}

function describe({ status, body }: Reply): string {
  const {
    title,
    detail,
    errors = [],
  } = (body ?? {}) as {
    title?: string;
    detail?: string;
    errors?: { pointer: string; detail: string }[];
  };
  const words = [title, detail, ...errors.map((error) => `${error.pointer} ${error.detail}`)].filter(Boolean);
  return words.length > 0 ? `${status} (${words.join('; ')})` : String(status);
}
