import { ApiProperty } from '@nestjs/swagger';
import { IsString, Matches, MaxLength, MinLength } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import { NAME_IN_ENGAGEMENT } from './search.dto.js';
import { nameExamples, reidentificationExample } from './oversight.examples.js';
import { reidentificationStatuses } from './reidentification.entity.js';

export class ReidentificationRequestDto {
  @ApiProperty({ description: "The customer, by your engagement's pseudonym.", example: nameExamples.subject })
  @Matches(NAME_IN_ENGAGEMENT, { message: 'must be a subject as an entry of this engagement names it' })
  subject!: string;

  @ApiProperty({
    description: 'Why it has to be known who this is. The operator decides by it, and the customer reads it.',
    minLength: 20,
    maxLength: 500,
    example: reidentificationExample.reason,
  })
  @IsString()
  @MinLength(20)
  @MaxLength(500)
  reason!: string;
}

class ReidentificationBaseDto {
  @ApiProperty({ format: 'uuid', example: reidentificationExample.id })
  id!: string;

  @ApiProperty({ example: reidentificationExample.reason })
  reason!: string;

  @ApiProperty({ ...openCode(reidentificationStatuses), example: 'approved' })
  status!: string;

  @ApiProperty({ format: 'date-time', example: reidentificationExample.asked_at })
  asked_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, example: reidentificationExample.decided_at })
  decided_at!: string | null;

  @ApiProperty({
    format: 'date-time',
    description: 'Until when it can be decided or, once approved, the answer can be read.',
    example: reidentificationExample.expires_at,
  })
  expires_at!: string;
}

/** As the auditor who asked sees it. */
export class ReidentificationDto extends ReidentificationBaseDto {
  @ApiProperty({ description: "The customer, by your engagement's pseudonym.", example: nameExamples.subject })
  subject!: string;

  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'Who it is: the customer id and nothing else, while it is approved.',
    example: reidentificationExample.customer_id,
  })
  customer_id!: string | null;
}

/** As operators see it: who asks, and not about whom. */
export class AskedReidentificationDto extends ReidentificationBaseDto {
  @ApiProperty({ format: 'uuid', description: 'Who asks.', example: '019a9c35-55d1-7e04-8c1f-6b0a9d2e3f47' })
  auditor_id!: string;
}
