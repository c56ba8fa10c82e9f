import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsDefined,
  IsEmail,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { PRINTABLE } from '../vocabulary/schemas.js';
import { consentStatuses, type ConsentUse, consentUses } from './consent.entity.js';
import { askedExample, exampleIds, givenExample, readExample } from './consent-examples.js';
import { askedStatuses } from './consent-request.entity.js';
import { AskedDetailDto, ConsentDetailDto } from './detail.dto.js';
import { MOST_DETAILS } from './details.js';
import type { InboxRequest } from './inbox.service.js';
import { MOST_READS_PER_DAY } from './narrowing.js';
import { type Language, languages } from './phrases.js';

/** Whom to ask: by one of the two. */
class AddresseeDto {
  @ApiPropertyOptional({ format: 'email', maxLength: 254, example: 'ada@example.org' })
  @IsEmail()
  @MaxLength(254)
  @Omittable()
  email?: string;

  @ApiPropertyOptional({
    maxLength: 100,
    description: 'The customer as you know them from a consent.',
    example: exampleIds.subject,
  })
  @IsString()
  @MaxLength(100)
  @Omittable()
  subject?: string;
}

export class NewConsentRequestDto {
  @ApiProperty({ example: { email: 'ada@example.org' } })
  @IsDefined({ message: 'is required' })
  @IsObject()
  @ValidateNested()
  @Type(() => AddresseeDto)
  customer!: AddresseeDto;

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    minItems: 1,
    maxItems: MOST_DETAILS,
    description:
      'Authorization details (RFC 9396) of the types `ccx_preferences` and `ccx_interactions`, or a single one of the ' +
      'type `ccx_preferences_special` or `ccx_interactions_special`: what is special is asked for by itself.',
    example: askedExample,
  })
  @IsArray()
  authorization_details!: unknown[];

  @ApiPropertyOptional({ enum: consentUses, default: 'standing', example: 'standing' })
  @IsIn(consentUses)
  @Omittable()
  use?: ConsentUse;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 366,
    description: 'For how many days the consent is to hold: 365 unless said otherwise; for `once` 1, and at most 7.',
    example: 365,
  })
  @IsInt()
  @Min(1)
  @Max(366)
  @Omittable()
  lifetime_days?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_READS_PER_DAY,
    description:
      'How often you will read in one day (in UTC) at most. The customer may choose less. Left out, a standing consent ' +
      'keeps the limit that it has.',
    example: 20,
  })
  @IsInt()
  @Min(1)
  @Max(MOST_READS_PER_DAY)
  @Omittable()
  max_reads_per_day?: number;

  @ApiPropertyOptional({
    maxLength: 500,
    description: 'A few words to the customer, shown as yours.',
    example: 'For the fitting that you asked for.',
  })
  @IsString()
  @MaxLength(500)
  @Matches(new RegExp(PRINTABLE, 'u'), { message: 'must be a text without control characters or outer spaces' })
  @Omittable()
  message?: string;

  @ApiPropertyOptional({ enum: languages, description: 'In which language the message is.', example: 'en' })
  @IsIn(languages)
  @Omittable()
  language?: Language;
}

/** What has been given, as far as the retailer is concerned. */
class GivenDto {
  @ApiProperty({ format: 'uuid', example: exampleIds.consent })
  readonly id!: string;

  @ApiProperty({ description: 'By which you know this customer from now on.', example: exampleIds.subject })
  readonly subject!: string;

  @ApiProperty({ example: 1 })
  readonly version!: number;

  @ApiProperty({ ...openCode(consentStatuses), example: 'active' })
  readonly status!: string;

  @ApiProperty({ format: 'date-time', example: '2027-11-21T09:30:00.000Z' })
  readonly expires_at!: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'How often a day (in UTC) the customer lets you read them; null when they have set no limit.',
    example: null,
  })
  readonly max_reads_per_day!: number | null;

  @ApiProperty({
    type: [ConsentDetailDto],
    description: 'Everything that the consent gives now, by this request and by others.',
    example: givenExample,
  })
  readonly authorization_details!: ConsentDetailDto[];
}

/** A request as the retailer sees it. */
export class InboxRequestDto {
  @ApiProperty({ format: 'uuid', example: exampleIds.request })
  readonly id!: string;

  @ApiProperty({
    ...openCode(askedStatuses),
    description: '`narrowed`: approved in part. `lapsed`: not decided in time, or there was nobody to decide.',
    example: 'open',
  })
  readonly status!: string;

  @ApiProperty({ ...openCode(consentUses), example: 'standing' })
  readonly use!: string;

  @ApiProperty({ example: 365 })
  readonly lifetime_days!: number;

  @ApiProperty({ type: 'integer', nullable: true, description: 'As you asked for.', example: null })
  readonly max_reads_per_day!: number | null;

  @ApiProperty({ type: [AskedDetailDto], description: 'What you asked for, as it was read.', example: readExample })
  readonly authorization_details!: AskedDetailDto[];

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

  @ApiProperty({ type: GivenDto, nullable: true, description: 'What it led to.' })
  readonly consent!: GivenDto | null;

  static of({ request, given }: InboxRequest, now: Date): InboxRequestDto {
    const hidden = request.isHiddenFromRetailer();
    return {
      id: request.id,
      status: request.statusToRetailer(now),
      use: request.use,
      lifetime_days: request.lifetimeDays,
      max_reads_per_day: request.maxReadsPerDay,
      authorization_details: request.asked().map((detail) => AskedDetailDto.of(detail)),
      created_at: request.createdAt.toISOString(),
      expires_at: request.expiresAt.toISOString(),
      decided_at: hidden ? null : (request.decidedAt?.toISOString() ?? null),
      consent: given && {
        id: given.consent.id,
        subject: given.subject,
        version: given.consent.version,
        status: given.consent.statusAt(now),
        expires_at: given.consent.expiresAt.toISOString(),
        max_reads_per_day: given.consent.maxReadsPerDay,
        authorization_details: given.consent.details.map((detail) => ConsentDetailDto.of(detail)),
      },
    };
  }
}
