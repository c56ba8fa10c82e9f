import { ApiProperty } from '@nestjs/swagger';
import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn } from 'class-validator';

import { customerScopes } from '../platform/http/access.js';
import { openCodes } from '../platform/http/extensible.js';
import type { Page } from '../platform/http/paging.js';
import { IsTimestamp } from '../platform/http/timestamp.js';
import { personalToken } from './examples.js';
import type { NewPersonalToken, PersonalTokenRecord } from './personal-tokens.service.js';
import { IsDisplayText } from './text.js';

/** What a personal token may do: everything but rule the account. */
const personalTokenScopes = customerScopes.filter((scope) => scope !== 'account');

const LONGEST_NAME = 80;

export class NewPersonalTokenDto {
  @ApiProperty({ description: 'What it is for.', minLength: 1, maxLength: LONGEST_NAME, example: 'home server' })
  @IsDisplayText(LONGEST_NAME)
  name!: string;

  @ApiProperty({
    description: 'What it may do. A personal token never changes the account itself.',
    enum: personalTokenScopes,
    isArray: true,
    minItems: 1,
    uniqueItems: true,
    example: ['preferences.read', 'disclosures.read'],
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(personalTokenScopes, { each: true })
  scopes!: string[];

  @ApiProperty({
    description: 'When it ends: within the next 90 days.',
    format: 'date-time',
    example: '2027-02-01T00:00:00Z',
  })
  @IsTimestamp()
  expires_at!: string;

  toToken(): NewPersonalToken {
    return { name: this.name, scopes: this.scopes, expiresAt: new Date(this.expires_at) };
  }
}

export class PersonalTokenDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() name!: string;
  @ApiProperty(openCodes(personalTokenScopes)) scopes!: string[];
  @ApiProperty({ format: 'date-time' }) created_at!: string;
  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'Noted at most once a minute; null until it is used.',
  })
  last_used_at!: string | null;
  @ApiProperty({ format: 'date-time' }) expires_at!: string;

  static of(token: PersonalTokenRecord): PersonalTokenDto {
    return Object.assign(new PersonalTokenDto(), {
      id: token.id,
      name: token.name,
      scopes: [...token.scopes],
      created_at: token.createdAt.toISOString(),
      last_used_at: token.lastUsedAt?.toISOString() ?? null,
      expires_at: token.expiresAt.toISOString(),
    });
  }

  static page({ items, next_cursor }: Page<PersonalTokenRecord>): Page<PersonalTokenDto> {
    return { items: items.map((token) => PersonalTokenDto.of(token)), next_cursor };
  }
}

export class MadePersonalTokenDto extends PersonalTokenDto {
  @ApiProperty({ description: 'Shown this once. Send it as `Authorization: Bearer`.', example: personalToken })
  token!: string;

  static override of(made: PersonalTokenRecord & { token: string }): MadePersonalTokenDto {
    return Object.assign(new MadePersonalTokenDto(), { ...PersonalTokenDto.of(made), token: made.token });
  }
}
