import { Injectable } from '@nestjs/common';

import { findEntriesWithIds } from '../audit/audit.queries.js';
import type { Consent } from '../consents/consent.entity.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import type { BundleRequest } from './bundle-request.js';
import { provable } from './disclosure-proofs.service.js';
import { pageOfConsent, type RecordedDisclosure } from './disclosures.queries.js';
import { keptSince } from './kept.js';
import { earliestFirst, later } from './stretches.js';

const READS_AT_ONCE = 500;
const DAY_MS = 86_400_000;

/** A read as a bundle has it, or where the log has no place for it under the bundle's checkpoint, none. */
export type BundledRead = { readonly line: JsonObject; readonly entryIndex: number } | null;

/** The reads under a consent that a bundle has, page by page. */
@Injectable()
export class BundledReads {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Oldest first; null for each that the tree of this size does not cover yet. */
  async *of(consent: Consent, asked: BundleRequest, size: number): AsyncGenerator<BundledRead> {
    for await (const page of this.pages(consent, asked)) {
      const entries = await findEntriesWithIds(this.database.reader, [...new Set(page.map(({ auditId }) => auditId))]);
      for (const recorded of page) {
        const entryIndex = entries.get(recorded.auditId)?.index ?? Infinity;
        yield entryIndex < size ? { line: { ...provable(recorded), entry_index: entryIndex }, entryIndex } : null;
      }
    }
  }

  private async *pages(
    { id, givenAt }: Consent,
    { customer, within }: BundleRequest,
  ): AsyncGenerator<RecordedDisclosure[]> {
    const now = this.clock.now();
    // The clock that checks reads is the database's, and may go otherwise than this one.
    const begun = later(new Date(givenAt.getTime() - DAY_MS), keptSince(this.config, now));
    const ended = new Date(now.getTime() + DAY_MS);
    const from = within ? later(within.from, begun) : begun;
    const to = within && within.to < ended ? within.to : ended;
    for (const stretch of earliestFirst(from, to)) {
      let last: RecordedDisclosure | undefined;
      do {
        const page = await pageOfConsent(this.database.reader, customer, {
          consentId: id,
          ...stretch,
          purposes: within?.purposes,
          after: last?.disclosure,
          limit: READS_AT_ONCE,
        });
        yield page;
        last = page.length === READS_AT_ONCE ? page.at(-1) : undefined;
      } while (last);
    }
  }
}
