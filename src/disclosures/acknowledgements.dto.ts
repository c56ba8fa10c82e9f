import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';

import { RetailerNameDto } from '../interactions/interactions.dto.js';
import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { PageQuery } from '../platform/http/paging.js';
import { type Touchpoint, touchpoints } from '../vocabulary/code-lists.js';
import { PRINTABLE } from '../vocabulary/schemas.js';
import {
  type AcknowledgedItem,
  type Acknowledgement,
  type AcknowledgementStatus,
  acknowledgementStatuses,
} from './acknowledgement.js';
import type { Admitted } from './standings.service.js';

const MOST_ITEMS = 100;
const LONGEST_NAME = 100;
const LONGEST_REASON = 200;

class AcknowledgedItemDto {
  @ApiProperty({ description: 'An attribute that is shared with you there.', example: 'size.footwear' })
  @IsString()
  @MaxLength(LONGEST_NAME)
  attribute!: string;

  @ApiPropertyOptional({
    description: 'Which one, of an attribute with many values; left out, all of them.',
    maxLength: LONGEST_NAME,
    example: 'EUROPE',
  })
  @IsString()
  @MaxLength(LONGEST_NAME)
  @Omittable()
  key?: string;

  @ApiProperty({ enum: touchpoints, description: 'Where it is honoured, or cannot be.', example: 'till' })
  @IsIn(touchpoints)
  touchpoint!: Touchpoint;

  @ApiProperty({ enum: acknowledgementStatuses, example: 'cannot' })
  @IsIn(acknowledgementStatuses)
  status!: AcknowledgementStatus;

  @ApiPropertyOptional({
    description: 'In one sentence, as the customer reads it. Required where you cannot.',
    maxLength: LONGEST_REASON,
    example: 'Our tills cannot show sizes yet.',
  })
  @IsString()
  @MaxLength(LONGEST_REASON)
  @Matches(new RegExp(PRINTABLE, 'u'), { message: '$property must be one line of text' })
  @Omittable()
  reason?: string;
}

/** What a retailer says of the preferences that it was given. */
export class AcknowledgeDto {
  @ApiPropertyOptional({
    description: 'The customer, with your client’s own token; a token of a consent names them itself.',
    maxLength: LONGEST_NAME,
    example: 'p1PHkE2qXbQmC0dZ3Vt8sYwA',
  })
  @IsString()
  @MaxLength(LONGEST_NAME)
  @Omittable()
  subject?: string;

  @ApiProperty({ type: [AcknowledgedItemDto], minItems: 1, maxItems: MOST_ITEMS })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_ITEMS)
  @ValidateNested({ each: true })
  @Type(() => AcknowledgedItemDto)
  items!: AcknowledgedItemDto[];

  static itemsOf({ items }: AcknowledgeDto): AcknowledgedItem[] {
    return items.map(({ key = null, reason = null, ...said }) => ({ ...said, key, reason }));
  }
}

class AcknowledgedConsentDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ description: 'The version that it was checked against.', example: 1 })
  version!: number;
}

/** That all of it was kept. */
export class AcknowledgedDto {
  @ApiProperty({ example: 'p1PHkE2qXbQmC0dZ3Vt8sYwA' })
  subject!: string;

  @ApiProperty()
  consent!: AcknowledgedConsentDto;

  @ApiProperty({ description: 'How many items were kept: all of them.', example: 1 })
  acknowledged!: number;

  static of({ subject, consent: { id, version } }: Admitted, acknowledged: number): AcknowledgedDto {
    return { subject, consent: { id, version }, acknowledged };
  }
}

export class AcknowledgementsQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'What this retailer says.' })
  @IsUUID()
  @Omittable()
  retailer_id?: string;
}

/** What a retailer says of one of the customer's preferences. */
export class AcknowledgementDto {
  @ApiProperty()
  retailer!: RetailerNameDto;

  @ApiProperty({ example: 'size.footwear' })
  attribute!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'Which one; null for all of them.' })
  key!: string | null;

  @ApiProperty({ ...openCode(touchpoints), example: 'till' })
  touchpoint!: string;

  @ApiProperty({ ...openCode(acknowledgementStatuses), example: 'cannot' })
  status!: AcknowledgementStatus;

  @ApiProperty({ type: 'string', nullable: true, example: 'Our tills cannot show sizes yet.' })
  reason!: string | null;

  @ApiProperty({ format: 'uuid', description: 'The consent under which it was given the preference.' })
  consent_id!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  static of(said: Acknowledgement, retailer: RetailerNameDto): AcknowledgementDto {
    const { attribute, key, touchpoint, status, reason, consentId, at } = said;
    return { retailer, attribute, key, touchpoint, status, reason, consent_id: consentId, at: at.toISOString() };
  }
}
