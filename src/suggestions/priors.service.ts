import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { Random } from '../platform/random.js';
import { PriorVersion, StoredPrior } from './prior.entity.js';
import { type PriorCell, Priors } from './priors.js';
import { lookAtAll } from './suggestions.queries.js';

const CELLS_AT_ONCE = 1_000;
/** What suggestions that are open were made with can be looked up. */
const VERSIONS_KEPT = 7;

/** What is known of customers before anything is known of one, in its versions. */
@Injectable()
export class PriorsService {
  private newest = new Priors(null, []);

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Those that count now. */
  async current(reader: Reader): Promise<Priors> {
    const version = await this.version(reader);
    if (version && version.id !== this.newest.version) {
      this.newest = new Priors(version.id, await reader.findBy(StoredPrior, { versionId: version.id }));
    }
    return this.newest;
  }

  /** The version that counts now; null as long as none was ever fitted. */
  async version(reader: Reader): Promise<PriorVersion | null> {
    const [version] = await reader.find(PriorVersion, { order: { fittedAt: 'DESC', id: 'DESC' }, take: 1 });
    return version ?? null;
  }

  /** Keeps a new version. It counts at once: everybody's candidates are looked at again. */
  async publish(tx: Tx, cells: readonly PriorCell[], customers: number): Promise<PriorVersion> {
    const now = this.clock.now();
    const version = Object.assign(new PriorVersion(), { id: this.random.id(), fittedAt: now, customers });
    await tx.insert(PriorVersion, version);
    const rows = cells.map((cell) => ({ ...cell, versionId: version.id }));
    for (let at = 0; at < rows.length; at += CELLS_AT_ONCE) {
      await tx.insert(StoredPrior, rows.slice(at, at + CELLS_AT_ONCE));
    }
    await tx.query(
      `delete from suggestion_prior_versions where id in (
         select id from suggestion_prior_versions order by fitted_at desc, id desc offset $1)`,
      [VERSIONS_KEPT],
    );
    await lookAtAll(tx, now);
    return version;
  }
}
