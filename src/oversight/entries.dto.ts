import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsArray, IsOptional, Matches } from 'class-validator';

import { PageQuery } from '../platform/http/paging.js';
import type { JsonObject } from '../platform/json.js';
import { NAME_IN_ENGAGEMENT, SearchQuery } from './search.dto.js';

/** One value or several: `?type=a&type=b`. */
const OneOrMore = () =>
  Transform(({ value }: { value: unknown }) => (value === undefined || Array.isArray(value) ? value : [value]));

/** Which entries an auditor asks for. Everything given must hold; of a repeated parameter any value may. */
export class EntrySearchQuery extends SearchQuery {
  @ApiPropertyOptional({ type: [String], description: 'What happened.', example: ['consent.given'] })
  @OneOrMore()
  @IsArray()
  @Matches(/^[a-z_-]+(\.[a-z_-]+)+$/, { each: true, message: 'each must be a type of entry such as consent.given' })
  @IsOptional()
  type?: string[];

  @ApiPropertyOptional({
    description:
      "A consent, by the engagement's reference. A page may hold fewer entries than asked for: go on while there is " +
      '`next_cursor`.',
    example: 'Zm9vYmFyYmF6cXV4MTIzNA',
  })
  @Matches(NAME_IN_ENGAGEMENT, { message: 'must be a consent as an entry of this engagement names it' })
  @IsOptional()
  consent?: string;

  @ApiPropertyOptional({
    description: 'The one entry that a receipt names: its `audit.leaf_hash`, in hexadecimal.',
    example: 'a3f1c0de5b7e9d2c4f60718293a4b5c6d7e8f9000112233445566778899aabbc',
  })
  @Matches(/^[0-9a-f]{64}$/, { message: 'must be a leaf hash: 64 hexadecimal digits in small letters' })
  @IsOptional()
  leaf_hash?: string;
}

/** What was asked for, whatever it is asked of. */
export type EntrySearch = Readonly<EntrySearchQuery>;

/** The same, page by page. */
export class EntriesQuery extends IntersectionType(EntrySearchQuery, PageQuery) {}

export const entryStates = ['opened', 'sealed', 'erased'] as const;

/** One entry of the log as an auditor sees it. */
export class EntryDto {
  @ApiProperty({ description: 'Its place in the log, from 0 without gaps.', example: 4711 })
  index!: number;

  @ApiProperty({ format: 'uuid', example: '0192f0c1-7a54-7c3e-8f10-3d5f6a7b8c9d' })
  id!: string;

  @ApiProperty({ description: 'What happened.', example: 'consent.given' })
  type!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T09:30:00.000Z' })
  at!: string;

  @ApiProperty({
    description: 'The RFC 6962 leaf hash, in hexadecimal.',
    example: 'a3f1c0de5b7e9d2c4f60718293a4b5c6d7e8f9000112233445566778899aabbc',
  })
  leaf_hash!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: "The customer, by this engagement's pseudonym; null where it concerns none.",
    example: 'kJ3mX0sPzv9qYw4bT8uLQA',
  })
  subject!: string | null;

  @ApiProperty({ type: 'string', format: 'uuid', nullable: true })
  retailer_id!: string | null;

  @ApiProperty({ type: [String], example: ['dpv:ServicePersonalisation'] })
  purposes!: string[];

  @ApiProperty({ type: [String], example: ['size.footwear'] })
  attributes!: string[];

  @ApiProperty({ type: 'integer', nullable: true, example: 1 })
  consent_version!: number | null;

  @ApiProperty({
    enum: entryStates,
    'x-extensible-enum': entryStates,
    description:
      'Whether the event can still be opened: once the customer is erased, nobody can. `sealed`: it should open and ' +
      'does not, so that it is not what was written.',
    example: 'opened',
  } as never)
  state!: (typeof entryStates)[number];

  @ApiProperty({
    type: 'boolean',
    nullable: true,
    description: 'Whether the event is the one that the leaf commits to; null once the customer is erased.',
    example: true,
  })
  intact!: boolean | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'The event itself. A consent is named by a reference of this engagement.',
    example: {
      type: 'consent.given',
      actor: { kind: 'customer' },
      consent: { ref: 'Zm9vYmFyYmF6cXV4MTIzNA', version: 1 },
    },
  })
  event!: JsonObject | null;
}
