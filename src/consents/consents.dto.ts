import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID } from 'class-validator';

import { strongEtag } from '../platform/http/etag.js';
import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { PageDto, PageQuery } from '../platform/http/paging.js';
import type { RetailerDescription } from '../retailers/retailers.service.js';
import { type Purpose, purposes } from '../vocabulary/code-lists.js';
import { type Consent, consentStatuses, type ConsentStatus, consentUses } from './consent.entity.js';
import { exampleIds, givenExample } from './consent-examples.js';
import type { ConsentCounts } from './consents.queries.js';
import { ConsentDetailDto } from './detail.dto.js';

export class ConsentsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: consentStatuses, example: 'active' })
  @IsIn(consentStatuses)
  @Omittable()
  status?: ConsentStatus;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only those given to this retailer.' })
  @IsUUID()
  @Omittable()
  retailer_id?: string;

  @ApiPropertyOptional({
    enum: purposes,
    description: 'Only those that allow something for this purpose.',
    example: 'dpv:ServicePersonalisation',
  })
  @IsIn(purposes)
  @Omittable()
  purpose?: Purpose;
}

/** Who asks, or was given something. */
export class ConsentRetailerDto {
  @ApiProperty({ format: 'uuid', example: exampleIds.retailer })
  readonly id!: string;

  @ApiProperty({ example: 'Albatross Groceries' })
  readonly name!: string;

  @ApiProperty({ format: 'uri', example: 'https://albatross.example/privacy' })
  readonly privacy_url!: string;

  static of({ id, name, privacyUrl }: RetailerDescription): ConsentRetailerDto {
    return { id, name, privacy_url: privacyUrl };
  }
}

class ReminderDto {
  @ApiProperty({ description: 'How much of its life is over, in percent: 50, 80 or 95.', example: 50 })
  readonly percent!: number;

  @ApiProperty({ format: 'date-time', description: 'When that was.', example: '2027-05-23T09:30:00.000Z' })
  readonly at!: string;
}

export class ConsentDto {
  @ApiProperty({ format: 'uuid', description: 'It survives every change of the consent.', example: exampleIds.consent })
  readonly id!: string;

  @ApiProperty({ description: 'Raised by every change.', example: 1 })
  readonly version!: number;

  @ApiProperty({ ...openCode(consentStatuses), example: 'active' })
  readonly status!: string;

  @ApiProperty({
    ...openCode(consentUses),
    description: '`once` is good for one access token, and ends with it.',
    example: 'standing',
  })
  readonly use!: string;

  @ApiProperty()
  readonly retailer!: ConsentRetailerDto;

  @ApiProperty({
    type: [ConsentDetailDto],
    description: 'What it allows, line by line. A line may end before the others, as special ones do.',
    example: givenExample,
  })
  readonly details!: ConsentDetailDto[];

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description:
      'How often the retailer may read in one day, from midnight to midnight in UTC, whatever the customer’s time ' +
      'zone; null: as often as it likes.',
    example: null,
  })
  readonly max_reads_per_day!: number | null;

  @ApiProperty({ example: '1.2.0' })
  readonly vocabulary_version!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T09:30:00.000Z' })
  readonly given_at!: string;

  @ApiProperty({ format: 'date-time', description: 'When its last line ends.', example: '2027-11-21T09:30:00.000Z' })
  readonly expires_at!: string;

  @ApiProperty({
    type: ReminderDto,
    nullable: true,
    description: 'The last reminder that has come due: at half, 80 % and 95 % of its life. Renewing begins a new life.',
    example: null,
  })
  readonly reminder!: ReminderDto | null;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'Since when it rests.',
    example: null,
  })
  readonly paused_at!: string | null;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, example: null })
  readonly ended_at!: string | null;

  @ApiProperty({
    ...openCode(['keep', 'delete']),
    nullable: true,
    description: 'What was chosen for reported events when the consent was withdrawn.',
    example: null,
  })
  readonly reported_data!: string | null;

  static of(consent: Consent, retailer: RetailerDescription, now: Date): ConsentDto {
    const overdue = consent.isOverdue(now);
    const reminder = consent.reminderAt(now);
    const endedAt = overdue ? consent.expiresAt : consent.endedAt;
    return {
      id: consent.id,
      version: consent.version,
      status: consent.statusAt(now),
      use: consent.use,
      retailer: ConsentRetailerDto.of(retailer),
      details: consent.details.map((detail) => ConsentDetailDto.of(detail)),
      max_reads_per_day: consent.maxReadsPerDay,
      vocabulary_version: consent.vocabularyVersion,
      given_at: consent.givenAt.toISOString(),
      expires_at: consent.expiresAt.toISOString(),
      reminder: reminder && { percent: reminder.percent, at: reminder.at.toISOString() },
      paused_at: overdue ? null : (consent.pausedAt?.toISOString() ?? null),
      ended_at: endedAt?.toISOString() ?? null,
      reported_data: consent.reportedData,
    };
  }
}

/** The validator of a consent, over all that its description depends on. */
export function consentEtag(consent: Consent, retailer: RetailerDescription, now: Date): string {
  const { id, version } = consent;
  return strongEtag(
    id,
    version,
    consent.statusAt(now),
    consent.expiresAt.toISOString(),
    consent.reminderAt(now)?.percent,
    retailer.name,
    retailer.privacyUrl,
  );
}

class ConsentCountsDto implements ConsentCounts {
  @ApiProperty({ example: 1 })
  readonly active!: number;

  @ApiProperty({ example: 0 })
  readonly paused!: number;

  @ApiProperty({ example: 0 })
  readonly withdrawn!: number;

  @ApiProperty({ example: 0 })
  readonly expired!: number;
}

export class ConsentsPageDto extends PageDto(ConsentDto) {
  @ApiProperty({ description: 'How many there are in all, whatever this list is narrowed to.' })
  readonly counts!: ConsentCountsDto;
}
