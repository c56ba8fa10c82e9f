import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import { LongJobDto } from '../platform/http/long-job.dto.js';
import { IsInstant } from '../platform/http/timestamp.js';
import { changeLevels } from '../vocabulary/release-level.js';
import { VocabularyDto } from '../vocabulary/vocabulary.dto.js';
import type { ReleaseSummary } from './releases.queries.js';
import type { ReleaseState } from './releases.service.js';

export class PublicationDto {
  @ApiPropertyOptional({
    type: 'string',
    format: 'date-time',
    description: 'When it comes into force: at least a minute from now, which is also what is meant without it.',
    example: '2026-12-01T00:00:00.000Z',
  })
  @IsInstant()
  @IsOptional()
  readonly in_force_at?: Date;
}

export class ReleaseSummaryDto {
  @ApiProperty({ example: '2.0.0' })
  readonly version!: string;

  @ApiProperty({ ...openCode(['draft', 'published']), example: 'draft' })
  readonly status!: string;

  @ApiProperty({ ...openCode(changeLevels), description: 'How much it changes.', example: 'major' })
  readonly level!: string;

  @ApiProperty({ example: '1.1.0', description: 'The release that it follows.' })
  readonly based_on!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:00:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, example: null })
  readonly published_at!: string | null;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, example: null })
  readonly in_force_at!: string | null;

  static of(release: ReleaseSummary): ReleaseSummaryDto {
    const { version, status, level, basedOn, createdAt, publishedAt, inForceAt } = release;
    return {
      version,
      status,
      level,
      based_on: basedOn,
      created_at: createdAt.toISOString(),
      published_at: publishedAt?.toISOString() ?? null,
      in_force_at: inForceAt?.toISOString() ?? null,
    };
  }
}

class ReleaseDifferenceDto {
  @ApiProperty({ ...openCode(changeLevels), example: 'major' })
  readonly level!: string;

  @ApiProperty({ description: 'An attribute or, as `code_lists/name`, a code list.', example: 'receipt.delivery' })
  readonly subject!: string;

  @ApiProperty({ example: 'value_schema refuses values that it took before' })
  readonly change!: string;
}

export class ReleaseStateDto extends ReleaseSummaryDto {
  @ApiProperty({ type: [ReleaseDifferenceDto], description: 'In what it differs from the release that it follows.' })
  readonly changes!: readonly ReleaseDifferenceDto[];

  @ApiProperty({
    type: LongJobDto,
    nullable: true,
    description:
      'The job that looks through what is stored; only a major needs one. Its `result` lists what would become ' +
      '`invalid` and what is `dropped`: attribute, fault, and of how many statements and customers. Never what they ' +
      'said and never who.',
  })
  readonly check!: LongJobDto | null;

  @ApiProperty({ description: 'The release as a whole.' })
  readonly release!: VocabularyDto;

  static ofState({ release, differences, check }: ReleaseState): ReleaseStateDto {
    return {
      ...ReleaseSummaryDto.of(release),
      changes: differences,
      check: check && LongJobDto.of(check),
      release: release.release,
    };
  }
}
