import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { Access } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { checkpointExample, hashExample, noteExample } from './log-examples.js';
import { ConsistencyProofDto, ConsistencyQuery, InclusionProofDto, InclusionQuery } from './log.dto.js';
import { LogNotPublishedError, NotInPublishedLogError } from './log.errors.js';
import { LogProofs } from './proofs.js';

const tag = 'Log';

/** Proofs for those who do not fetch tiles. They can be made from tiles as well, and are the same. */
@Controller('log/v1/proofs')
export class ProofsController {
  constructor(private readonly proofs: LogProofs) {}

  @Get('inclusion')
  @Access('public')
  @Operation({
    id: 'proveLogInclusion',
    tag,
    summary: 'Prove that an entry is in the log',
    description: 'By its index, or by its leaf hash as a receipt names it.',
    ok: {
      status: 200,
      type: InclusionProofDto,
      description: 'The proof.',
      example: {
        index: 4710,
        size: 4711,
        leaf_hash: hashExample,
        root: checkpointExample.root,
        hashes: [hashExample],
        checkpoint: noteExample,
        tlog_proof: `c2sp.org/tlog-proof@v1\nindex 4710\n${hashExample}\n\n${noteExample}`,
      },
    },
    errors: [LogNotPublishedError, NotInPublishedLogError],
  })
  async inclusion(
    @Query() { index, leaf_hash, size }: InclusionQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InclusionProofDto> {
    allowAnyPage(reply);
    const which = leaf_hash === undefined ? { index: index as number } : { leafHash: Buffer.from(leaf_hash, 'hex') };
    return InclusionProofDto.of(await this.proofs.inclusion(which, size));
  }

  @Get('consistency')
  @Access('public')
  @Operation({
    id: 'proveLogConsistency',
    tag,
    summary: 'Prove that the log only grew',
    description: 'That the tree of one size begins with the whole tree of a smaller one.',
    ok: {
      status: 200,
      type: ConsistencyProofDto,
      description: 'The proof.',
      example: { from: 1000, to: 4711, hashes: [hashExample] },
    },
    errors: [LogNotPublishedError, NotInPublishedLogError],
  })
  async consistency(
    @Query() { from, to }: ConsistencyQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConsistencyProofDto> {
    allowAnyPage(reply);
    return ConsistencyProofDto.of(await this.proofs.consistency(from, to));
  }
}

function allowAnyPage(reply: FastifyReply): void {
  void reply.header('access-control-allow-origin', '*');
}
