import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

import { Access } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { checkpointExample, logKeyExample, noteExample, policyExample } from './log-examples.js';
import { LogReader } from './log-reader.js';
import { CheckpointsDto, CheckpointsQuery, LogKeysDto } from './log.dto.js';
import { LogNotPublishedError, LogResourceNotFoundError } from './log.errors.js';
import { LogProofs } from './proofs.js';

const TEXT = 'text/plain';
const BYTES = 'application/octet-stream';

/** What is published never changes, but for what is published next. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const FOR_A_MOMENT = 'public, max-age=1';
const FOR_A_WHILE = 'public, max-age=60';

const tag = 'Log';
const compress = promisify(gzip);

const cached = (example: string) => ({
  'Cache-Control': { description: 'How long a copy is good for.', example },
  'Access-Control-Allow-Origin': { description: 'Any page may fetch it.', example: '*' },
});

const bytes = (description: string) => ({
  status: 200,
  description,
  contentType: BYTES,
  schema: { type: 'string', format: 'binary' },
  headers: cached(FOR_EVER),
});

const path = {
  name: '*',
  description:
    'The index in groups of three digits, all but the last of which begin with `x`, and `.p/` with its width after a ' +
    'partial one: `000`, `x001/x234/067`, `273.p/112`. It spans several segments of the path.',
  schema: { type: 'string', example: '000.p/17' },
  'x-spans-segments': true,
} as never;

/** The log as a transparency log is published: static, and for anybody (C2SP tlog-tiles). */
@Controller('log/v1')
export class LogController {
  constructor(
    private readonly log: LogReader,
    private readonly proofs: LogProofs,
  ) {}

  @Get('checkpoint')
  @Access('public')
  @Operation({
    id: 'getLogCheckpoint',
    tag,
    summary: 'The last checkpoint of the log',
    description:
      'A signed note (C2SP tlog-checkpoint): the log, how many entries it has, the root of the tree over them, signed by ' +
      'the log and cosigned by its witnesses. Everything else below `/log/v1` is answered as far as it reaches.',
    ok: {
      status: 200,
      description: 'The checkpoint.',
      contentType: TEXT,
      schema: { type: 'string' },
      example: noteExample,
      headers: cached(FOR_A_MOMENT),
    },
    errors: [LogNotPublishedError],
  })
  async checkpoint(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { note } = await this.proofs.published();
    return answer(reply, `${TEXT}; charset=utf-8`, FOR_A_MOMENT, note);
  }

  // Before the tiles of hashes, whose level could be anything.
  @Get('tile/entries/*')
  @Access('public')
  @ApiParam(path)
  @Operation({
    id: 'getLogEntries',
    tag,
    summary: 'The entries of the log, 256 at a time',
    description:
      'Each entry is its length in two bytes, big-endian, and the leaf: `{"c":"…","v":1}`, a commitment that tells ' +
      'nothing to whoever does not hold what it commits to. Compressed for callers who take gzip.',
    ok: bytes('The bundle of entries.'),
    errors: [LogNotPublishedError, LogResourceNotFoundError],
  })
  async entries(
    @Param('*') rest: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const bundle = await this.log.bundle(rest);
    void reply.header('vary', 'accept-encoding');
    if (new Negotiator(request).encoding(['gzip', 'identity']) !== 'gzip')
      return answer(reply, BYTES, FOR_EVER, bundle);
    void reply.header('content-encoding', 'gzip');
    return answer(reply, BYTES, FOR_EVER, await compress(bundle));
  }

  @Get('tile/:level/*')
  @Access('public')
  @ApiParam({
    name: 'level',
    description: '0 for the hashes of leaves, one more for the roots of full tiles of the level before.',
    schema: { type: 'string', example: '0' },
  })
  @ApiParam(path)
  @Operation({
    id: 'getLogTile',
    tag,
    summary: 'The hashes of the log, 256 at a time',
    description: 'SHA-256 hashes of the Merkle tree (RFC 6962) one after another, from which any proof can be made.',
    ok: bytes('The tile.'),
    errors: [LogNotPublishedError, LogResourceNotFoundError],
  })
  async tile(
    @Param('level') level: string,
    @Param('*') rest: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    return answer(reply, BYTES, FOR_EVER, await this.log.tile(level, rest));
  }

  @Get('checkpoints')
  @Access('public')
  @Operation({
    id: 'listLogCheckpoints',
    tag,
    summary: 'All checkpoints that were published',
    description:
      'The older ones first, so that whoever follows the log goes on from where they were. Each must be a beginning of ' +
      'the tree of every later one; keep those that you have seen.',
    ok: {
      status: 200,
      type: CheckpointsDto,
      description: 'Some of them.',
      example: { items: [checkpointExample], next_after: '4711.1795345345123' },
      headers: cached(FOR_A_MOMENT),
    },
    errors: [],
  })
  async checkpoints(
    @Query() { after, limit }: CheckpointsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CheckpointsDto> {
    return answer(reply, 'application/json', FOR_A_MOMENT, await this.log.history(after, limit));
  }

  @Get('keys')
  @Access('public')
  @Operation({
    id: 'listLogKeys',
    tag,
    summary: 'The keys that sign the log',
    description:
      'Also those that signed it earlier, with the sizes of the trees that each of them has signed. Take the key that you ' +
      'trust from elsewhere: whoever can forge the log can forge this list.',
    ok: {
      status: 200,
      type: LogKeysDto,
      description: 'The keys.',
      example: { keys: [logKeyExample] },
      headers: cached(FOR_A_WHILE),
    },
    errors: [],
  })
  async keys(@Res({ passthrough: true }) reply: FastifyReply): Promise<LogKeysDto> {
    return answer(reply, 'application/json', FOR_A_WHILE, LogKeysDto.of(await this.log.keys()));
  }

  @Get('policy')
  @Access('public')
  @Operation({
    id: 'getLogPolicy',
    tag,
    summary: 'Which witnesses the log asks for',
    description:
      'In the form of C2SP tlog-policy: the keys of the log, its witnesses, and how many of them have to cosign a ' +
      'checkpoint before it is published. Decide yourself whether you trust them, and keep the file.',
    ok: {
      status: 200,
      description: 'The policy.',
      contentType: TEXT,
      schema: { type: 'string' },
      example: policyExample,
      headers: cached(FOR_A_WHILE),
    },
    errors: [],
  })
  async policy(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return answer(reply, `${TEXT}; charset=utf-8`, FOR_A_WHILE, await this.log.policy());
  }
}

function answer<T>(reply: FastifyReply, type: string, caching: string, body: T): T {
  void reply.type(type).headers({ 'cache-control': caching, 'access-control-allow-origin': '*' });
  return body;
}
