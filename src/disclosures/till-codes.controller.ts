import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';

import { ConsentPausedError, OutsideConsentError } from '../consents/consents.errors.js';
import { RateLimitedError } from '../platform/errors.js';
import { Access, CurrentRetailer, type RetailerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { RateLimit } from '../platform/http/rate-limit.js';
import { RetailerSuspendedError } from '../retailers/retailers.errors.js';
import { type Purpose, purposes } from '../vocabulary/code-lists.js';
import { answerExample } from './answer.examples.js';
import { DailyReadsSpentError, OutsideViewError } from './disclosures.errors.js';
import { CircumstancesDto } from './reading.dto.js';
import { TillNotServedError } from './snapshots.errors.js';
import { TillAnswerDto } from './till-answer.js';
import { TillCodeNotFoundError } from './till-codes.errors.js';
import { TillReadingService } from './till-reading.service.js';

/** In which circumstances a till reads. It says what for, since a code that was used for a faulty question is gone. */
export class TillReadingQuery extends CircumstancesDto {
  @ApiProperty({ enum: purposes, description: 'What for.', example: 'dpv:ServicePersonalisation' })
  @IsIn(purposes)
  purpose!: Purpose;
}

/** For tills: what a customer lets them know who shows a code. */
@Controller('v1/till-codes')
export class TillCodeReadingController {
  constructor(private readonly tills: TillReadingService) {}

  @Get(':code')
  @Access('retailer', 'preferences.read')
  @RateLimit('till-readings', { points: 6_000, seconds: 60, by: 'principal' })
  @Operation({
    id: 'readByTillCode',
    tag: 'Preferences (retailer)',
    summary: 'Read what a customer lets your till know who shows it a code',
    description:
      'With a token of your client’s own, which serves the till. The code is used up by this, whatever is answered but ' +
      '400; so the request is not repeated. The answer is at most 2 KiB and names the subject: read more, or again, with it ' +
      '(`lookUpPreferences`). The consent is checked and the reading recorded as everywhere. A code of somebody who has ' +
      'given you no consent is answered like one that does not exist. Both are counted: 600 in a quarter of an hour for ' +
      'each of your clients, 3,000 for all of them.',
    ok: {
      status: 200,
      type: TillAnswerDto,
      description: 'What you may know at the till.',
      example: { ...answerExample, more: false },
      headers: { 'Cache-Control': { description: 'Use it for this sale.', example: 'no-store' } },
    },
    errors: [
      TillCodeNotFoundError,
      TillNotServedError,
      OutsideConsentError,
      OutsideViewError,
      ConsentPausedError,
      RetailerSuspendedError,
      DailyReadsSpentError,
      RateLimitedError,
    ],
  })
  read(
    @CurrentRetailer() reader: RetailerPrincipal,
    @Param('code') code: string,
    @Query() query: TillReadingQuery,
  ): Promise<TillAnswerDto> {
    const { purpose, stage, occasion = null } = query;
    return this.tills.read(reader, code, {
      purpose,
      ...(stage && { stage }),
      place: CircumstancesDto.placeOf(query),
      occasion,
    });
  }
}
