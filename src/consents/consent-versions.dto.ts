import { ApiProperty } from '@nestjs/swagger';

import { openCode } from '../platform/http/extensible.js';
import { consentStatuses } from './consent.entity.js';
import { givenExample } from './consent-examples.js';
import { consentChanges, type ConsentVersion } from './consent-version.entity.js';
import { ConsentDto } from './consents.dto.js';
import { ConsentDetailDto } from './detail.dto.js';
import { RuleRefDto } from './rules.dto.js';

class ConsentVersionDto {
  @ApiProperty({ example: 1 })
  readonly version!: number;

  @ApiProperty({ ...openCode(consentChanges), description: 'What made this version.', example: 'given' })
  readonly change!: string;

  @ApiProperty({ ...openCode(consentStatuses), example: 'active' })
  readonly status!: string;

  @ApiProperty({ type: [ConsentDetailDto], example: givenExample })
  readonly details!: ConsentDetailDto[];

  @ApiProperty({ type: 'integer', nullable: true, example: null })
  readonly max_reads_per_day!: number | null;

  @ApiProperty({ format: 'date-time', example: '2027-11-21T09:30:00.000Z' })
  readonly expires_at!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'The hash of what was shown when these lines were decided, by which it can be fetched.',
    example: '9f2c4e1d7a60b85c3e1f0a97d4b2c6583a1e7f90c5d4b2a8e6f1037c9b5d2e48',
  })
  readonly notice!: string | null;

  @ApiProperty({ ...openCode(['customer', 'retailer', 'operator', 'system']), description: 'Who made it.' })
  readonly by!: string;

  @ApiProperty({
    type: RuleRefDto,
    nullable: true,
    description: 'The standing rule by which the customer had decided it in advance.',
    example: null,
  })
  readonly rule!: RuleRefDto | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T09:30:00.000Z' })
  readonly at!: string;

  static of(made: ConsentVersion): ConsentVersionDto {
    const { version, change, status, details, expiresAt, maxReadsPerDay, noticeHash, actor, rule, at } = made;
    return {
      version,
      change,
      status,
      details: details.map((detail) => ConsentDetailDto.of(detail)),
      max_reads_per_day: maxReadsPerDay,
      expires_at: expiresAt.toISOString(),
      notice: noticeHash?.toString('hex') ?? null,
      by: actor.kind,
      rule,
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
