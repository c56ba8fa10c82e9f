import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';

import { InvalidRequestError } from '../platform/errors.js';
import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { PageQuery } from '../platform/http/paging.js';
import { IsInstant } from '../platform/http/timestamp.js';
import { example } from './examples.js';
import type { HistoryEntry, Period } from './history.service.js';
import { type NetChange, netChanges } from './net-change.js';
import { type Change, changes } from './preference-version.entity.js';
import { PreferenceDto } from './preferences.dto.js';
import { type WrittenBy, writers } from './written-by.js';

/** Which changes a customer asks for. */
export class ChangesQuery extends PageQuery {
  @ApiPropertyOptional({
    format: 'date-time',
    description: 'From then on, inclusive; from the beginning where left out.',
    example: '2026-11-01T00:00:00Z',
  })
  @IsInstant()
  @Omittable()
  from?: Date;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before then; now where left out.' })
  @IsInstant()
  @Omittable()
  to?: Date;

  /** @throws InvalidRequestError when it ends before it begins */
  toPeriod(): Period {
    const { from = null, to = null } = this;
    if (from && to && to <= from)
      throw new InvalidRequestError([{ pointer: 'query/to', detail: 'must be after from' }]);
    return { from, to };
  }
}

/** The largest that PostgreSQL counts versions to. */
const LAST_VERSION = 2_147_483_647;

export class UndoDto {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: LAST_VERSION,
    description: 'The version whose making is undone: the latest.',
    example: 2,
  })
  @IsInt()
  @Min(1)
  @Max(LAST_VERSION)
  version!: number;
}

class WrittenByDto implements WrittenBy {
  @ApiProperty({ ...openCode(writers), example: 'customer' })
  kind!: WrittenBy['kind'];

  @ApiProperty({ type: 'string', format: 'uuid', nullable: true, example: null })
  delegation_id!: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'What the customer calls their delegate. Told to the customer alone.',
    example: null,
  })
  name!: string | null;
}

export class PreferenceVersionDto implements HistoryEntry {
  @ApiProperty({ ...openCode(changes), example: 'recorded' })
  change!: Change;

  @ApiProperty({ description: 'As it was from then on; of a removed one, as it was last.', example })
  preference!: PreferenceDto;

  @ApiProperty({ description: 'Who did it.' })
  by!: WrittenByDto;
}

export class PreferenceChangeDto implements NetChange {
  @ApiProperty({ format: 'uuid', example: example.id })
  preference_id!: string;

  @ApiProperty({ example: example.attribute })
  attribute!: string;

  @ApiProperty({ ...openCode(netChanges), example: 'added' })
  change!: NetChange['change'];

  @ApiProperty({
    type: PreferenceDto,
    nullable: true,
    description: 'As it was at the beginning; null when it was not there.',
    example: null,
  })
  was!: PreferenceDto | null;

  @ApiProperty({
    type: PreferenceDto,
    nullable: true,
    description: 'As it was at the end; null when it was not there any more.',
    example,
  })
  became!: PreferenceDto | null;

  @ApiProperty({ format: 'date-time', description: 'When it changed last.', example: example.updated_at })
  at!: string;

  @ApiProperty({ description: 'Who changed it last.' })
  by!: WrittenByDto;
}
