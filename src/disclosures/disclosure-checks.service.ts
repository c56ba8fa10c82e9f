import { Injectable } from '@nestjs/common';

import { hashesIn } from '../audit/tiles.js';
import { rootFrom } from '../audit/tree.js';
import { customerKey } from '../platform/customer-key.js';
import type { Reader } from '../platform/database/database.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { type Disclosure, disclosureLeafHash } from './disclosure.js';
import {
  type AuditedDisclosures,
  disclosuresOfEntries,
  disclosuresWithin,
  type JudgedRow,
  type Place,
} from './disclosure-checks.queries.js';
import { toDisclosure } from './disclosures.queries.js';
import { latestFirst } from './stretches.js';
import { type DisclosureFault, faultsOf } from './wrong-disclosure.js';

/** A disclosure as it can be judged: with the entry that holds its batch, and what is wrong with it. */
export interface JudgedDisclosure extends Disclosure {
  readonly entryId: string;
  readonly faults: readonly DisclosureFault[];
}

/** One with its place in the tree of its batch, and the root to which its path leads: that of its entry, or it was changed. */
export interface PlacedDisclosure extends JudgedDisclosure {
  readonly index: number;
  /** In base64url, as the entry says it; null when the path is not one of such a leaf. */
  readonly root: string | null;
}

/** How many rows are looked through for one page, whatever is asked of them. */
const LOOKED_THROUGH = 1_000;

/** Clocks differ a little, and the place to go on from may be the last millisecond of its stretch. */
const CLOCKS_APART_MS = 60_000;

/** Disclosures of many customers, for those who see to it that none is wrong. */
@Injectable()
export class DisclosureChecks {
  constructor(private readonly vocabulary: VocabularyService) {}

  /**
   * The newest ones, after a place in that order. Cost is bounded, whatever is asked: what matches among the rows looked
   * through, and the place after which to go on; null once there is nothing more.
   */
  async list(
    reader: Reader,
    asked: AuditedDisclosures,
    { after, limit, now }: { after: Place | undefined; limit: number; now: Date },
  ): Promise<{ found: JudgedDisclosure[]; next: Place | null }> {
    const found: JudgedDisclosure[] = [];
    let lookedThrough = 0;
    const latest = (after?.checkedAt ?? now).getTime() + CLOCKS_APART_MS;
    const to = new Date(Math.min(asked.to.getTime(), latest));
    for (const stretch of latestFirst(asked.from, to, now)) {
      const rows = await disclosuresWithin(reader, { ...asked, ...stretch }, after, LOOKED_THROUGH);
      for (const row of rows) {
        const last = found.at(-1);
        if (row.matches && last && found.length === limit) return { found, next: last };
        if (row.matches) found.push(this.judged(row));
      }
      lookedThrough += rows.length;
      const end = rows.at(-1);
      if (end && lookedThrough >= LOOKED_THROUGH) return { found, next: { checkedAt: end.checked_at, id: end.id } };
    }
    return { found, next: null };
  }

  /** Those that entries of the log hold the roots of, as far as they are still there. */
  async ofEntries(reader: Reader, entryIds: readonly string[]): Promise<PlacedDisclosure[]> {
    return (await disclosuresOfEntries(reader, entryIds)).map((row) => {
      const judged = this.judged(row);
      const leaf = disclosureLeafHash(judged, row.nonce);
      const root = rootFrom(leaf, row.leaf_index, row.leaf_count, hashesIn(row.path));
      return { ...judged, index: row.leaf_index, root: root && root.toString('base64url') };
    });
  }

  private judged(row: JudgedRow): JudgedDisclosure {
    const disclosure = toDisclosure(customerKey(row.customer_id), row);
    const version =
      row.status === null ? null : { status: row.status, details: row.details, expiresAt: row.expires_at };
    const vocabulary = this.vocabulary.current();
    return {
      ...disclosure,
      entryId: row.audit_id,
      faults: faultsOf(disclosure, version, (name) => vocabulary.nameOf(name)),
    };
  }
}
