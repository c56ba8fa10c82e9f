import { Injectable } from '@nestjs/common';

import { findEntriesWithIds } from '../audit/audit.queries.js';
import { openingOf } from '../audit/leaf.js';
import { NotYetInTheLogError } from '../audit/log.errors.js';
import { LogProofs } from '../audit/proofs.js';
import { hashesIn } from '../audit/tiles.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { disclosureRecord } from './disclosure.js';
import type { DisclosureProofDto, ProvableDto } from './disclosure-proof.dto.js';
import { DisclosureNotFoundError } from './disclosures.errors.js';
import { findRecorded, type RecordedDisclosure } from './disclosures.queries.js';

/** Proves reads to those who do not trust the service: each by the tree of its batch, and the batch by the log. */
@Injectable()
export class DisclosureProofs {
  constructor(
    private readonly database: Database,
    private readonly proofs: LogProofs,
    private readonly keys: SubjectKeys,
  ) {}

  /** @throws DisclosureNotFoundError, NotYetInTheLogError */
  async of(customer: CustomerKey, id: string): Promise<DisclosureProofDto> {
    const { reader } = this.database;
    const recorded = await findRecorded(reader, customer, id);
    if (!recorded) throw new DisclosureNotFoundError(id);
    const entry = (await findEntriesWithIds(reader, [recorded.auditId])).get(recorded.auditId);
    if (!entry) throw new NotYetInTheLogError();
    const tree = await this.proofs.covering(entry.index);
    // A read that was refused has an entry of the customer's own; those that were answered share the broker's.
    const { auditKey } = entry.pseudonym ? await this.keys.of(reader, customer) : { auditKey: this.keys.logKey };
    const opening = openingOf(auditKey, entry.id, entry);
    const { index, leaf, tlogProof } = await tree.entry(entry);
    return {
      ...provable(recorded),
      entry: {
        index,
        leaf: leaf.toString('base64'),
        event: opening?.event ?? null,
        nonce: opening?.nonce.toString('base64') ?? null,
      },
      tlog_proof: tlogProof,
    };
  }
}

/** A read with its place in the tree of its batch. */
export function provable({ disclosure, nonce, index, count, path }: RecordedDisclosure): ProvableDto {
  return {
    disclosure: disclosureRecord(disclosure),
    nonce: nonce.toString('base64'),
    leaf_index: index,
    leaf_count: count,
    path: hashesIn(path).map((hash) => hash.toString('base64')),
  };
}
