import { Injectable } from '@nestjs/common';

import { type EntryFilter, findEntries, findEntriesAt, type LoggedEntry } from '../audit/audit.queries.js';
import { leafBytes, openingOf } from '../audit/leaf.js';
import type { PublishedTree } from '../audit/proofs.js';
import type { Consent } from '../consents/consent.entity.js';
import { pseudonymOf, SubjectKeys } from '../platform/crypto/subject-keys.js';
import { Database } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import type { BundleRequest } from './bundle-request.js';

const ENTRIES_AT_ONCE = 500;

/** The entries of the log that a bundle has, opened and proved in its checkpoint. */
@Injectable()
export class BundledEntries {
  constructor(
    private readonly database: Database,
    private readonly keys: SubjectKeys,
  ) {}

  /** Where the log tells of the consent, as far as the tree reaches: also of what has no receipt, as who looked at it. */
  async *about(consent: Consent, { customer, within }: BundleRequest, size: number): AsyncGenerator<number> {
    const { reader } = this.database;
    const { auditKey } = await this.keys.of(reader, customer);
    const filter: EntryFilter = {
      pseudonym: pseudonymOf(auditKey),
      retailerIds: [consent.retailerId],
      ofConsents: true,
      ...within,
    };
    let after: LoggedEntry | undefined;
    do {
      const page = await findEntries(reader, filter, { after, limit: ENTRIES_AT_ONCE });
      for (const entry of page) {
        if (entry.index >= size) continue;
        const event = openingOf(auditKey, entry.id, entry)?.event as { consent?: { id: string } } | undefined;
        if (event?.consent?.id === consent.id) yield entry.index;
      }
      after = page.length === ENTRIES_AT_ONCE ? page.at(-1) : undefined;
    } while (after);
  }

  /** @param indexes In the order of the log. */
  async *lines(indexes: Float64Array, { customer }: BundleRequest, tree: PublishedTree): AsyncGenerator<JsonObject> {
    const { reader } = this.database;
    const { auditKey } = await this.keys.of(reader, customer);
    for (let start = 0; start < indexes.length; start += ENTRIES_AT_ONCE) {
      const page = await findEntriesAt(reader, [...indexes.subarray(start, start + ENTRIES_AT_ONCE)]);
      for (const entry of page) {
        const opening = openingOf(entry.pseudonym ? auditKey : this.keys.logKey, entry.id, entry);
        const isErased = entry.sealed.length === 0;
        yield {
          index: entry.index,
          id: entry.id,
          type: entry.type,
          at: entry.at.toISOString(),
          leaf: leafBytes(entry.commitment).toString('base64'),
          state: opening ? 'opened' : isErased ? 'erased' : 'sealed',
          ...(opening && { event: opening.event, nonce: opening.nonce.toString('base64') }),
          inclusion: (await tree.inclusion(entry.index)).map((hash) => hash.toString('base64')),
        };
      }
    }
  }
}
