import { ApiProperty } from '@nestjs/swagger';

import type { ActingFor } from '../platform/http/access.js';
import { openCode } from '../platform/http/extensible.js';
import { consentStatuses } from './consent.entity.js';
import { givenExample } from './consent-examples.js';
import { consentChanges, type ConsentVersion } from './consent-version.entity.js';
import { ConsentDto } from './consents.dto.js';
import { visibleLines } from './delegate-view.js';
import { ConsentDetailDto } from './detail.dto.js';
import { RuleRefDto } from './rules.dto.js';

class DelegationRefDto {
  @ApiProperty({ format: 'uuid', example: '019a9c50-3d6a-7c2e-8f41-2b9d7e5a1c60' })
  readonly id!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'What the customer calls their delegate. Told to the customer alone.',
    example: 'Anna, who does the shopping',
  })
  readonly name!: string | null;

  static of(id: string | undefined, names: ReadonlyMap<string, string>): DelegationRefDto | null {
    return id === undefined ? null : { id, name: names.get(id) ?? null };
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
    type: DelegationRefDto,
    nullable: true,
    description: 'By what right somebody acted for the customer.',
    example: null,
  })
  readonly delegation!: DelegationRefDto | null;

  @ApiProperty({
    type: RuleRefDto,
    nullable: true,
    description: 'The standing rule by which the customer had decided it in advance.',
    example: null,
  })
  readonly rule!: RuleRefDto | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T09:30:00.000Z' })
  readonly at!: string;

  /** Whoever acts for the customer is told what they may know of it, and not what they were shown. */
  static of(
    made: ConsentVersion,
    names: ReadonlyMap<string, string>,
    reader: ActingFor | undefined,
  ): ConsentVersionDto {
    const { version, change, status, details, expiresAt, maxReadsPerDay, noticeHash, actor, rule, at } = made;
    return {
      version,
      change,
      status,
      details: visibleLines(details, reader).map((detail) => ConsentDetailDto.of(detail)),
      max_reads_per_day: maxReadsPerDay,
      expires_at: expiresAt.toISOString(),
      notice: reader ? null : (noticeHash?.toString('hex') ?? null),
      by: actor.kind,
      delegation: DelegationRefDto.of(actor.delegation, names),
      rule,
      at: at.toISOString(),
    };
  }
}

export class ConsentWithVersionsDto extends ConsentDto {
  @ApiProperty({ type: [ConsentVersionDto], description: 'Every state that the consent has been in, oldest first.' })
  readonly versions!: ConsentVersionDto[];

  static withVersions(
    consent: ConsentDto,
    versions: readonly ConsentVersion[],
    names: ReadonlyMap<string, string>,
    reader: ActingFor | undefined,
  ): ConsentWithVersionsDto {
    return { ...consent, versions: versions.map((version) => ConsentVersionDto.of(version, names, reader)) };
  }
}
