import type { Readable } from 'node:stream';

import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { SigningKeys } from '../platform/crypto/signing-keys.js';
import { Database } from '../platform/database/database.js';
import { UnavailableError } from '../platform/errors.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Random } from '../platform/random.js';
import type { DisclosureSegment } from './disclosure-segment.entity.js';
import { keptSince } from './kept.js';
import { SegmentFiles } from './segment-files.js';
import { SegmentLines, type Tally } from './segment-lines.js';
import {
  countDay,
  daysBefore,
  dropDay,
  findSegment,
  insertSegment,
  listSegments,
  type SegmentFilter,
  segmentsOf,
} from './segments.queries.js';

const HOUR_MS = 3_600_000;
const SEGMENT_TYPE = 'disclosure-segment+jwt';

/**
 * Lets days of disclosures go once they are old enough. A day goes in four steps, each of which can be the last one of a
 * process that is killed: its segment is written beside the database; it is written down, with its signature and an entry
 * of the log; the file is read again; the partition is dropped, which the database refuses without all that.
 */
@Injectable()
export class DisclosureSegments implements OnModuleInit {
  private readonly logger = new Logger(DisclosureSegments.name);

  constructor(
    private readonly database: Database,
    private readonly lines: SegmentLines,
    private readonly files: SegmentFiles,
    private readonly signingKeys: SigningKeys,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  onModuleInit(): void {
    this.jobs.every('disclosure-segments', HOUR_MS, () => this.sweep());
  }

  /** Exports and drops every day that is too old. One that cannot go keeps none of the others. */
  async sweep(): Promise<void> {
    const since = keptSince(this.config, this.clock.now()).toISOString().slice(0, 10);
    for (const day of await daysBefore(this.database.reader, since)) {
      try {
        await this.letGo(day);
      } catch (error) {
        this.logger.error(`The disclosures of ${day} stay, since their segment could not be made.`, error);
      }
    }
  }

  /** The segments of whole days between two moments, the latest first. */
  list(filter: SegmentFilter): Promise<DisclosureSegment[]> {
    return listSegments(this.database.reader, filter);
  }

  find(id: string): Promise<DisclosureSegment | null> {
    return findSegment(this.database.reader, id);
  }

  /** @throws UnavailableError when the file is not in the folder of this host */
  async content(segment: DisclosureSegment): Promise<{ name: string; content: Readable }> {
    const content = await this.files.content(segment);
    if (content) return { name: this.files.nameOf(segment), content };
    this.logger.error(`The segment ${this.files.nameOf(segment)} is not in ${this.files.folder}.`);
    throw new UnavailableError('The file of the segment is not there at the moment.', 60);
  }

  private async letGo(day: string): Promise<void> {
    const segment = (await this.wholeOf(day)) ?? (await this.make(day));
    if (!(await this.files.isWhole(segment))) throw new Error(`The segment of ${day} is not as it was written.`);
    await dropDay(this.database.reader, segment, this.clock.now());
  }

  /** A segment that was made before, where it has all of the day and the file is still what it was. */
  private async wholeOf(day: string): Promise<DisclosureSegment | undefined> {
    const { reader } = this.database;
    for (const segment of await segmentsOf(reader, day)) {
      if (Number(segment.disclosures) < (await countDay(reader, day))) continue;
      if (await this.files.isWhole(segment)) return segment;
    }
    return undefined;
  }

  private async make(day: string): Promise<DisclosureSegment> {
    await this.files.clear(day, await segmentsOf(this.database.reader, day));
    const id = this.random.id();
    const madeAt = this.clock.now();
    const tally: Tally = { disclosures: 0 };
    const { sha256, bytes } = await this.files.write({ day, id }, this.lines.of(day, tally));
    const told = { day, id, disclosures: tally.disclosures, bytes, sha256: sha256.toString('hex') };
    const signature = await this.signingKeys.signToKeep(SEGMENT_TYPE, {
      iss: this.config.issuer,
      iat: Math.floor(madeAt.getTime() / 1_000),
      ...told,
    });
    await this.files.sign({ day, id }, signature);
    const segment: DisclosureSegment = {
      day,
      id,
      sha256,
      bytes: String(bytes),
      disclosures: String(tally.disclosures),
      signature,
      madeAt,
      droppedAt: null,
    };
    await this.database.transaction(async (tx) => {
      await insertSegment(tx, segment);
      const actor = { kind: 'system' } as const;
      await this.audit.append(tx, { type: 'disclosures.exported', at: madeAt, actor, data: told });
    });
    return segment;
  }
}
