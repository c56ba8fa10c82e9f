import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, Equals, IsArray, IsInt, Min, ValidateIf } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import { InvalidRequestError } from '../platform/errors.js';
import { Omittable } from '../platform/http/omittable.js';
import type { JsonObject } from '../platform/json.js';
import { defined } from '../preferences/draft.js';
import { importStatuses } from './import.entity.js';
import {
  type ConflictPolicy,
  conflictPolicies,
  type Counts,
  type ImportItem,
  type Outcome,
  outcomes,
} from './import-plan.js';
import { MOST_STATEMENTS } from './import-reader.js';
import type { Chosen, ImportSummaryView, ImportView } from './imports.service.js';

class ImportedRetailerDto {
  @ApiProperty({ format: 'uri', example: 'https://grocer.example' })
  website!: string;

  @ApiProperty({ example: 'Albatross Groceries' })
  name!: string;
}

class ImportFaultDto {
  @ApiProperty({ description: 'Where, within the statement; of a cell, its column.', example: '/value/size' })
  pointer!: string;

  @ApiProperty({ example: 'is required' })
  detail!: string;
}

class ImportItemDto {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'Which statement of the file it is.', example: 1 })
  number!: number;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'Of a table: the line of the file on which it stands (of one with line breaks, where it ends).',
    example: 2,
  })
  line?: number;

  @ApiProperty({
    ...openCode(outcomes),
    description:
      '`added`: waits as a pending preference. `same`: is stated already. `conflicting`: something else is stated; ' +
      '`resolution` says which is to hold. `invalid`: `errors` says why. `unknown_retailer`: `retailer` is not here; ' +
      'name it with `retailers`.',
    example: 'added',
  })
  outcome!: Outcome;

  @ApiPropertyOptional({ enum: ['keep', 'replace'] })
  resolution?: 'keep' | 'replace';

  @ApiProperty({
    ...openCode(['pending', 'confirmed', 'discarded']),
    nullable: true,
    description: 'null where there is nothing to decide.',
    example: 'pending',
  })
  state!: ImportItem['state'];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'What it states, as a preference does. It is not kept once nothing of the import waits.',
  })
  statement?: JsonObject;

  @ApiPropertyOptional({
    format: 'uuid',
    description: 'The pending preference; of what is stated already, the preference that states it.',
  })
  preference_id?: string;

  @ApiPropertyOptional()
  retailer?: ImportedRetailerDto;

  @ApiPropertyOptional({ type: [ImportFaultDto] })
  errors?: ImportFaultDto[];
}

class TableReportDto {
  @ApiProperty({ type: 'integer', description: 'Lines below the header.', example: 3 })
  lines!: number;

  @ApiProperty({ type: [Number], description: 'Lines of which nothing came.', example: [4] })
  without_statement!: number[];

  @ApiProperty({ type: [String], description: 'Columns that the mapping does not speak of.', example: ['First name'] })
  unused_columns!: string[];
}

class ImportCountsDto implements Counts {
  @ApiProperty({ type: 'integer', example: 1 })
  added!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  same!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  conflicting!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  invalid!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  unknown_retailer!: number;
}

/** An import without its items. */
export class ImportSummaryDto {
  @ApiProperty({ type: 'string', format: 'uuid', nullable: true, description: 'null when it was only tried.' })
  id!: string | null;

  @ApiProperty({
    ...openCode(['tried', ...importStatuses]),
    description: '`pending` while anything of it waits to be confirmed.',
    example: 'pending',
  })
  status!: string;

  @ApiProperty({ description: 'The broker that made the export, or what the table was called.' })
  source!: string;

  @ApiProperty({
    ...openCode(['verified', 'unverified']),
    nullable: true,
    description:
      'Of an export: whether this broker signed it. `unverified`: it is whole, and its signature is of a key that is ' +
      'not known here. null for a table.',
    example: 'verified',
  })
  verification!: string | null;

  @ApiProperty({ enum: conflictPolicies, example: 'keep' })
  conflicts!: ConflictPolicy;

  @ApiProperty()
  counts!: ImportCountsDto;

  @ApiPropertyOptional({ type: TableReportDto })
  table?: TableReportDto;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  settled_at!: string | null;

  static summaryOf(view: ImportSummaryView): ImportSummaryDto {
    const { id, status, source, verification, conflicts, counts, table, createdAt, settledAt } = view;
    return {
      id,
      status,
      source,
      verification,
      conflicts,
      counts: { ...counts },
      ...(table && {
        table: {
          lines: table.lines,
          without_statement: [...table.without_statement],
          unused_columns: [...table.unused_columns],
        },
      }),
      created_at: createdAt.toISOString(),
      settled_at: settledAt?.toISOString() ?? null,
    };
  }
}

export class ImportDto extends ImportSummaryDto {
  @ApiProperty({ type: [ImportItemDto], description: 'In the order of the file.' })
  items!: ImportItemDto[];

  static of(view: ImportView): ImportDto {
    return {
      ...this.summaryOf(view),
      items: view.items.map(itemOf),
    };
  }
}

function itemOf({ statement, errors, ...item }: ImportItem): ImportItemDto {
  const { number, line, outcome, resolution, state, preference_id, retailer } = item;
  return defined<ImportItemDto>({
    number,
    line,
    outcome,
    resolution,
    state,
    statement: statement as JsonObject | undefined,
    preference_id,
    retailer,
    errors: errors && [...errors],
  });
}

export class ConfirmImportDto {
  @ApiPropertyOptional({ enum: [true], type: 'boolean', description: 'All that wait. Or name `items`.' })
  @Equals(true)
  @ValidateIf(({ items }: ConfirmImportDto) => items === undefined)
  all?: true;

  @ApiPropertyOptional({
    type: [Number],
    minItems: 1,
    maxItems: MOST_STATEMENTS,
    description: 'The numbers of the items that are to hold; the others go on waiting.',
    example: [1, 2],
  })
  @Min(1, { each: true })
  @IsInt({ each: true })
  @ArrayMaxSize(MOST_STATEMENTS)
  @ArrayMinSize(1)
  @IsArray()
  @Type(() => Number)
  @Omittable()
  items?: number[];

  /** @throws InvalidRequestError when it names both */
  toChosen(): Chosen {
    if (this.items && this.all !== undefined) {
      throw new InvalidRequestError([{ pointer: '/items', detail: 'must be left out where all are meant' }]);
    }
    return this.items ? { items: this.items } : { all: true };
  }
}

class MappingLabelsDto {
  @ApiProperty()
  en!: string;

  @ApiProperty()
  de!: string;
}

export class ReadyMappingDto {
  @ApiProperty({ example: 'loyalty_member' })
  id!: string;

  @ApiProperty()
  labels!: MappingLabelsDto;

  @ApiProperty()
  description!: MappingLabelsDto;

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description:
      'What is made of each line: an attribute, a strength and a value in which each `{"$column": …}` stands for a cell.',
  })
  rules!: JsonObject[];
}

export class ReadyMappingsDto {
  @ApiProperty({ type: [ReadyMappingDto] })
  items!: ReadyMappingDto[];
}
