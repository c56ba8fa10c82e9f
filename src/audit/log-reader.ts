import { Injectable, Logger } from '@nestjs/common';

import { policyText } from '../platform/crypto/witness-policy.js';
import { Database } from '../platform/database/database.js';
import { UnavailableError } from '../platform/errors.js';
import { checkpointsAfter } from './checkpoints.queries.js';
import { leafBytes } from './leaf.js';
import { LogResourceNotFoundError } from './log.errors.js';
import { type LogResource, parseResource, resourcePath, widthIn } from './log-paths.js';
import { type IntroducedKey, introducedKeys } from './log-keys.queries.js';
import { commitmentsFrom } from './log.queries.js';
import { firstOf, readTiles } from './log-tiles.queries.js';
import { CheckpointDto, type CheckpointsDto } from './log.dto.js';
import { LogProofs } from './proofs.js';
import { HASH_BYTES, TILE_WIDTH } from './tiles.js';
import { Witnesses } from './witnesses.js';

const DEFAULT_CHECKPOINTS = 100;
const MOST_CHECKPOINTS = 1_000;

/** The log as it is published, for anybody: what a static mirror of it has, too. */
@Injectable()
export class LogReader {
  private readonly logger = new Logger(LogReader.name);

  constructor(
    private readonly database: Database,
    private readonly proofs: LogProofs,
    private readonly witnesses: Witnesses,
  ) {}

  /** A tile of hashes, by its level and the rest of its path. @throws LogNotPublishedError, LogResourceNotFoundError */
  async tile(level: string, rest: string): Promise<Buffer> {
    const resource = await this.covered(level, rest);
    const [tile] = await readTiles(this.database.reader, [{ level: Number(resource.level), index: resource.index }]);
    const hashes = tile && firstOf(tile, resource.width);
    if (hashes?.length !== resource.width * HASH_BYTES) return this.broken(resource);
    return hashes;
  }

  /** Entries, each as its length in two bytes and its leaf. @throws LogNotPublishedError, LogResourceNotFoundError */
  async bundle(rest: string): Promise<Buffer> {
    const resource = await this.covered('entries', rest);
    const { index, width } = resource;
    const commitments = await commitmentsFrom(this.database.reader, index * TILE_WIDTH, width);
    if (commitments.length < width) return this.broken(resource);
    return Buffer.concat(commitments.map(leafBytes).flatMap((leaf) => [lengthOf(leaf), leaf]));
  }

  /** What has been published, the older ones first, after a place that an earlier answer named. */
  async history(after: string | undefined, limit = DEFAULT_CHECKPOINTS): Promise<CheckpointsDto> {
    const [size = -1, signedAt = 0] = after?.split('.').map(Number) ?? [];
    const place = { size, signedAt: new Date(signedAt) };
    const found = await checkpointsAfter(this.database.reader, place, Math.min(limit, MOST_CHECKPOINTS));
    const last = found.at(-1);
    return {
      items: found.map((checkpoint) => CheckpointDto.of(checkpoint)),
      next_after: last ? `${last.size}.${last.signedAt.getTime()}` : (after ?? null),
    };
  }

  /** The keys that sign the log or have signed it, in that order. */
  keys(): Promise<IntroducedKey[]> {
    return introducedKeys(this.database.reader);
  }

  /** What makes a checkpoint good enough, in the form of C2SP tlog-policy. */
  async policy(): Promise<string> {
    const present = (await this.keys()).filter(({ retiredAt }) => retiredAt === null);
    return policyText(
      present.map(({ vkey }) => vkey),
      this.witnesses.policy,
    );
  }

  private async covered(level: string, rest: string): Promise<LogResource> {
    const resource = parseResource(level, rest);
    if (!resource) throw new LogResourceNotFoundError();
    const { size } = await this.proofs.published();
    if (resource.width > widthIn(size, resource)) throw new LogResourceNotFoundError();
    return resource;
  }

  /** What has been published and is not there any more is no caller's fault, and must not go unseen. */
  private broken(resource: LogResource): never {
    this.logger.error(`${resourcePath(resource)} has been published, and is not there any more.`);
    throw new UnavailableError('The log lacks something that it has published.');
  }
}

function lengthOf(leaf: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(leaf.length);
  return length;
}
