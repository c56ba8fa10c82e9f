import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsUUID, Matches, MaxLength } from 'class-validator';

import { RetailerNameDto } from '../interactions/interactions.dto.js';
import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { PageQuery } from '../platform/http/paging.js';
import { IsInstant } from '../platform/http/timestamp.js';
import { purposes, stages, touchpoints } from '../vocabulary/code-lists.js';
import type { Disclosure } from './disclosure.js';

export class DisclosuresQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Who read.' })
  @IsUUID()
  @Omittable()
  retailer_id?: string;

  @ApiPropertyOptional({ description: 'What was read.', maxLength: 100, example: 'size.footwear' })
  @MaxLength(100)
  @Matches(/^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+$/, { message: '$property must be an attribute such as size.footwear' })
  @Omittable()
  attribute?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Not before.', example: '2026-11-01T00:00:00Z' })
  @IsInstant()
  @Omittable()
  from?: Date;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before.', example: '2026-12-01T00:00:00Z' })
  @IsInstant()
  @Omittable()
  to?: Date;
}

class DisclosureConsentDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ description: 'The version that let it happen, or that refused it.', example: 1 })
  version!: number;
}

/** One read of preferences, as the customer sees it. */
export class DisclosureDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'date-time', description: 'When the consent was checked.' })
  at!: string;

  @ApiProperty({ description: 'Who read.' })
  retailer!: RetailerNameDto;

  @ApiProperty({ description: 'With which of its programs.', example: 'albatross-tills' })
  client_id!: string;

  @ApiProperty({
    type: [String],
    description: 'What was read; of a refused read what was asked for by name.',
    example: ['size.footwear'],
  })
  attributes!: string[];

  @ApiProperty({ ...openCode(purposes), nullable: true, example: 'dpv:ServicePersonalisation' })
  purpose!: string | null;

  @ApiProperty({ ...openCode(touchpoints), nullable: true, example: 'till' })
  touchpoint!: string | null;

  @ApiProperty({ ...openCode(stages), nullable: true, example: 'shopping' })
  stage!: string | null;

  @ApiProperty()
  consent!: DisclosureConsentDto;

  @ApiProperty({ description: 'Whether it was told only that what it had read before still holds.', example: false })
  unchanged!: boolean;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Why nothing was told: the code of a problem. Null when it was answered.',
    example: null,
  })
  refused!: string | null;

  static of(disclosure: Disclosure, retailerName: string): DisclosureDto {
    const { id, checkedAt, retailerId, clientId, attributes, purpose, touchpoint, stage } = disclosure;
    const { consent, unchanged, refused } = disclosure;
    return {
      id,
      at: checkedAt.toISOString(),
      retailer: { id: retailerId, name: retailerName },
      client_id: clientId,
      attributes: [...attributes],
      purpose,
      touchpoint,
      stage,
      consent,
      unchanged,
      refused,
    };
  }
}
