import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsUUID, Matches, MaxLength } from 'class-validator';

import { Omittable } from '../platform/http/omittable.js';
import { websiteKey } from '../retailers/retailers.queries.js';
import { PRINTABLE } from '../vocabulary/schemas.js';
import type { Delimiter } from './csv-table.js';
import { type ConflictPolicy, conflictPolicies } from './import-plan.js';

const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const satisfies Record<string, Delimiter>;
const retailerPair = /^(https?:\/\/\S+)=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

const asList = ({ value }: { value: unknown }) => (typeof value === 'string' ? [value] : value);
const asBoolean = ({ value }: { value: unknown }) => (value === 'true' || value === 'false' ? value === 'true' : value);

export class ImportQuery {
  @ApiPropertyOptional({ type: 'boolean', default: false, description: 'Only tells what it would come to.' })
  @IsBoolean()
  @Transform(asBoolean)
  @Omittable()
  dry_run?: boolean;

  @ApiPropertyOptional({
    enum: conflictPolicies,
    default: 'keep',
    description:
      'What becomes of a preference that says something else about the same: it stays, it is replaced once you ' +
      'confirm, or the newer of the two is to hold.',
  })
  @IsIn(conflictPolicies)
  @Omittable()
  conflicts?: ConflictPolicy;

  @ApiPropertyOptional({
    type: [String],
    maxItems: 200,
    description: 'Of an export: which retailer here is meant by a website there, as `website=retailer_id`.',
    example: ['https://grocer.example=019a9c3e-7f10-7c41-9d2b-5a6f0f3b8e21'],
  })
  @Matches(retailerPair, { each: true, message: 'each of $property must be a website, =, and the id of a retailer' })
  @ArrayMaxSize(200)
  @IsArray()
  @Transform(asList)
  @Omittable()
  retailers?: string[];

  @ApiPropertyOptional({
    maxLength: 8000,
    description:
      'Of a table, required: the id of a ready mapping (`GET /v1/me/imports/mappings`), or a mapping of your own as JSON.',
    example: 'loyalty_member',
  })
  @MaxLength(8000)
  @Omittable()
  mapping?: string;

  @ApiPropertyOptional({
    format: 'uuid',
    description:
      'Of a table: the retailer to whom alone its statements are to apply. Left out, they apply to everyone.',
  })
  @IsUUID()
  @Omittable()
  retailer_id?: string;

  @ApiPropertyOptional({
    maxLength: 100,
    description: 'Of a table: where it comes from, for its provenance. Left out, the id of the mapping.',
    example: 'Green Points',
  })
  @MaxLength(100)
  @Matches(new RegExp(PRINTABLE, 'u'), { message: '$property must be one line of text' })
  @Omittable()
  source?: string;

  @ApiPropertyOptional({
    enum: Object.keys(DELIMITERS),
    description: 'Of a table: what stands between its cells. Left out, it is found out.',
  })
  @IsIn(Object.keys(DELIMITERS))
  @Omittable()
  delimiter?: keyof typeof DELIMITERS;

  toDelimiter(): Delimiter | undefined {
    return this.delimiter && DELIMITERS[this.delimiter];
  }

  /** The ids of retailers here by the key of their website. */
  toRetailers(): Map<string, string> {
    return new Map(
      (this.retailers ?? []).map((pair) => {
        const [, website = '', id = ''] = retailerPair.exec(pair) ?? [];
        return [websiteKey(website), id.toLowerCase()];
      }),
    );
  }
}
