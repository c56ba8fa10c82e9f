import { Injectable } from '@nestjs/common';

import { findEntriesWithIds, type LoggedEntry } from '../audit/audit.queries.js';
import { openingOf } from '../audit/leaf.js';
import { LogProofs } from '../audit/proofs.js';
import { hashesIn } from '../audit/tiles.js';
import { rootFrom } from '../audit/tree.js';
import { CustomerKeysMissingError, SubjectKeys } from '../platform/crypto/subject-keys.js';
import { Database } from '../platform/database/database.js';
import { canonicalJson } from '../platform/json.js';
import { disclosureLeafHash } from './disclosure.js';
import type { RecordedDisclosure } from './disclosures.queries.js';
import { pageOfDay } from './segments.queries.js';

const FORMAT = 'ccx-disclosure-segment-1';
const READ_AT_ONCE = 1_000;

/** A read is not the one that the log committed to, or the log does not cover it: its day must not go. */
export class UnprovenDisclosureError extends Error {
  override readonly name = 'UnprovenDisclosureError';
}

/** How many disclosures have gone by. */
export interface Tally {
  disclosures: number;
}

/**
 * What is left of a day of disclosures: of each the hash that commits to it, and its place. Whoever holds a read and its
 * nonce can still prove it; whoever does not learns nothing from it, not even which of them are of one customer.
 */
@Injectable()
export class SegmentLines {
  constructor(
    private readonly database: Database,
    private readonly proofs: LogProofs,
    private readonly keys: SubjectKeys,
  ) {}

  /** Each read is proved against the log before its line is made. @throws UnprovenDisclosureError */
  async *of(day: string, tally: Tally): AsyncGenerator<string> {
    const { origin, size } = (await this.proofs.latest()).checkpoint;
    yield `${canonicalJson({ format: FORMAT, origin, day })}\n`;
    let last: RecordedDisclosure | undefined;
    do {
      const page = await pageOfDay(this.database.reader, day, last, READ_AT_ONCE);
      const entries = await findEntriesWithIds(this.database.reader, [...new Set(page.map(({ auditId }) => auditId))]);
      for (const recorded of page) {
        const line = await this.lineOf(recorded, entries.get(recorded.auditId), size);
        if (line === null) continue;
        tally.disclosures++;
        yield line;
      }
      last = page.length === READ_AT_ONCE ? page.at(-1) : undefined;
    } while (last);
  }

  /** Null where the customer is being erased, and the row will be gone in a moment. */
  private async lineOf(
    recorded: RecordedDisclosure,
    entry: LoggedEntry | undefined,
    size: number,
  ): Promise<string | null> {
    if (!entry) throw unproven(recorded);
    const auditKey = await this.auditKeyOf(entry, recorded);
    if (!auditKey) return null;
    const { disclosure, nonce, index, count, path } = recorded;
    const batch = openingOf(auditKey, entry.id, entry);
    const logged = batch?.event['data'] as { root?: string; size?: number } | undefined;
    const leaf = disclosureLeafHash(disclosure, nonce);
    const hashes = hashesIn(path);
    const isLogged = batch?.intact === true && entry.index < size && logged?.size === count;
    const root = rootFrom(leaf, index, count, hashes)?.toString('base64url');
    if (!isLogged || root !== logged?.root) throw unproven(recorded);
    return `${canonicalJson({
      leaf: leaf.toString('base64'),
      leaf_index: index,
      leaf_count: count,
      path: hashes.map((hash) => hash.toString('base64')),
      entry_index: entry.index,
    })}\n`;
  }

  private async auditKeyOf(entry: LoggedEntry, { disclosure }: RecordedDisclosure): Promise<Buffer | null> {
    if (!entry.pseudonym) return this.keys.logKey;
    try {
      return (await this.keys.of(this.database.reader, disclosure.customer)).auditKey;
    } catch (error) {
      if (error instanceof CustomerKeysMissingError) return null;
      throw error;
    }
  }
}

function unproven({ disclosure }: RecordedDisclosure): UnprovenDisclosureError {
  return new UnprovenDisclosureError(`The disclosure ${disclosure.id} is not as the log has it.`);
}
