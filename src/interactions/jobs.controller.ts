import { Body, Controller, Delete, Get, Post, Query, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';

import { Clock } from '../platform/clock.js';
import { Access, CurrentRetailer, type RetailerPrincipal } from '../platform/http/access.js';
import { IdempotentCreate } from '../platform/http/idempotent-create.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto, PageQuery } from '../platform/http/paging.js';
import { UuidParam } from '../platform/http/validation.js';
import { LongJobNotFoundError } from '../platform/jobs/long-jobs.errors.js';
import { ofItsOwn } from '../retailers/of-its-own.js';
import { InteractionJobDto, jobAddress, JobResultsQuery, NewInteractionJobDto } from './jobs.dto.js';
import { jobExample, newJobExample, resultsExample } from './jobs.examples.js';
import { JobsService } from './jobs.service.js';
import { TooManyJobsError } from './upload.errors.js';
import { sha256In } from './upload-digest.js';
import { UPLOAD_LIMIT, uploadLimit } from './uploads.controller.js';

const tag = 'Interaction jobs (retailer)';

/** For retailers whose systems report in files. */
@Controller('v1/interactions/jobs')
export class JobsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Access('retailer', 'interactions.write')
  @IdempotentCreate()
  @Operation({
    id: 'createInteractionJob',
    tag,
    summary: 'Report a file of events',
    description:
      'Says what is coming: then send the file to `content_url`, in pieces. It is worked off line by line once all of ' +
      'it is here and has the SHA-256 that you name here; each event meets the consents as they are at that moment. ' +
      'At most 250 000 lines of at most 256 KiB, 128 MiB in all; `poslog` has no limit of lines. A client has at most ' +
      'ten jobs at a time. An event that is known is a `duplicate`: sending a file again is safe, and a job that was ' +
      'cut short is made good by sending its file again.',
    ok: {
      status: 201,
      type: InteractionJobDto,
      description: 'It waits for the file.',
      example: newJobExample,
      headers: {
        Location: { description: 'Its address.', example: jobAddress(newJobExample.id) },
        'Upload-Limit': UPLOAD_LIMIT,
      },
    },
    errors: [TooManyJobsError],
  })
  async create(
    @CurrentRetailer() caller: RetailerPrincipal,
    @Body() body: NewInteractionJobDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InteractionJobDto> {
    const { format, size, checksum, dry_run: dryRun = false } = body;
    const job = { format, size, checksum: sha256In(checksum)!, dryRun, options: body.toOptions() };
    const made = await this.jobs.create(ofItsOwn(caller), job);
    const now = this.clock.now();
    void reply.headers({ location: jobAddress(made.upload.id), 'upload-limit': uploadLimit(made.upload, now) });
    return InteractionJobDto.of(made, now);
  }

  @Get()
  @Access('retailer', 'interactions.write')
  @Operation({
    id: 'listInteractionJobs',
    tag,
    summary: 'List the jobs of this client',
    ok: {
      status: 200,
      type: PageDto(InteractionJobDto),
      description: 'Those of the last 30 days, newest first.',
      example: { items: [jobExample], next_cursor: null },
    },
    errors: [InvalidCursorError],
  })
  async list(
    @CurrentRetailer() caller: RetailerPrincipal,
    @Query() query: PageQuery,
  ): Promise<Page<InteractionJobDto>> {
    const page = await this.jobs.list(ofItsOwn(caller).clientId, query);
    const now = this.clock.now();
    return { ...page, items: page.items.map((job) => InteractionJobDto.of(job, now)) };
  }

  @Get(':id')
  @Access('retailer', 'interactions.write')
  @Operation({
    id: 'getInteractionJob',
    tag,
    summary: 'See how far a job has come',
    ok: { status: 200, type: InteractionJobDto, description: 'The job.', example: jobExample },
    errors: [LongJobNotFoundError],
  })
  async get(@CurrentRetailer() caller: RetailerPrincipal, @UuidParam('id') id: string): Promise<InteractionJobDto> {
    return InteractionJobDto.of(await this.jobs.get(ofItsOwn(caller).clientId, id), this.clock.now());
  }

  @Delete(':id')
  @Access('retailer', 'interactions.write')
  @Operation({
    id: 'cancelInteractionJob',
    tag,
    summary: 'Stop a job',
    description:
      'The file is deleted. What has been reported by then stays reported, and the results say what that is. A job ' +
      'that is over stays as it is.',
    ok: { status: 204, description: 'Nothing more of it is reported.' },
    errors: [LongJobNotFoundError],
  })
  cancel(@CurrentRetailer() caller: RetailerPrincipal, @UuidParam('id') id: string): Promise<void> {
    return this.jobs.cancel(ofItsOwn(caller).clientId, id);
  }

  @Get(':id/results')
  @Access('retailer', 'interactions.write')
  @Operation({
    id: 'getInteractionJobResults',
    tag,
    summary: 'See what became of each line',
    description:
      'NDJSON, in the order of the file, as far as the job has come. Each event has one result: `line` is where it ' +
      'begins, `lines` how many lines it takes where that is more than one; the rest is as `reportInteractions` answers ' +
      'it. `ignored` is what was passed over, `valid` what a dry run finds nothing wrong with. A row of a `csv` that ' +
      'belongs to no transaction has a result of its own. Blank lines and the header have none.',
    ok: {
      status: 200,
      description: 'The results.',
      contentType: 'application/x-ndjson',
      schema: { type: 'string' },
      example: resultsExample,
    },
    errors: [LongJobNotFoundError],
  })
  async results(
    @CurrentRetailer() caller: RetailerPrincipal,
    @UuidParam('id') id: string,
    @Query() { outcome }: JobResultsQuery,
  ): Promise<StreamableFile> {
    const lines = await this.jobs.results(ofItsOwn(caller).clientId, id, outcome);
    return new StreamableFile(Readable.from(lines), { type: 'application/x-ndjson' });
  }
}
