import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

import { Omittable } from '../platform/http/omittable.js';
import { IsInstant } from '../platform/http/timestamp.js';
import { exampleIds, noticeHashExample } from './consent-examples.js';
import { MOST_DETAILS } from './details.js';
import { type Approval, MOST_READS_PER_DAY } from './narrowing.js';
import { type Language, languages } from './phrases.js';
import { statementExample } from './request-examples.js';

/** What every decision of a customer says. */
export class DecisionDto {
  @ApiPropertyOptional({
    enum: languages,
    default: 'en',
    description: 'In which language the request was shown. It is kept with the decision exactly as it was shown.',
    example: 'en',
  })
  @IsIn(languages)
  @Omittable()
  language?: Language;

  @ApiPropertyOptional({
    description:
      'The hash of the words that the customer was shown, as `notices` has it, instead of their language: then nothing ' +
      'else is decided.',
    example: noticeHashExample,
  })
  @Matches(/^[0-9a-f]{64}$/, { message: 'must be 64 hexadecimal digits, as `notices` has them' })
  @Omittable()
  notice?: string;
}

export class RefusalDto extends DecisionDto {}

export class KeptDto {
  @ApiProperty({ format: 'uuid', description: 'The line.', example: exampleIds.preferences })
  @IsUUID()
  id!: string;

  @ApiPropertyOptional({ type: [String], description: 'All of them, when left out.', example: ['size.footwear'] })
  @IsArray()
  @IsString({ each: true })
  @Omittable()
  attributes?: string[];

  @ApiPropertyOptional({ type: [String], description: 'All of them, when left out.', example: ['pharmacy'] })
  @IsArray()
  @IsString({ each: true })
  @Omittable()
  products?: string[];

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

  @ApiPropertyOptional({ type: [String], description: 'All of them, when left out.', example: ['shopping'] })
  @IsArray()
  @IsString({ each: true })
  @Omittable()
  stages?: string[];
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

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_READS_PER_DAY,
    description: 'At most so many reads a day; not more than were asked for.',
    example: 10,
  })
  @IsInt()
  @Min(1)
  @Max(MOST_READS_PER_DAY)
  @Omittable()
  max_reads_per_day?: number;

  @ApiPropertyOptional({
    maxLength: 100,
    description:
      'For what is special, which nothing else can give: the hash of the statement that the customer was shown, ' +
      'in the language in which they were shown it, once they have expressly consented to it.',
    example: statementExample.hash,
  })
  @IsString()
  @MaxLength(100)
  @Omittable()
  statement?: string;

  toApproval(): Approval {
    return {
      decision: 'approve',
      items: this.items,
      expiresAt: this.expires_at,
      maxReadsPerDay: this.max_reads_per_day,
      statement: this.statement,
    };
  }
}
