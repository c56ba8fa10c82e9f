import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

import type { ClientCredentials } from '../client-credentials.js';
import { readPrivateJson, writePrivateJson } from '../private-files.js';

/** What is decided once, at the first run. */
export interface Settings {
  readonly dataset: string;
  /** By how many days every time is moved. */
  readonly offset_days: number;
  /** The client of each retailer. */
  readonly clients: Readonly<Record<string, ClientCredentials>>;
}

/** How far one customer has come. */
export interface CustomerProgress {
  /** The token of a session. */
  readonly session?: string;
  /** As their retailer knows them, once they have consented. */
  readonly subject?: string;
  /** Whether they have switched suggestions on. */
  readonly suggestions?: boolean;
}

/**
 * What a run leaves for the next one: the settings, and beside them a journal with one line for every step of a
 * customer, so that a run that is ended at any moment loses at most the step that it was in. Both hold secrets.
 */
export class ReplayState {
  private readonly journal: string;
  private readonly customers = new Map<string, CustomerProgress>();

  constructor(private readonly path: string) {
    this.journal = `${path.replace(/\.json$/, '')}.journal.ndjson`;
    // Without the settings nobody knows to which service the journal belongs.
    if (!this.settings()) rmSync(this.journal, { force: true });
    for (const line of linesOf(this.journal)) {
      const { customer, ...step } = line;
      this.customers.set(customer, { ...this.customers.get(customer), ...step });
    }
  }

  settings(): Settings | undefined {
    return readPrivateJson(this.path) as Settings | undefined;
  }

  keepSettings(settings: Settings): void {
    writePrivateJson(this.path, settings);
  }

  progressOf(customer: string): CustomerProgress {
    return this.customers.get(customer) ?? {};
  }

  keepProgress(customer: string, step: CustomerProgress): void {
    this.customers.set(customer, { ...this.customers.get(customer), ...step });
    mkdirSync(dirname(this.journal), { recursive: true, mode: 0o700 });
    // The line break comes first, so that half a line spoils no other.
    appendFileSync(this.journal, `\n${JSON.stringify({ customer, ...step })}`, { mode: 0o600 });
  }
}

type Line = CustomerProgress & { customer: string };

/** A run that was killed may have left half a line at the end: that step is done again. */
function linesOf(path: string): Line[] {
  return textOf(path)
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Line];
      } catch {
        return [];
      }
    });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
