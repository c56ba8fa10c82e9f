import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsString, IsUUID, ValidateNested } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { PageQuery } from '../platform/http/paging.js';
import { IsInstant } from '../platform/http/timestamp.js';
import type { RetailerDescription } from '../retailers/retailers.service.js';
import { consentUses } from './consent.entity.js';
import { exampleIds, readExample } from './consent-examples.js';
import { type ConsentRequest, requestOrigins, requestStatuses, type RequestStatus } from './consent-request.entity.js';
import { ConsentDto, ConsentRetailerDto } from './consents.dto.js';
import { AskedDetailDto } from './detail.dto.js';
import { MOST_DETAILS } from './details.js';
import type { Approval } from './narrowing.js';
import { type Language, languages } from './phrases.js';
import { RequestInWordsDto } from './wording.dto.js';
import type { Notice } from './wording.js';

export class ConsentRequestsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: requestStatuses, example: 'open' })
  @IsIn(requestStatuses)
  @Omittable()
  status?: RequestStatus;
}

class DecisionDto {
  @ApiPropertyOptional({
    enum: languages,
    default: 'en',
    description: 'In which language the request was shown. It is kept with the decision exactly as it was shown.',
    example: 'en',
  })
  @IsIn(languages)
  @Omittable()
  language?: Language;
}

export class RefusalDto extends DecisionDto {}

class KeptDto {
  @ApiProperty({ format: 'uuid', description: 'The line.', example: exampleIds.preferences })
  @IsUUID()
  id!: string;

  @ApiPropertyOptional({ type: [String], description: 'All of them, when left out.', example: ['size.footwear'] })
  @IsArray()
  @IsString({ each: true })
  @Omittable()
  attributes?: string[];

  @ApiPropertyOptional({
    type: [String],
    description: 'All of them, when left out.',
    example: ['transaction.completed'],
  })
  @IsArray()
  @IsString({ each: true })
  @Omittable()
  event_types?: string[];

  @ApiPropertyOptional({ type: [String], description: 'All of them, when left out.', example: ['till'] })
  @IsArray()
  @IsString({ each: true })
  @Omittable()
  touchpoints?: string[];
}

export class ApprovalDto extends DecisionDto {
  @ApiPropertyOptional({
    type: [KeptDto],
    maxItems: MOST_DETAILS,
    description: 'What is given of each line; lines not named are not given. Left out: all of it, as it was asked for.',
    example: [
      { id: exampleIds.preferences, attributes: ['size.footwear'], touchpoints: ['till'] },
      { id: exampleIds.interactions },
    ],
  })
  @IsArray()
  @ArrayMaxSize(MOST_DETAILS)
  @ValidateNested({ each: true })
  @Type(() => KeptDto)
  @Omittable()
  items?: KeptDto[];

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'An end before the one that was asked for.',
    example: '2027-03-31T22:00:00Z',
  })
  @IsInstant()
  @Omittable()
  expires_at?: Date;

  toApproval(): Approval {
    return { decision: 'approve', items: this.items, expiresAt: this.expires_at };
  }
}

export class ConsentRequestDto {
  @ApiProperty({ format: 'uuid', example: exampleIds.request })
  readonly id!: string;

  @ApiProperty({
    ...openCode(requestStatuses),
    description: '`narrowed`: approved in part. `lapsed`: not decided in time.',
    example: 'open',
  })
  readonly status!: string;

  @ApiProperty({ ...openCode(requestOrigins), description: 'How it reached the customer.', example: 'inbox' })
  readonly origin!: string;

  @ApiProperty({ ...openCode(consentUses), example: 'standing' })
  readonly use!: string;

  @ApiProperty()
  readonly retailer!: ConsentRetailerDto;

  @ApiProperty({ type: [AskedDetailDto], example: readExample })
  readonly details!: AskedDetailDto[];

  @ApiProperty({ description: 'For how many days the consent would hold.', example: 365 })
  readonly lifetime_days!: number;

  @ApiProperty({ type: 'string', nullable: true, description: 'The retailer’s own words.', example: null })
  readonly message!: string | null;

  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'The consent that it led to.',
    example: null,
  })
  readonly consent_id!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T09:12:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'Until when it can be decided.',
    example: '2026-12-05T09:12:00.000Z',
  })
  readonly expires_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, example: null })
  readonly decided_at!: string | null;

  static of(request: ConsentRequest, retailer: RetailerDescription, now: Date): ConsentRequestDto {
    return {
      id: request.id,
      status: request.statusAt(now),
      origin: request.origin,
      use: request.use,
      retailer: ConsentRetailerDto.of(retailer),
      details: request.details.map((detail) => AskedDetailDto.of(detail)),
      lifetime_days: request.lifetimeDays,
      message: request.message,
      consent_id: request.consentId,
      created_at: request.createdAt.toISOString(),
      expires_at: request.expiresAt.toISOString(),
      decided_at: request.decidedAt?.toISOString() ?? null,
    };
  }
}

export class WordedConsentRequestDto extends ConsentRequestDto {
  @ApiProperty({
    description: 'All of it in sentences for people. What is shown of these is what the customer decides.',
  })
  readonly in_words!: RequestInWordsDto;

  static worded(request: ConsentRequestDto, notices: Readonly<Record<Language, Notice>>): WordedConsentRequestDto {
    return { ...request, in_words: RequestInWordsDto.of(notices) };
  }
}

export class DecidedDto {
  @ApiProperty()
  readonly request!: ConsentRequestDto;

  @ApiProperty()
  readonly consent!: ConsentDto;
}
