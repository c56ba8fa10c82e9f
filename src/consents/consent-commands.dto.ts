import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, Max, Min, ValidateNested } from 'class-validator';

import { Omittable } from '../platform/http/omittable.js';
import { IsInstant } from '../platform/http/timestamp.js';
import type { Amendment } from './amendment.js';
import type { ReportedData } from './consent.entity.js';
import { exampleIds } from './consent-examples.js';
import { DecisionDto, KeptDto } from './decision.dto.js';
import type { RenewalOffer } from './consent-renewals.service.js';
import { ConsentDto } from './consents.dto.js';
import { MOST_READS_PER_DAY } from './narrowing.js';
import { ReceiptDto } from './receipts.dto.js';
import { NoticeHashesDto, RequestInWordsDto } from './wording.dto.js';

/** As many as a consent can have that was widened many times. */
const MOST_LINES = 100;

export class AmendmentDto {
  @ApiPropertyOptional({
    type: [KeptDto],
    maxItems: MOST_LINES,
    description: 'What is kept of each line; lines not named are dropped. Left out: all of it.',
    example: [{ id: exampleIds.preferences, touchpoints: ['till'] }],
  })
  @IsArray()
  @ArrayMaxSize(MOST_LINES)
  @ValidateNested({ each: true })
  @Type(() => KeptDto)
  @Omittable()
  items?: KeptDto[];

  @ApiPropertyOptional({ format: 'date-time', description: 'An earlier end.', example: '2027-03-31T22:00:00Z' })
  @IsInstant()
  @Omittable()
  expires_at?: Date;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_READS_PER_DAY,
    description: 'At most so many reads in one day (in UTC); not more than now. Reads of today count from now on.',
    example: 10,
  })
  @IsInt()
  @Min(1)
  @Max(MOST_READS_PER_DAY)
  @Omittable()
  max_reads_per_day?: number;

  toAmendment(): Amendment {
    return { items: this.items, expiresAt: this.expires_at, maxReadsPerDay: this.max_reads_per_day };
  }
}

export class WithdrawalDto {
  @ApiPropertyOptional({
    enum: ['keep', 'delete'],
    default: 'keep',
    description:
      'What becomes of the events that the retailer has reported under the consent. With `delete` they are deleted ' +
      'within moments, and nothing more that happened before can be reported.',
    example: 'keep',
  })
  @IsIn(['keep', 'delete'])
  @Omittable()
  reported_data?: ReportedData;
}

export class RenewalQuery {
  @ApiPropertyOptional({
    format: 'date-time',
    description: 'The new end; left out, as long from now on as it was to hold before.',
    example: '2028-06-30T22:00:00Z',
  })
  @IsInstant()
  @Omittable()
  expires_at?: Date;
}

export class RenewalDto extends DecisionDto {
  @ApiPropertyOptional({
    format: 'date-time',
    description: 'The new end; left out, as long from now on as it was to hold before.',
    example: '2028-06-30T22:00:00Z',
  })
  @IsInstant()
  @Omittable()
  expires_at?: Date;
}

/** What renewing a consent would mean. */
export class RenewalOfferDto {
  @ApiProperty({ format: 'date-time', description: 'Until when it would hold.', example: '2028-05-30T09:30:00.000Z' })
  readonly expires_at!: string;

  @ApiProperty({ description: 'What goes on, in sentences for people. Special attributes are not among it.' })
  readonly in_words!: RequestInWordsDto;

  @ApiProperty({ description: 'The hash of these sentences, by language.' })
  readonly notices!: NoticeHashesDto;

  static of({ expiresAt, notices: { en, de } }: RenewalOffer): RenewalOfferDto {
    return {
      expires_at: expiresAt.toISOString(),
      in_words: RequestInWordsDto.of({ en, de }),
      notices: NoticeHashesDto.of({ en, de }),
    };
  }
}

export class ConsentWithReceiptDto extends ConsentDto {
  @ApiProperty({ type: ReceiptDto, nullable: true, description: 'The receipt of the change that led to this state.' })
  readonly receipt!: ReceiptDto | null;
}
