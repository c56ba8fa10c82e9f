import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { sha256 } from '../platform/crypto/seal.js';
import { Database, type Tx } from '../platform/database/database.js';
import { type CcxError, problemOf } from '../platform/errors.js';
import { LongJobNotFoundError } from '../platform/jobs/long-jobs.errors.js';
import { LongJobs } from '../platform/jobs/long-jobs.js';
import { InteractionJob } from './job.entity.js';
import { INTERACTIONS_JOB } from './job-worker.js';
import { lockJob, type JobRecord } from './jobs.queries.js';
import {
  ChecksumMismatchError,
  ContentDigestMismatchError,
  InconsistentLengthError,
  MismatchingOffsetError,
  TooManyLinesError,
  UploadExpiredError,
  UploadOverError,
} from './upload.errors.js';
import { type Block, blocksOf, contentFrom, deleteBlocks, insertBlocks, inspect } from './upload-blocks.js';

/** In bytes: 8 MiB. */
export const LARGEST_PIECE = 8_388_608;
export const MOST_FILE_LINES = 250_000;

/** A piece of a file. */
export interface Piece {
  /** Where in the file it begins. */
  readonly offset: number;
  readonly content: Buffer;
  /** Whether the file ends with it. */
  readonly isLast: boolean;
  /** Its SHA-256, where the sender says it. */
  readonly digest: Buffer | null;
}

/** Takes files in, piece by piece. What has been acknowledged is here, whatever becomes of the process. */
@Injectable()
export class UploadService {
  constructor(
    private readonly database: Database,
    private readonly longJobs: LongJobs,
    private readonly clock: Clock,
  ) {}

  /**
   * Adds the next piece of a job's file. With the last one the whole file is checked, and its work begins. A piece is
   * taken as a whole or not at all.
   *
   * @throws LongJobNotFoundError MismatchingOffsetError InconsistentLengthError ContentDigestMismatchError
   *   UploadOverError UploadExpiredError ChecksumMismatchError TooManyLinesError
   */
  async append(clientId: string, jobId: string, piece: Piece): Promise<JobRecord> {
    const { content, digest, offset } = piece;
    if (digest && !digest.equals(sha256(content))) throw new ContentDigestMismatchError();
    const blocks = await blocksOf(content, offset);
    const appended = await this.database.transaction((tx) => this.add(tx, clientId, jobId, piece, blocks));
    if (appended.refusal) throw appended.refusal;
    return appended;
  }

  private async add(
    tx: Tx,
    clientId: string,
    jobId: string,
    { offset, content, isLast }: Piece,
    blocks: readonly Block[],
  ): Promise<JobRecord & { refusal?: CcxError }> {
    const upload = await lockJob(tx, clientId, jobId);
    if (!upload) throw new LongJobNotFoundError(jobId);
    const reached = offset + content.length;
    this.assertTakes(upload, offset);
    if (reached > upload.size || (isLast && reached < upload.size))
      throw new InconsistentLengthError(upload.size, reached);

    await insertBlocks(tx, jobId, blocks);
    upload.received = reached;
    if (!isLast) return { upload: await tx.save(upload), work: null };

    const refusal = await this.check(tx, upload);
    if (refusal) return { upload: await this.refuse(tx, upload, refusal), work: null, refusal };
    upload.status = 'uploaded';
    const { id, size } = upload;
    const work = await this.longJobs.start(tx, { ...workOf(upload), id, params: {}, total: size });
    return { upload: await tx.save(upload), work };
  }

  private assertTakes(upload: InteractionJob, offset: number): void {
    const status = upload.statusAt(this.clock.now());
    if (status === 'expired') throw new UploadExpiredError();
    if (status !== 'uploading' && status !== 'uploaded') throw new UploadOverError();
    const complete = status === 'uploaded';
    if (complete || offset !== upload.received) {
      throw new MismatchingOffsetError({ expected: upload.received, provided: offset, complete });
    }
  }

  /** What is wrong with the file as a whole. */
  private async check(tx: Tx, { id, checksum, format }: InteractionJob): Promise<CcxError | undefined> {
    const { sha256: found, lines } = await inspect(contentFrom(tx, id));
    if (!found.equals(checksum)) return new ChecksumMismatchError();
    // A document may be one single line, or have a line for each element.
    if (format === 'poslog') return undefined;
    const limit = format === 'csv' ? MOST_FILE_LINES + 1 : MOST_FILE_LINES;
    return lines > limit ? new TooManyLinesError(limit) : undefined;
  }

  private async refuse(tx: Tx, upload: InteractionJob, refusal: CcxError): Promise<InteractionJob> {
    upload.status = 'failed';
    upload.error = { code: problemOf(refusal).code, detail: refusal.message };
    await deleteBlocks(tx, upload.id);
    return tx.save(upload);
  }
}

/** By what the work on a file is found among all long jobs. */
export function workOf({ id, clientId }: Pick<InteractionJob, 'id' | 'clientId'>) {
  return { id, kind: INTERACTIONS_JOB, owner: `client:${clientId}` };
}
