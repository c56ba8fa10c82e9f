import { Injectable } from '@nestjs/common';

import { customersBehind, type LoggedEntry } from '../audit/audit.queries.js';
import { openingOf } from '../audit/leaf.js';
import { CustomerKeysMissingError, SubjectKeys } from '../platform/crypto/subject-keys.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';

/** As much of an entry as is needed to open it. */
export type SealedEntry = Pick<LoggedEntry, 'id' | 'leafHash' | 'sealed' | 'pseudonym'>;

/** An entry with what could be opened of it. */
export interface OpenedEntry<Entry extends SealedEntry = LoggedEntry> {
  readonly entry: Entry;
  /** Whose it is, while they have not been erased; null where it concerns nobody. */
  readonly customer: CustomerKey | null;
  /** `sealed`: it should open and does not, so that it is not what was written. */
  readonly state: 'opened' | 'sealed' | 'erased';
  /** The event, and what proves that the leaf commits to it. */
  readonly opening: { readonly event: JsonObject; readonly nonce: Buffer; readonly intact: boolean } | null;
}

/** Opens entries of the log with the keys of whom they concern. */
@Injectable()
export class EntryReader {
  constructor(
    private readonly database: Database,
    private readonly keys: SubjectKeys,
  ) {}

  /** Opens each, in their order. An entry that somebody has changed hides none of the others. */
  async open<Entry extends SealedEntry>(entries: readonly Entry[]): Promise<OpenedEntry<Entry>[]> {
    const pseudonyms = entries.flatMap(({ pseudonym }) => (pseudonym ? [pseudonym] : []));
    const customers = await customersBehind(this.database.reader, pseudonyms);
    const known = [...new Set(customers.values())].map((id) => customerKey(id));
    const auditKeys = await this.auditKeysOf(known);
    return entries.map((entry) => {
      const id = entry.pseudonym && customers.get(entry.pseudonym.toString('hex'));
      const auditKey = entry.pseudonym ? id && auditKeys.get(id) : this.keys.logKey;
      const isErased = entry.sealed.length === 0 || !auditKey;
      if (isErased) return { entry, customer: null, state: 'erased', opening: null };
      const customer = id ? customerKey(id) : null;
      const opening = openingOf(auditKey, entry.id, entry);
      return { entry, customer, state: opening ? 'opened' : 'sealed', opening };
    });
  }

  /** Who is behind a pseudonym of the log, while their keys have not been destroyed. */
  async customerBehind(pseudonym: Buffer): Promise<CustomerKey | null> {
    const id = (await customersBehind(this.database.reader, [pseudonym])).get(pseudonym.toString('hex'));
    return id === undefined ? null : customerKey(id);
  }

  private async auditKeysOf(customers: readonly CustomerKey[]): Promise<Map<string, Buffer>> {
    const { reader } = this.database;
    try {
      const keys = await this.keys.ofAll(reader, customers);
      return new Map(customers.map(({ customerId }, index) => [customerId, keys[index]!.auditKey]));
    } catch (error) {
      if (!(error instanceof CustomerKeysMissingError)) throw error;
    }
    // One of them was erased between the two statements: the others still open.
    const found = new Map<string, Buffer>();
    for (const customer of customers) {
      const [keys] = await this.keys.ofAll(reader, [customer]).catch(none);
      if (keys) found.set(customer.customerId, keys.auditKey);
    }
    return found;
  }
}

function none(error: unknown): [] {
  if (error instanceof CustomerKeysMissingError) return [];
  throw error;
}
