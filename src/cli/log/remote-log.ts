import { setTimeout as delay } from 'node:timers/promises';

import { type LogResource, resourcePath } from '../../audit/log-paths.js';
import { TILE_WIDTH } from '../../audit/tiles.js';
import { CliError } from '../errors.js';

const ATTEMPTS = 8;
/** For who says when to come back, and is there. */
const ATTEMPTS_WHEN_ASKED = 20;
const LONGEST_ASKED_MS = 60_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
const PATIENCE_MS = 30_000;
/** A bundle of entries that are as long as they can be. */
const LONGEST_ANSWER = TILE_WIDTH * (2 + 65_535);

/** A log that is served elsewhere (C2SP tlog-tiles). What fails and may pass is tried again, for about a minute; longer where the log asks to come back later. */
export class RemoteLog {
  private readonly prefix: string;

  /** @param url The log's own, or the origin of a CCX service. */
  constructor(
    url: string,
    private readonly wait: (ms: number) => Promise<void> = delay,
  ) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new CliError(`${url} is not the address of a log, such as https://ccx.example/log/v1.`, 2);
    }
    const { origin, pathname } = new URL(url);
    this.prefix = origin + (pathname === '/' ? '/log/v1' : pathname.replace(/\/+$/, ''));
  }

  async text(path: string): Promise<string> {
    return (await this.demand(path)).toString();
  }

  /** A tile or bundle. A partial one that a log does not keep any longer is cut out of the full one. */
  async resource(resource: LogResource, cut: (full: Buffer) => Buffer): Promise<Buffer> {
    const found = await this.bytes(resourcePath(resource));
    if (found) return found;
    return cut(await this.demand(resourcePath({ ...resource, width: TILE_WIDTH })));
  }

  private async demand(path: string): Promise<Buffer> {
    const found = await this.bytes(path);
    if (!found) throw new CliError(`The log has no ${path}.`);
    return found;
  }

  /** What is at this path; null where there is nothing. */
  private async bytes(path: string): Promise<Buffer | null> {
    for (let attempt = 1, pause = FIRST_PAUSE_MS; ; attempt++, pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const { status, body, reason, retryAfterMs } = await this.attempt(path);
      if (status === 200) return body;
      if (status === 404) return null;
      const mayPass = status === 0 || status === 429 || status >= 500;
      const most = status === 429 ? ATTEMPTS_WHEN_ASKED : ATTEMPTS;
      if (!mayPass) throw new CliError(`${this.prefix}/${path}: ${reason}.`);
      if (attempt >= most) throw new CliError(`${this.prefix}/${path}: ${reason}, also when asked ${attempt} times.`);
      const asked = Math.min(retryAfterMs, LONGEST_ASKED_MS);
      await this.wait(Math.max(asked, pause * (0.5 + Math.random() / 2)));
    }
  }

  private async attempt(path: string): Promise<Attempt> {
    try {
      const response = await fetch(`${this.prefix}/${path}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
      const { status, headers } = response;
      const retryAfterMs = Number(headers.get('retry-after') ?? 0) * 1_000 || 0;
      return { status, reason: `it answered ${status}`, retryAfterMs, body: await bytesOf(response) };
    } catch (error) {
      if (error instanceof CliError) throw error;
      const { message, cause } = error as Error;
      const reason = cause instanceof Error && cause.message ? cause.message : message;
      return { status: 0, reason, retryAfterMs: 0, body: Buffer.alloc(0) };
    }
  }
}

interface Attempt {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly reason: string;
  readonly retryAfterMs: number;
  readonly body: Buffer;
}

async function bytesOf({ body, url }: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > LONGEST_ANSWER) throw new CliError(`${url} answers more than a log has at one place.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
