import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';

import { Omittable } from '../platform/http/omittable.js';
import { PageQuery } from '../platform/http/paging.js';
import type { RetailerDescription } from '../retailers/retailers.service.js';
import { type Consent, consentStatuses, type ConsentStatus, consentUses, type ReportedData } from './consent.entity.js';
import { exampleIds, givenExample } from './consent-examples.js';
import { consentChanges, type ConsentVersion } from './consent-version.entity.js';
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

export class ConsentDto {
  @ApiProperty({ format: 'uuid', description: 'It survives every change of the consent.', example: exampleIds.consent })
  readonly id!: string;

  @ApiProperty({ description: 'Raised by every change.', example: 1 })
  readonly version!: number;

  @ApiProperty({ ...openCode(consentStatuses), example: 'active' })
  readonly status!: string;

  @ApiProperty({ ...openCode(consentUses), description: '`once` is good for one access token.', example: 'standing' })
  readonly use!: string;

  @ApiProperty()
  readonly retailer!: ConsentRetailerDto;

  @ApiProperty({ type: [ConsentDetailDto], example: givenExample })
  readonly details!: ConsentDetailDto[];

  @ApiProperty({ example: '1.0.0' })
  readonly vocabulary_version!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T09:30:00.000Z' })
  readonly given_at!: string;

  @ApiProperty({ format: 'date-time', example: '2027-11-21T09:30:00.000Z' })
  readonly expires_at!: string;

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
    const endedAt = overdue ? consent.expiresAt : consent.endedAt;
    return {
      id: consent.id,
      version: consent.version,
      status: consent.statusAt(now),
      use: consent.use,
      retailer: ConsentRetailerDto.of(retailer),
      details: consent.details.map((detail) => ConsentDetailDto.of(detail)),
      vocabulary_version: consent.vocabularyVersion,
      given_at: consent.givenAt.toISOString(),
      expires_at: consent.expiresAt.toISOString(),
      ended_at: endedAt?.toISOString() ?? null,
      reported_data: consent.reportedData,
    };
  }
}

class ConsentVersionDto {
  @ApiProperty({ example: 1 })
  readonly version!: number;

  @ApiProperty({ ...openCode(consentChanges), description: 'What made this version.', example: 'given' })
  readonly change!: string;

  @ApiProperty({ ...openCode(consentStatuses), example: 'active' })
  readonly status!: string;

  @ApiProperty({ type: [ConsentDetailDto], example: givenExample })
  readonly details!: ConsentDetailDto[];

  @ApiProperty({ format: 'date-time', example: '2027-11-21T09:30:00.000Z' })
  readonly expires_at!: string;

  @ApiProperty({ ...openCode(['customer', 'retailer', 'operator', 'system']), description: 'Who made it.' })
  readonly by!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T09:30:00.000Z' })
  readonly at!: string;

  static of({ version, change, status, details, expiresAt, actor, at }: ConsentVersion): ConsentVersionDto {
    return {
      version,
      change,
      status,
      details: details.map((detail) => ConsentDetailDto.of(detail)),
      expires_at: expiresAt.toISOString(),
      by: actor.kind,
      at: at.toISOString(),
    };
  }
}

export class ConsentWithVersionsDto extends ConsentDto {
  @ApiProperty({ type: [ConsentVersionDto], description: 'Every state that the consent has been in, oldest first.' })
  readonly versions!: ConsentVersionDto[];

  static withVersions(consent: ConsentDto, versions: readonly ConsentVersion[]): ConsentWithVersionsDto {
    return { ...consent, versions: versions.map((version) => ConsentVersionDto.of(version)) };
  }
}
