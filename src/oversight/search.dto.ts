import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsUUID, Matches, MaxLength } from 'class-validator';

import { IsInstant } from '../platform/http/timestamp.js';

/** What an engagement calls a customer or a consent. */
export const NAME_IN_ENGAGEMENT = /^[A-Za-z0-9_-]{22}$/;

/** What every search of an auditor may be narrowed by. */
export class SearchQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Whom it concerns.' })
  @IsUUID()
  @IsOptional()
  retailer_id?: string;

  @ApiPropertyOptional({ maxLength: 100, example: 'dpv:ServicePersonalisation' })
  @MaxLength(100)
  @Matches(/^[\w:.-]+$/, { message: 'must be a purpose such as dpv:ServicePersonalisation' })
  @IsOptional()
  purpose?: string;

  @ApiPropertyOptional({ maxLength: 100, example: 'size.footwear' })
  @MaxLength(100)
  @Matches(/^[\w.-]+$/, { message: 'must be an attribute such as size.footwear' })
  @IsOptional()
  attribute?: string;

  @ApiPropertyOptional({ description: "A customer, by the engagement's pseudonym.", example: 'kJ3mX0sPzv9qYw4bT8uLQA' })
  @Matches(NAME_IN_ENGAGEMENT, { message: 'must be a subject as an entry of this engagement names it' })
  @IsOptional()
  subject?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Not before.', example: '2026-11-01T00:00:00Z' })
  @IsInstant()
  @IsOptional()
  from?: Date;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before.', example: '2026-12-01T00:00:00Z' })
  @IsInstant()
  @IsOptional()
  to?: Date;
}
