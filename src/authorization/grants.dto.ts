import { ApiProperty } from '@nestjs/swagger';

import { type Consent, consentStatuses } from '../consents/consent.entity.js';
import { ConsentDetailDto } from '../consents/detail.dto.js';
import { openCode } from '../platform/http/extensible.js';
import { scopesOf } from './grants.js';

class GrantedScopesDto {
  @ApiProperty({ description: 'Scopes, separated by spaces.', example: 'preferences.read consents.read' })
  readonly scope!: string;

  @ApiProperty({ type: [String], description: 'For which resource.', example: ['https://ccx.example'] })
  readonly resource!: string[];
}

/** A consent as Grant Management for OAuth 2.0 (draft 03, §6.4) shows it. */
export class GrantDto {
  @ApiProperty({ format: 'uuid', description: 'The consent’s id.' })
  readonly grant_id!: string;

  @ApiProperty({ ...openCode(consentStatuses), description: 'Whether it is paused at the moment.', example: 'active' })
  readonly status!: string;

  @ApiProperty({ type: [GrantedScopesDto] })
  readonly scopes!: GrantedScopesDto[];

  @ApiProperty({ type: [String], description: 'None: no claims about the customer are given.', example: [] })
  readonly claims!: string[];

  @ApiProperty({ type: [ConsentDetailDto], description: 'What the customer has given, as it stands now.' })
  readonly authorization_details!: ConsentDetailDto[];

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'How often a day (in UTC) the customer lets you read them; null when they have set no limit.',
    example: 20,
  })
  readonly ccx_max_reads_per_day!: number | null;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({ format: 'date-time' })
  readonly last_updated_at!: string;

  @ApiProperty({ format: 'date-time' })
  readonly expires_at!: string;

  static of(consent: Consent, resource: string): GrantDto {
    const { id, status, details, maxReadsPerDay, givenAt, updatedAt, expiresAt } = consent;
    return {
      grant_id: id,
      status,
      scopes: [{ scope: scopesOf(details).join(' '), resource: [resource] }],
      claims: [],
      authorization_details: details.map((detail) => ConsentDetailDto.of(detail)),
      ccx_max_reads_per_day: maxReadsPerDay,
      created_at: givenAt.toISOString(),
      last_updated_at: updatedAt.toISOString(),
      expires_at: expiresAt.toISOString(),
    };
  }
}
