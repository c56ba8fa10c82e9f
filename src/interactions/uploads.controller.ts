import { Body, Controller, Head, Headers, Patch, Res } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Clock } from '../platform/clock.js';
import { type FieldError, InvalidRequestError } from '../platform/errors.js';
import { Access, CurrentRetailer, type RetailerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { BodyLimit, PARTIAL_UPLOAD } from '../platform/http/route.js';
import { UuidParam } from '../platform/http/validation.js';
import { LongJobNotFoundError } from '../platform/jobs/long-jobs.errors.js';
import { ofItsOwn } from '../retailers/of-its-own.js';
import type { InteractionJob } from './job.entity.js';
import { InteractionJobDto, LARGEST_FILE } from './jobs.dto.js';
import { queuedJobExample } from './jobs.examples.js';
import { JobsService } from './jobs.service.js';
import { LARGEST_PIECE, UploadService } from './upload.service.js';
import {
  ChecksumMismatchError,
  ContentDigestMismatchError,
  InconsistentLengthError,
  MismatchingOffsetError,
  TooManyLinesError,
  UploadExpiredError,
  UploadOverError,
} from './upload.errors.js';
import { sha256In } from './upload-digest.js';

const tag = 'Interaction jobs (retailer)';

export const UPLOAD_LIMIT = {
  description: 'The largest file, the largest piece, and for how many seconds more pieces are taken.',
  example: `max-size=${LARGEST_FILE}, max-append-size=${LARGEST_PIECE}, max-age=86400`,
};

export function uploadLimit({ expiresAt }: InteractionJob, now: Date): string {
  const age = Math.max(0, Math.floor((expiresAt.getTime() - now.getTime()) / 1000));
  return `max-size=${LARGEST_FILE}, max-append-size=${LARGEST_PIECE}, max-age=${age}`;
}

const offsetHeader = { description: 'How many bytes of the file are here.', example: '8388608' };
const completeHeader = { description: '`?1` once all of the file is here, else `?0`.', example: '?0' };

/** Where the files of jobs arrive, piece by piece, as draft-ietf-httpbis-resumable-upload has it. */
@Controller('v1/interactions/jobs/:id/content')
export class UploadsController {
  constructor(
    private readonly uploads: UploadService,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
  ) {}

  @Head()
  @Access('retailer', 'interactions.write')
  @Operation({
    id: 'getUploadOffset',
    tag,
    summary: 'See where an upload goes on',
    ok: {
      status: 204,
      description: 'How far it has come.',
      headers: {
        'Upload-Offset': offsetHeader,
        'Upload-Complete': completeHeader,
        'Upload-Length': { description: 'How many bytes the file has.', example: '9000000' },
        'Upload-Limit': UPLOAD_LIMIT,
      },
    },
    errors: [LongJobNotFoundError],
  })
  async offset(
    @CurrentRetailer() caller: RetailerPrincipal,
    @UuidParam('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { upload } = await this.jobs.get(ofItsOwn(caller).clientId, id);
    void reply.headers({
      'upload-offset': String(upload.received),
      'upload-complete': upload.status === 'uploaded' ? '?1' : '?0',
      'upload-length': String(upload.size),
      'upload-limit': uploadLimit(upload, this.clock.now()),
    });
  }

  @Patch()
  @Access('retailer', 'interactions.write')
  @BodyLimit(LARGEST_PIECE)
  @ApiHeader({
    name: 'Upload-Offset',
    required: true,
    description: 'Where in the file the piece begins: `Upload-Offset` of the last answer, 0 for the first piece.',
    schema: { type: 'string', pattern: '^[0-9]{1,15}$' },
    example: '0',
  })
  @ApiHeader({
    name: 'Upload-Complete',
    required: true,
    description: '`?1` when the file ends with this piece, which may be empty.',
    schema: { type: 'string', enum: ['?0', '?1'] },
    example: '?0',
  })
  @ApiHeader({
    name: 'Content-Digest',
    required: false,
    description: 'The SHA-256 of the piece (RFC 9530): one that was changed on its way is refused.',
    schema: { type: 'string' },
    example: 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:',
  })
  @Operation({
    id: 'appendUpload',
    tag,
    summary: 'Send a piece of a file',
    description:
      'Pieces follow each other without a gap and have at most 8 MiB. What is acknowledged is kept; a piece is taken as ' +
      'a whole or not at all. When an answer is lost, ask for the offset with `HEAD` and go on from there. With the last ' +
      'piece the whole file is checked against `size` and `checksum`, and the work on it begins.',
    body: {
      description: 'The bytes of the piece.',
      content: { [PARTIAL_UPLOAD]: { schema: { type: 'string', format: 'binary' } } },
      required: false,
    },
    ok: {
      status: 204,
      description: 'It is here, and there is more to come.',
      headers: { 'Upload-Offset': offsetHeader, 'Upload-Complete': completeHeader },
    },
    more: [
      {
        status: 202,
        type: InteractionJobDto,
        description: 'All of the file is here, and it is the right one. The work has been queued.',
        example: queuedJobExample,
        headers: { 'Upload-Offset': offsetHeader, 'Upload-Complete': completeHeader },
      },
    ],
    errors: [
      LongJobNotFoundError,
      MismatchingOffsetError,
      InconsistentLengthError,
      ContentDigestMismatchError,
      ChecksumMismatchError,
      TooManyLinesError,
      UploadOverError,
      UploadExpiredError,
    ],
  })
  async append(
    @CurrentRetailer() caller: RetailerPrincipal,
    @UuidParam('id') id: string,
    @Headers() headers: Readonly<Record<string, string | undefined>>,
    @Body() body: Buffer | null | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InteractionJobDto | undefined> {
    const { clientId } = ofItsOwn(caller);
    const piece = { ...pieceHeaders(headers), content: body ?? Buffer.alloc(0) };
    const job = await this.uploads.append(clientId, id, piece);
    void reply.headers({
      'upload-offset': String(job.upload.received),
      'upload-complete': piece.isLast ? '?1' : '?0',
    });
    if (!piece.isLast) return undefined;
    void reply.status(202);
    return InteractionJobDto.of(job, this.clock.now());
  }
}

/** @throws InvalidRequestError */
function pieceHeaders(headers: Readonly<Record<string, string | undefined>>) {
  const offset = headers['upload-offset'] ?? '';
  const complete = headers['upload-complete'] ?? '';
  const sent = headers['content-digest'];
  const digest = sent === undefined ? null : sha256In(sent);
  const errors: FieldError[] = [];
  if (!/^\d{1,15}$/.test(offset)) errors.push({ pointer: 'header/Upload-Offset', detail: 'must be a number of bytes' });
  if (!/^\?[01]$/.test(complete)) errors.push({ pointer: 'header/Upload-Complete', detail: 'must be ?0 or ?1' });
  if (sent !== undefined && !digest) {
    errors.push({ pointer: 'header/Content-Digest', detail: 'must have a sha-256, as RFC 9530 writes it' });
  }
  if (errors.length > 0) throw new InvalidRequestError(errors);
  return { offset: Number(offset), isLast: complete === '?1', digest };
}
