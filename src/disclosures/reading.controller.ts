import { Body, Controller, Get, Headers, Post, Query, Res } from '@nestjs/common';
import { ApiExtraModels, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { ConsentPausedError, OutsideConsentError } from '../consents/consents.errors.js';
import { Config } from '../platform/config/config.js';
import { InvalidProofError } from '../platform/errors.js';
import {
  Access,
  ChecksClientInStatement,
  CurrentRetailer,
  RecordsProof,
  type RetailerPrincipal,
} from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { RateLimit } from '../platform/http/rate-limit.js';
import { WeighsEach } from '../platform/overload/weight.js';
import { RetailerSuspendedError } from '../retailers/retailers.errors.js';
import { LookUpAnswerDto, PreferencesAnswerDto } from './answer.dto.js';
import type { GivenAnswer } from './answering.service.js';
import { answerExample, lookUpExample } from './answer.examples.js';
import { DailyReadsSpentError, OutsideViewError } from './disclosures.errors.js';
import { LookUpDto, ReadPreferencesQuery } from './reading.dto.js';
import { ReadingService } from './reading.service.js';
import { RenderedAnswerDto } from './rendered.dto.js';

const READS = { points: 60_000, seconds: 60, by: 'principal' } as const;

/** For retailers: what customers let them know. */
@Controller('v1/preferences')
export class ReadingController {
  constructor(
    private readonly reading: ReadingService,
    private readonly config: Config,
  ) {}

  @Get()
  @Access('retailer', 'preferences.read')
  @ChecksClientInStatement()
  @RecordsProof()
  @RateLimit('reads', READS)
  @ApiExtraModels(PreferencesAnswerDto, RenderedAnswerDto)
  @Operation({
    id: 'readPreferences',
    tag: 'Preferences (retailer)',
    summary: 'Read what a customer lets you know, here and now',
    description:
      'With a token of a consent. You get what holds for you at this touchpoint and stage, cut to what the consent ' +
      'covers for this purpose. Where no stage is named, it is the only one of the consent, or none in particular, which ' +
      'takes a line for all of them. Every answer is recorded for the customer before it leaves, also a 304. With ' +
      '`format` the same comes in the words of another standard.',
    ok: {
      status: 200,
      schema: { oneOf: [{ $ref: getSchemaPath(PreferencesAnswerDto) }, { $ref: getSchemaPath(RenderedAnswerDto) }] },
      description: 'What you may know. An attribute about which nothing is stated is left out.',
      example: answerExample,
      headers: {
        ETag: { description: 'Send it as If-None-Match with the next read.', example: '"nOVNk8PMrHqxvWSJzEzBNg"' },
        'Cache-Control': { description: 'Keep it, but ask before each use.', example: 'private, no-cache' },
      },
    },
    more: [{ status: 304, description: 'What you hold still stands: the consent was checked again.' }],
    errors: [
      OutsideConsentError,
      OutsideViewError,
      ConsentPausedError,
      RetailerSuspendedError,
      DailyReadsSpentError,
      InvalidProofError,
    ],
  })
  async readPreferences(
    @CurrentRetailer() reader: RetailerPrincipal,
    @Query() query: ReadPreferencesQuery,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | RenderedAnswerDto | undefined> {
    const inquiry = ReadPreferencesQuery.inquiryOf(query);
    const { format } = inquiry;
    if (format) {
      const answer = await this.reading.examine(reader, inquiry, ifNoneMatch);
      return saying(answer, reply) ? RenderedAnswerDto.of(answer, format, this.config.issuer) : undefined;
    }
    const answer = await this.reading.read(reader, inquiry, ifNoneMatch);
    return saying(answer, reply) ? answer.text.given(answer) : undefined;
  }

  @Post('lookup')
  @Access('retailer', 'preferences.read')
  @ChecksClientInStatement()
  @RecordsProof()
  @RateLimit('lookups', READS)
  @WeighsEach((body) => (body as { subjects?: unknown } | null)?.subjects)
  @Operation({
    id: 'lookUpPreferences',
    tag: 'Preferences (retailer)',
    summary: 'Read what up to 500 customers let you know',
    description:
      'With a token of your client’s own, so that no till waits for one. Each subject’s standing consent is checked; ' +
      'one that is unknown, malformed or without an open consent is answered in the same way. One-time consents are ' +
      'read with their own token only.',
    ok: {
      status: 200,
      type: LookUpAnswerDto,
      description: 'A result for each subject, in their order: what you may know, or why you are told nothing.',
      example: lookUpExample,
    },
    errors: [RetailerSuspendedError, InvalidProofError],
  })
  async lookUpPreferences(
    @CurrentRetailer() reader: RetailerPrincipal,
    @Body() body: LookUpDto,
  ): Promise<LookUpAnswerDto> {
    return LookUpAnswerDto.of(await this.reading.lookUp(reader, body.subjects, LookUpDto.inquiryOf(body)));
  }
}

/** Says of an answer by what it is known, and whether there is any more to say. */
function saying({ etag, unchanged }: GivenAnswer, reply: FastifyReply): boolean {
  void reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'authorization' });
  if (unchanged) void reply.status(304);
  else void reply.type('application/json; charset=utf-8');
  return !unchanged;
}
