import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsISO31661Alpha2, IsOptional, IsUrl, MaxLength } from 'class-validator';

import { openCode, openCodes } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { PageQuery } from '../platform/http/paging.js';
import { sectors, touchpoints } from '../vocabulary/code-lists.js';
import type { NewRetailer } from './admissions.service.js';
import type { Retailer, RetailerStatus } from './retailer.entity.js';
import type { RetailerDescription } from './retailers.service.js';
import { OneLine, SomeOf } from './fields.js';

const statuses = ['pending', 'active', 'suspended'] as const satisfies readonly RetailerStatus[];
const webAddress = { protocols: ['https'], require_protocol: true };

export class DirectoryQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Only retailers of this sector.', enum: sectors, example: 'grocery' })
  @IsIn(sectors)
  @Omittable()
  sector?: string;
}

export class RetailersQuery extends DirectoryQuery {
  @ApiPropertyOptional({ description: 'Only retailers in this state.', enum: statuses, example: 'pending' })
  @IsIn(statuses)
  @Omittable()
  status?: RetailerStatus;
}

export class NewRetailerDto {
  @ApiProperty({
    description: 'What customers know it by.',
    minLength: 1,
    maxLength: 100,
    example: 'Albatross Groceries',
  })
  @OneLine(100)
  name!: string;

  @ApiProperty({
    description: 'Who is responsible for the data, as in the commercial register.',
    minLength: 1,
    maxLength: 200,
    example: 'Albatross Groceries Ltd',
  })
  @OneLine(200)
  legal_name!: string;

  @ApiProperty({ description: 'ISO 3166-1 alpha-2.', example: 'GB' })
  @IsISO31661Alpha2()
  country!: string;

  @ApiProperty({ format: 'uri', maxLength: 500, example: 'https://albatross.example' })
  @IsUrl(webAddress)
  @MaxLength(500)
  website!: string;

  @ApiProperty({
    description: 'Where the retailer says what it does with personal data; shown when it asks for consent.',
    format: 'uri',
    maxLength: 500,
    example: 'https://albatross.example/privacy',
  })
  @IsUrl(webAddress)
  @MaxLength(500)
  privacy_url!: string;

  @ApiPropertyOptional({
    description: 'What it offers in return for consent, in one sentence; shown when it asks.',
    type: 'string',
    nullable: true,
    maxLength: 300,
    example: 'Two per cent back on every shop that you let us learn from.',
  })
  @OneLine(300)
  @IsOptional()
  incentive?: string | null;

  @ApiProperty({
    description: 'What it says it sells; set at its approval.',
    enum: sectors,
    isArray: true,
    example: ['grocery'],
  })
  @SomeOf(sectors)
  sectors!: string[];

  @ApiProperty({
    description: 'Where it meets customers.',
    enum: touchpoints,
    isArray: true,
    example: ['till', 'web', 'app', 'call_centre'],
  })
  @SomeOf(touchpoints)
  touchpoints!: string[];

  toRetailer(): NewRetailer {
    return {
      name: this.name,
      legalName: this.legal_name,
      country: this.country,
      website: this.website,
      privacyUrl: this.privacy_url,
      incentive: this.incentive ?? null,
      sectors: this.sectors,
      touchpoints: this.touchpoints,
    };
  }
}

export class RetailerApprovalDto {
  @ApiProperty({ description: 'The sectors it is approved for.', enum: sectors, isArray: true, example: ['grocery'] })
  @SomeOf(sectors)
  sectors!: string[];
}

export class SuspensionDto {
  @ApiProperty({
    description: 'Why, for the audit log. It must name no person.',
    minLength: 1,
    maxLength: 500,
    example: 'Reads preferences for purposes that it does not declare.',
  })
  @OneLine(500)
  reason!: string;
}

/** What everybody may know of a retailer that takes part. */
export class PublicRetailerDto {
  @ApiProperty({ format: 'uuid', example: '019a9c3e-7c00-7000-8000-00000000a1b2' })
  readonly id!: string;

  @ApiProperty({ example: 'Albatross Groceries' })
  readonly name!: string;

  @ApiProperty({ example: 'Albatross Groceries Ltd' })
  readonly legal_name!: string;

  @ApiProperty({ description: 'ISO 3166-1 alpha-2.', example: 'GB' })
  readonly country!: string;

  @ApiProperty({ format: 'uri', example: 'https://albatross.example' })
  readonly website!: string;

  @ApiProperty({ format: 'uri', example: 'https://albatross.example/privacy' })
  readonly privacy_url!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'Two per cent back on every shop that you let us learn from.',
  })
  readonly incentive!: string | null;

  @ApiProperty({ ...openCodes(sectors), example: ['grocery'] })
  readonly sectors!: string[];

  @ApiProperty({ ...openCodes(touchpoints), example: ['till', 'web', 'app', 'call_centre'] })
  readonly touchpoints!: string[];

  static of(retailer: RetailerDescription & Pick<Retailer, 'touchpoints'>): PublicRetailerDto {
    return {
      id: retailer.id,
      name: retailer.name,
      legal_name: retailer.legalName,
      country: retailer.country,
      website: retailer.website,
      privacy_url: retailer.privacyUrl,
      incentive: retailer.incentive,
      sectors: retailer.sectors,
      touchpoints: retailer.touchpoints,
    };
  }
}

/** A retailer as operators, and the retailer itself, see it. */
export class RetailerDto extends PublicRetailerDto {
  @ApiProperty({ ...openCode(statuses), example: 'active' })
  readonly status!: RetailerStatus;

  @ApiProperty({ format: 'date-time', example: '2026-11-02T09:00:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, example: '2026-11-02T10:30:00.000Z' })
  readonly approved_at!: string | null;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, example: null })
  readonly suspended_at!: string | null;

  static override of(retailer: Retailer): RetailerDto {
    return {
      ...PublicRetailerDto.of(retailer),
      status: retailer.status,
      created_at: retailer.createdAt.toISOString(),
      approved_at: retailer.approvedAt?.toISOString() ?? null,
      suspended_at: retailer.suspendedAt?.toISOString() ?? null,
    };
  }
}
