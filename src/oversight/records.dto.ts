import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, Matches } from 'class-validator';

import { type ConsentStatus, consentStatuses, consentUses } from '../consents/consent.entity.js';
import { ConsentDetailDto } from '../consents/detail.dto.js';
import { disclosureFaults } from '../disclosures/wrong-disclosure.js';
import { openCode } from '../platform/http/extensible.js';
import { PageQuery } from '../platform/http/paging.js';
import { NAME_IN_ENGAGEMENT, SearchQuery } from './search.dto.js';

class RecordsQuery extends IntersectionType(SearchQuery, PageQuery) {}

/** Which consents: those that stood at some time between `from` and `to`. */
export class AuditedConsentsQuery extends RecordsQuery {
  @ApiPropertyOptional({ enum: consentStatuses, description: 'As it stands now.', example: 'active' })
  @IsIn(consentStatuses)
  @IsOptional()
  status?: ConsentStatus;
}

export class AuditedDisclosuresQuery extends RecordsQuery {
  @ApiPropertyOptional({ description: "A consent, by the engagement's reference.", example: 'Zm9vYmFyYmF6cXV4MTIzNA' })
  @Matches(NAME_IN_ENGAGEMENT, { message: 'must be a consent of this engagement' })
  @IsOptional()
  consent?: string;

  @ApiPropertyOptional({ type: 'boolean', description: 'Only refused reads, or only answered ones.', example: false })
  @Transform(({ value }: { value: unknown }) => ({ true: true, false: false })[String(value)] ?? value)
  @IsBoolean({ message: 'must be true or false' })
  @IsOptional()
  refused?: boolean;
}

/** A consent as an auditor sees it: who it is of, by a pseudonym. */
export class AuditedConsentDto {
  @ApiProperty({ description: "The consent, by this engagement's reference.", example: 'Zm9vYmFyYmF6cXV4MTIzNA' })
  ref!: string;

  @ApiProperty({ description: "The customer, by this engagement's pseudonym.", example: 'kJ3mX0sPzv9qYw4bT8uLQA' })
  subject!: string;

  @ApiProperty({ format: 'uuid', example: '0192f0c1-1111-7c3e-8f10-3d5f6a7b8c9d' })
  retailer_id!: string;

  @ApiProperty({ ...openCode(consentStatuses), example: 'active' })
  status!: string;

  @ApiProperty({ ...openCode(consentUses), example: 'standing' })
  use!: string;

  @ApiProperty({ description: 'Raised by every change.', example: 1 })
  version!: number;

  @ApiProperty({ type: [ConsentDetailDto], description: 'Its lines for the purposes of the engagement.' })
  details!: ConsentDetailDto[];

  @ApiProperty({ type: 'integer', nullable: true, example: null })
  max_reads_per_day!: number | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'What was shown: the hash of a notice.' })
  notice_hash!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T09:30:00.000Z' })
  given_at!: string;

  @ApiProperty({ format: 'date-time', example: '2027-11-21T09:30:00.000Z' })
  expires_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, description: 'When it ended.', example: null })
  ended_at!: string | null;
}

/** A read of preferences as an auditor sees it. */
export class AuditedDisclosureDto {
  @ApiProperty({ format: 'uuid', example: '0192f0c1-7a54-7c3e-8f10-3d5f6a7b8c9d' })
  id!: string;

  @ApiProperty({ format: 'date-time', description: 'The database’s time of the statement that checked the consent.' })
  checked_at!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: "The customer, by this engagement's pseudonym; null when they have just been erased.",
    example: 'kJ3mX0sPzv9qYw4bT8uLQA',
  })
  subject!: string | null;

  @ApiProperty({ description: "The consent, by this engagement's reference.", example: 'Zm9vYmFyYmF6cXV4MTIzNA' })
  consent!: string;

  @ApiProperty({ description: 'The version that allowed the read.', example: 1 })
  consent_version!: number;

  @ApiProperty({ format: 'uuid', example: '0192f0c1-1111-7c3e-8f10-3d5f6a7b8c9d' })
  retailer_id!: string;

  @ApiProperty({ description: 'The client of the retailer that read.', example: 'cl_4f9Rk2' })
  client_id!: string;

  @ApiProperty({ type: [String], description: 'What it told of, or was asked for.', example: ['size.footwear'] })
  attributes!: string[];

  @ApiProperty({ type: 'string', nullable: true, example: 'dpv:ServicePersonalisation' })
  purpose!: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: 'till' })
  touchpoint!: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: 'shopping' })
  stage!: string | null;

  @ApiProperty({ description: 'The retailer held the answer and was told that it still stands.', example: false })
  unchanged!: boolean;

  @ApiProperty({ type: 'string', nullable: true, description: 'The code of the problem with which it was refused.' })
  refused!: string | null;

  @ApiProperty({ format: 'uuid', description: 'The entry of the log that proves it: `id` of an entry.' })
  entry!: string;

  @ApiProperty({
    type: 'array',
    items: openCode(disclosureFaults),
    description: 'In what it is wrong. There must be nothing here, ever.',
    example: [],
  } as never)
  faults!: string[];
}
