import { canonicalJson, type JsonValue } from '../../platform/json.js';
import {
  type Caller,
  expecting,
  type Reply,
  type Request,
  TokenCaller,
  UnexpectedReplyError,
} from '../api/http-api.js';
import { CliError } from '../errors.js';
import type { Narrator } from './narrator.js';
import { type Fetch, tracedFetch } from './traced-fetch.js';

/** Where the story takes place: the service, and whoever listens. */
export class Stage {
  private doing = '';

  constructor(
    readonly url: string,
    /** Tells this run's people and retailers from those of other runs. */
    readonly run: string,
    private readonly narrator: Narrator,
  ) {}

  chapter(title: string): void {
    this.narrator.chapter(title);
  }

  /** Says what is done next. */
  says(words: string): void {
    this.doing = words;
    this.narrator.says(words);
  }

  /** Goes on only if what was found is what it should be. @throws StoryError */
  check(words: string, found: unknown, expected: unknown): void {
    if (!isSame(found, expected)) throw new StoryError(this.doing, words, expected, found);
    this.narrator.finds(words);
  }

  /** What `who` uses to call the service, so that all of it is told. */
  fetchOf(who: string): Fetch {
    return tracedFetch(this.narrator, who);
  }

  /** Somebody with a session, or without one. */
  caller(who: string, token?: string): Caller {
    return new TokenCaller(this.url, token, this.fetchOf(who));
  }

  /** Sends a request that must be answered with this status. @throws StoryError */
  async expect<T>(caller: Caller, status: number, request: Request): Promise<T> {
    return (await this.reply<T>(caller, status, request)).body;
  }

  async reply<T>(caller: Caller, status: number, request: Request): Promise<Reply<T>> {
    try {
      return await expecting<T>(caller, request, status);
    } catch (error) {
      if (!(error instanceof UnexpectedReplyError)) throw error;
      throw new StoryError(this.doing, `the answer is ${status}`, status, error.message);
    }
  }
}

function isSame(found: unknown, expected: unknown): boolean {
  return canonicalJson(found as JsonValue) === canonicalJson(expected as JsonValue);
}

/** The story did not go as it should. */
export class StoryError extends CliError {
  constructor(doing: string, words: string, expected: unknown, found: unknown) {
    const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));
    super(`${doing}\nshould show that ${words}.\n  Expected: ${shown(expected)}\n  Found:    ${shown(found)}`);
  }
}
