import { readPrivateJson, writePrivateJson } from './private-files.js';

export interface StoredToken {
  readonly access_token: string;
  /** In milliseconds since 1970. */
  readonly expires_at: number;
}

/** What one customer lets the client do. */
export interface StoredConsent extends StoredToken {
  readonly subject: string;
  readonly refresh_token?: string;
  readonly scope: string;
  readonly grant_id?: string;
  readonly authorization_details: readonly Readonly<Record<string, unknown>>[];
  readonly ccx_max_reads_per_day?: number;
  readonly given_at: string;
}

export interface Tokens {
  /** Of the client itself, by scope. */
  readonly own: Record<string, StoredToken>;
  /** Of customers' consents, by subject. */
  readonly consents: Record<string, StoredConsent>;
}

/** Where a client keeps its tokens between calls. */
export interface TokenStore {
  load(): Tokens;
  save(tokens: Tokens): void;
}

/** Keeps them in a file that its owner alone may read. */
export class TokenFile implements TokenStore {
  constructor(private readonly path: string) {}

  load(): Tokens {
    return (readPrivateJson(this.path) as Tokens | undefined) ?? { own: {}, consents: {} };
  }

  save(tokens: Tokens): void {
    writePrivateJson(this.path, tokens);
  }
}

/** Keeps them for as long as the program runs. */
export class TokenMemory implements TokenStore {
  private tokens: Tokens = { own: {}, consents: {} };

  load(): Tokens {
    return this.tokens;
  }

  save(tokens: Tokens): void {
    this.tokens = tokens;
  }
}
