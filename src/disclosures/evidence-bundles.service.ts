import type { Readable } from 'node:stream';

import { Injectable } from '@nestjs/common';

import { firstCovering } from '../audit/checkpoints.queries.js';
import { LogReader } from '../audit/log-reader.js';
import { LogKeysDto } from '../audit/log.dto.js';
import { LogProofs, type PublishedTree } from '../audit/proofs.js';
import type { Consent } from '../consents/consent.entity.js';
import { ConsentNotFoundError } from '../consents/consents.errors.js';
import { ReceiptsService } from '../consents/receipts.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { SigningKeys } from '../platform/crypto/signing-keys.js';
import { CustomerKeysMissingError } from '../platform/crypto/subject-keys.js';
import { Database } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import { BundleArchive } from './bundle-archive.js';
import { BundledDecisions, type Decision, receiptLine, versionLine } from './bundle-decisions.js';
import { BundledEntries } from './bundle-entries.js';
import { bundleReadme } from './bundle-readme.js';
import { type BundledRead, BundledReads } from './bundle-reads.js';
import type { BundleRequest } from './bundle-request.js';

const FORMAT = 'ccx-bundle-1';

/** All that there is to show of one consent, with the proofs, for people who do not trust the service. */
@Injectable()
export class EvidenceBundles {
  constructor(
    private readonly decisions: BundledDecisions,
    private readonly reads: BundledReads,
    private readonly entries: BundledEntries,
    private readonly receipts: ReceiptsService,
    private readonly proofs: LogProofs,
    private readonly log: LogReader,
    private readonly signingKeys: SigningKeys,
    private readonly database: Database,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the bundle, all of it covered by one checkpoint, and answers it as a tar.gz. Decisions wait for the log; reads
   * that are not in it yet are left out and counted, since a consent in use always has some.
   *
   * @throws ConsentNotFoundError, NotYetInTheLogError
   */
  async make(asked: BundleRequest): Promise<Readable> {
    try {
      return (await this.archiveOf(asked)).stream();
    } catch (error) {
      // The customer was erased meanwhile.
      throw error instanceof CustomerKeysMissingError ? new ConsentNotFoundError(asked.consentId) : error;
    }
  }

  private async archiveOf(asked: BundleRequest): Promise<BundleArchive> {
    const { consent, decisions } = await this.decisions.of(asked);
    const tree = await this.proofs.covering(Math.max(0, ...decisions.map(({ entry }) => entry.index)));
    const archive = new BundleArchive(`ccx-bundle-${asked.name}`, this.clock.now());
    try {
      await this.collect(archive, asked, { consent, decisions, tree });
    } catch (error) {
      await archive.discard();
      throw error;
    }
    return archive;
  }

  private async collect(archive: BundleArchive, asked: BundleRequest, evidence: Evidence): Promise<void> {
    const { consent, decisions, tree } = evidence;
    const { origin, size, note } = tree.checkpoint;
    const { issuer } = this.config;

    await archive.text('README.md', bundleReadme({ name: asked.name, issuer, origin, size }));
    await archive.text('policy', await this.log.policy());
    await archive.text('checkpoint', note);
    await archive.lines('checkpoints.ndjson', this.earlierCheckpoints(decisions, tree));
    await archive.json('keys.json', { keys: this.signingKeys.publishedKeys() });
    await archive.json('log-keys.json', LogKeysDto.of(await this.log.keys()));
    await archive.lines('versions.ndjson', decisions.map(versionLine));
    await archive.lines(
      'receipts.ndjson',
      decisions.map((decision) => receiptLine(asked.holder, decision)),
    );
    for (const hash of new Set(decisions.flatMap(({ version }) => version.noticeHash?.toString('hex') ?? []))) {
      await archive.text(`notices/${hash}.json`, await this.receipts.notice(asked.customer, hash));
    }

    // The places of the entries alone, a few bytes each, are kept in memory: they come in another order than the log's.
    const places = new Set(decisions.map(({ entry }) => entry.index));
    const reads = new TalliedReads(this.reads.of(consent, asked, size), places);
    await archive.lines('disclosures.ndjson', reads.lines());
    for await (const place of this.entries.about(consent, asked, size)) places.add(place);
    const inOrder = Float64Array.from(places).toSorted();
    await archive.lines('entries.ndjson', this.entries.lines(inOrder, asked, tree));

    await archive.json('manifest.json', {
      format: FORMAT,
      origin,
      made_at: archive.madeAt.toISOString(),
      consent: asked.name,
      covers: { size },
      left_out: { disclosures: reads.leftOut },
      files: archive.listed,
    });
  }

  /** The checkpoints that were the first to cover each decision, as far as this is not the one. */
  private async *earlierCheckpoints(decisions: readonly Decision[], tree: PublishedTree): AsyncGenerator<JsonObject> {
    const covering = await firstCovering(
      this.database.reader,
      decisions.map(({ entry }) => entry.index),
    );
    for (const { size, note } of covering) {
      if (size >= tree.checkpoint.size) continue;
      yield { note, consistency: (await tree.consistency(size)).map((hash) => hash.toString('base64')) };
    }
  }
}

/** The reads of a bundle as they go by: the places of their entries, and how many have none. */
class TalliedReads {
  leftOut = 0;

  constructor(
    private readonly reads: AsyncIterable<BundledRead>,
    private readonly places: Set<number>,
  ) {}

  async *lines(): AsyncGenerator<JsonObject> {
    for await (const read of this.reads) {
      if (!read) {
        this.leftOut++;
        continue;
      }
      this.places.add(read.entryIndex);
      yield read.line;
    }
  }
}

interface Evidence {
  readonly consent: Consent;
  readonly decisions: readonly Decision[];
  readonly tree: PublishedTree;
}
