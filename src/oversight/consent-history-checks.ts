import { setTimeout as pause } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';

import { pseudonymsOf } from '../audit/audit.queries.js';
import { deriveKey } from '../platform/crypto/seal.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { EntryReader } from './entry-reader.service.js';
import { type ConsentEntry, consentEntries, keptConsents } from './monitor.queries.js';
import { type Finding, type LoggedVersion, objectIn, versionFaults } from './monitor-rules.js';
import { consentRef } from './pseudonyms.js';

/** What changes while it is looked at looks wrong once, and right the next time. */
const SECOND_LOOK_MS = 500;

/** Whether the log tells of every version of every consent, and of no other. */
@Injectable()
export class ConsentHistoryChecks {
  constructor(
    private readonly database: Database,
    private readonly keys: SubjectKeys,
    private readonly entries: EntryReader,
  ) {}

  async check(customers: readonly CustomerKey[]): Promise<Finding[]> {
    const suspected = await this.look(customers);
    if (suspected.size === 0) return [];
    await pause(SECOND_LOOK_MS);
    const again = await this.look(customers.filter(({ customerId }) => suspected.has(customerId)));
    return [...again.values()].flat();
  }

  /** By what findings name a consent: a code that only the broker's own key undoes. */
  nameOf(consentId: string): string {
    return consentRef(deriveKey(this.keys.logKey, 'monitor references'), consentId);
  }

  /** What is wrong, by the ids of the customers. */
  private async look(customers: readonly CustomerKey[]): Promise<Map<string, Finding[]>> {
    const { reader } = this.database;
    const consents = await keptConsents(reader, customers);
    const logged = await this.loggedVersions(await consentEntries(reader, customers));
    // Of those who were erased meanwhile, nothing can be said any more.
    const known = await pseudonymsOf(reader, customers);
    const found = new Map<string, Finding[]>();
    for (const { customerId, id, retailerId, versions, ...consent } of consents) {
      if (!known.has(customerId)) continue;
      const faults = versionFaults(consent, versions, logged.get(id) ?? []);
      const about = this.nameOf(id);
      const findings = faults.map(
        (detail) => ({ rule: 'version-gap', about: `${about}: ${detail}`, detail, retailerId }) as const,
      );
      if (findings.length > 0) found.set(customerId, [...(found.get(customerId) ?? []), ...findings]);
    }
    return found;
  }

  /** What the log says of each consent, by its id. */
  private async loggedVersions(entries: readonly ConsentEntry[]): Promise<Map<string, LoggedVersion[]>> {
    const byConsent = new Map<string, LoggedVersion[]>();
    for (const { entry, opening } of await this.entries.open(entries)) {
      const { id, version } = objectIn(opening?.event.consent);
      if (typeof id !== 'string' || typeof version !== 'number') continue;
      const { details } = objectIn(opening?.event.data);
      const change = entry.type.replace(/^consent\./, '');
      const told = { version, change, details: typeof details === 'string' ? details : null };
      byConsent.set(id, [...(byConsent.get(id) ?? []), told]);
    }
    return byConsent;
  }
}
