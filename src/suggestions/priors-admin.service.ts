import { Injectable } from '@nestjs/common';

import { type Actor, AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { decodeCursor, encodeCursor, type PageQuery, pageSize } from '../platform/http/paging.js';
import type { LongJob } from '../platform/jobs/long-job.entity.js';
import { LongJobs } from '../platform/jobs/long-jobs.js';
import { StoredPrior } from './prior.entity.js';
import { PriorsPageDto } from './priors.dto.js';
import { PriorsService } from './priors.service.js';
import { PRIORS_JOB } from './priors-worker.js';

const OWNER = 'operator';

/** What operators see and do of priors. */
@Injectable()
export class PriorsAdminService {
  constructor(
    private readonly database: Database,
    private readonly priors: PriorsService,
    private readonly longJobs: LongJobs,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** One page of the newest version. */
  async list(query: PageQuery): Promise<PriorsPageDto> {
    const { reader } = this.database;
    const limit = pageSize(query);
    const after = decodeCursor(query.cursor, ['text', 'text', 'text']);
    const version = await this.priors.version(reader);
    if (!version) return PriorsPageDto.of(null, [], null);
    const cells = reader
      .createQueryBuilder(StoredPrior, 'cell')
      .where('cell.versionId = :version', { version: version.id })
      .orderBy({ 'cell.rule': 'ASC', 'cell.group': 'ASC', 'cell.value': 'ASC' })
      .limit(limit + 1);
    if (after) {
      const [rule, group, value] = after;
      cells.andWhere('(cell.rule, cell.group, cell.value) > (:rule, :group, :value)', { rule, group, value });
    }
    const found = await cells.getMany();
    const page = found.slice(0, limit);
    const last = found.length > limit && page.at(-1);
    return PriorsPageDto.of(version, page, last ? encodeCursor(last.rule, last.group, last.value) : null);
  }

  /** Queues a fit. */
  fit(actor: Actor): Promise<LongJob> {
    return this.database.transaction(async (tx) => {
      const job = await this.longJobs.start(tx, { kind: PRIORS_JOB, owner: OWNER, params: {} });
      const at = this.clock.now();
      await this.audit.append(tx, { type: 'suggestion_priors.fit', at, actor, data: { job: job.id } });
      return job;
    });
  }

  /** @throws LongJobNotFoundError */
  job(id: string): Promise<LongJob> {
    return this.longJobs.get(this.database.reader, { id, kind: PRIORS_JOB, owner: OWNER });
  }
}
