import { Injectable } from '@nestjs/common';

import { entriesInOrder, indexesOf } from '../audit/audit.queries.js';
import { leafBytes } from '../audit/leaf.js';
import { LogProofs, type PublishedTree } from '../audit/proofs.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import type { StaffPrincipal } from '../platform/http/access.js';
import type { JsonObject } from '../platform/json.js';
import type { Engagement } from '../staff/engagement.js';
import { AuditorActs } from './auditor-acts.service.js';
import { Engagements } from './engagements.service.js';
import type { EntrySearch } from './entries.dto.js';
import { described, EntriesService, type ResolvedSearch } from './entries.service.js';
import { EntryReader, type OpenedEntry } from './entry-reader.service.js';
import { consentIn } from './entry-views.js';
import { subjectFor } from './pseudonyms.js';

const READ_AT_ONCE = 500;

/** One leaf of an export. */
export interface ExportedLeaf {
  readonly index: number;
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly retailer_id: string | null;
  readonly purposes: readonly string[];
  readonly attributes: readonly string[];
  readonly consent_version: number | null;
  readonly subject: string | null;
  /** The bytes of the leaf, in base64. */
  readonly leaf: string;
  readonly state: OpenedEntry['state'];
  readonly event?: JsonObject;
  readonly nonce?: string;
  /** The audit path in the tree of the export's checkpoint. */
  readonly inclusion: readonly string[];
}

export interface EntryExport {
  readonly head: { format: 'ccx-export-1'; origin: string; checkpoint: string; query: JsonObject; made_at: string };
  readonly leaves: AsyncIterable<ExportedLeaf>;
}

/** The part of the log that an auditor searches for, to be taken along: each leaf with its proof. */
@Injectable()
export class AuditExports {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly proofs: LogProofs,
    private readonly engagements: Engagements,
    private readonly acts: AuditorActs,
    private readonly search: EntriesService,
    private readonly entries: EntryReader,
  ) {}

  /**
   * Writes the entry about the export; what is searched for is read as the leaves are taken, page after page, up to the
   * last published checkpoint. What the service itself opens proves a leaf: consents are named by their ids.
   *
   * @throws NoEngagementError, LogNotPublishedError
   */
  async begin(auditor: StaffPrincipal, query: EntrySearch, form: 'ndjson' | 'csv'): Promise<EntryExport> {
    const engagement = await this.engagements.of(auditor);
    const tree = await this.proofs.latest();
    const { origin, note, size } = tree.checkpoint;
    const search = await this.search.resolve(engagement, query);
    const asked = described(query);
    await this.acts.record(auditor, 'audit.exported', {
      customer: search?.customer,
      data: { form, size, ...asked },
    });
    const made_at = this.clock.now().toISOString();
    return {
      head: { format: 'ccx-export-1', origin, checkpoint: note, query: asked, made_at },
      leaves: search ? this.leaves(engagement, search, tree) : none(),
    };
  }

  private async *leaves(
    engagement: Engagement,
    { filter, consent }: ResolvedSearch,
    tree: PublishedTree,
  ): AsyncGenerator<ExportedLeaf> {
    const { reader } = this.database;
    const { from, to } = await indexesOf(reader, { from: filter.from as Date, to: filter.to as Date });
    const end = Math.min(to, tree.checkpoint.size);
    for (let next = from; next < end;) {
      const page = await entriesInOrder(reader, filter, { from: next, to: end, limit: READ_AT_ONCE });
      for (const opened of await this.entries.open(page)) {
        if (consent && consentIn(opened) !== consent.consent.id) continue;
        yield leafOf(engagement, opened, await tree.inclusion(opened.entry.index));
      }
      next = page.length === READ_AT_ONCE ? (page.at(-1)?.index ?? end) + 1 : end;
    }
  }
}

async function* none(): AsyncGenerator<ExportedLeaf> {
  // There is nothing that is both asked for and within the engagement.
}

function leafOf(engagement: Engagement, opened: OpenedEntry, inclusion: readonly Buffer[]): ExportedLeaf {
  const { entry, state, opening } = opened;
  return {
    index: entry.index,
    id: entry.id,
    type: entry.type,
    at: entry.at.toISOString(),
    retailer_id: entry.retailerId,
    purposes: entry.purposes,
    attributes: entry.attributes,
    consent_version: entry.consentVersion,
    subject: entry.pseudonym && subjectFor(engagement.key, entry.pseudonym),
    leaf: leafBytes(entry.commitment).toString('base64'),
    state,
    ...(opening && { event: opening.event, nonce: opening.nonce.toString('base64') }),
    inclusion: inclusion.map((hash) => hash.toString('base64')),
  };
}
